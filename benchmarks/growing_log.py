"""The tree of the log in memory: how fast it grows, and what a proof costs at a million entries."""

import hashlib
import time
from functools import partial

from benchmarks.house import Run
from benchmarks.measure import compared, interleaved, percentile
from benchmarks.relaying import rates
from benchmarks.report import Findings, Line
from gateway.log.tree import consistency, grown, inclusion, leaf_hash, root

ENTRIES = 1_000_000
LEAF = b'{"agency":"rivertown","body":"%064d","day":"2026-11-20","index":%d,"reference":"abcdefghijklmnop"}'
TOGETHER = 1_000
"""Entries that are added at once, as the sequencer does."""
PROOFS = 500
AIM, AIM_MS = 50_000, 1.0
MILLISECONDS = 1_000
NOTES = f"""### The log

A tree in memory grows by {ENTRIES:,} leaves of some 170 bytes, {TOGETHER:,} at a time; every full subtree is kept.
The baseline hashes each leaf, and each pair, with nothing around it. Proofs are of entries and of earlier sizes all
over that tree, one after the other.
"""

Nodes = list[list[bytes]]


def run(run: Run) -> Findings:
    """Measure the log's tree."""
    many = run.sized(ENTRIES, 20_000)
    leaves = [LEAF % (number, number) for number in range(many)]
    found = interleaved({"bare": partial(bare, leaves), "ours": partial(added, leaves)}, run.few_rounds)
    nodes = tree(leaves)
    proved = interleaved({"ours": partial(proof_ms, nodes, many), "bare": partial(path_ms, leaves)}, run.few_rounds)
    p50 = compared(proved["ours"], proved["bare"])
    proof = Line(
        f"a proof of inclusion at {many:,} entries, against 20 hashes",
        f"p50 {p50.ours:.3f} ms",
        f"{p50.baseline:.3f} ms",
        p50.ratio,
        p50.spread,
        f"≤ {AIM_MS:g} ms",
        p50.ours <= AIM_MS,
    )
    return Findings((rates("entries added to the log in memory", found, "ours", "bare", AIM), proof), NOTES, ())


def added(leaves: list[bytes]) -> float:
    """Return how many entries a second are added."""
    begun = time.perf_counter()
    tree(leaves)
    return len(leaves) / (time.perf_counter() - begun)


def tree(leaves: list[bytes]) -> Nodes:
    """Return every full subtree of a tree that has grown by these leaves, level by level."""
    nodes: Nodes = [[] for _ in range(64)]
    for first in range(0, len(leaves), TOGETHER):
        hashes = [leaf_hash(one) for one in leaves[first : first + TOGETHER]]
        for level, _, hashed in grown(first, hashes, lambda level, index: nodes[level][index]):
            nodes[level].append(hashed)
    return nodes


def bare(leaves: list[bytes]) -> float:
    """Return how many leaves a second can be hashed, each twice: alone, and with its neighbour."""
    begun = time.perf_counter()
    last = b""
    for one in leaves:
        last = hashlib.sha256(b"\x01" + last + hashlib.sha256(b"\x00" + one).digest()).digest()
    return len(leaves) / (time.perf_counter() - begun)


def proof_ms(nodes: Nodes, many: int) -> float:
    """Return the median milliseconds of a proof of inclusion; proofs of consistency and roots are made as well."""

    def read(level: int, index: int) -> bytes:
        return nodes[level][index]

    times = []
    for number in range(PROOFS):
        index = number * many // PROOFS
        begun = time.perf_counter()
        inclusion(index, many, read)
        times.append((time.perf_counter() - begun) * MILLISECONDS)
        consistency(index + 1, many, read)
    root(many, read)
    return percentile(times, 0.5)


def path_ms(leaves: list[bytes]) -> float:
    """Return the median milliseconds of as many hashes as a path has."""
    times = []
    for number in range(PROOFS):
        begun = time.perf_counter()
        hashed = leaves[number]
        for _ in range(20):
            hashed = hashlib.sha256(b"\x01" + hashed + hashed).digest()
        times.append((time.perf_counter() - begun) * MILLISECONDS)
    return percentile(times, 0.5)
