"""What a long run has shown, as JSON for machines and as tables in Markdown for people."""

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.growth_filing import EVENTS

MB = 1024 * 1024
Sample = dict[str, Any]
READERS = ("gateway", "discipline")
QUESTIONS = ("look", "lease", "unsent")


def write_samples(path: Path, samples: Sequence[Sample]) -> None:
    """Write everything that was seen as JSON."""
    path.write_text(json.dumps(samples, indent=1, default=float) + "\n", encoding="utf-8")


def summary(samples: Sequence[Sample]) -> str:
    """Return the tables of a run, one below the other."""
    parts = [course(samples), questions(samples)]
    if grown := [sample for sample in samples if sample["stage"] == "grown"]:
        parts += [sizes(samples[0], grown[0])]
    if pruned := [sample for sample in samples if sample["stage"] == "pruning"]:
        parts += [pruning(pruned)]
    return "\n\n".join(parts)


def course(samples: Sequence[Sample]) -> str:
    """Return how fast everything was between each two samples, and how the outbox grew."""
    heads = ("stage", "min", "written", "written/s", "sent/s", "feed/s", "discipline/s", "unsent", "oldest s")
    more = ("heap MB", "indexes MB", "dead", "vacuums")
    rows = []
    for before, after in pairwise(samples):
        seconds = after["seconds"] - before["seconds"]
        speeds = [(_sent(after) - _sent(before)), *(after["applied"][n] - before["applied"][n] for n in READERS)]
        outbox = after["tables"]["complaints.outbox"]
        rows.append(
            (
                after["stage"],
                f"{after['seconds'] / 60:.1f}",
                f"{after['written']:,}",
                *(f"{n / seconds:.0f}" for n in (after["written"] - before["written"], *speeds)),
                f"{after['unsent']:,}",
                f"{after['age']:.1f}",
                *(f"{outbox[part] / MB:.0f}" for part in ("heap", "indexes")),
                f"{outbox['dead']:,}",
                str(outbox["autovacuums"]),
            )
        )
    return table((*heads, *more), rows)


def _sent(sample: Sample) -> int:
    return int(sample["written"] - sample["unsent"])


def questions(samples: Sequence[Sample]) -> str:
    """Return what the relay's three questions cost: milliseconds and pages of 8 KiB that were touched."""
    heads = ("stage", "written", "unsent", *(f"{name}: ms (pages)" for name in QUESTIONS), "how a batch is found")
    rows = [
        (
            sample["stage"],
            f"{sample['written']:,}",
            f"{sample['unsent']:,}",
            *(f"{found['ms']:.1f} ({found['pages']:,})" for found in map(sample["questions"].get, QUESTIONS)),
            "; ".join(sample["questions"]["unsent"]["how"]),
        )
        for sample in samples
    ]
    return table(heads, rows)


def sizes(begin: Sample, grown: Sample) -> str:
    """Return what one filed complaint occupies in each table."""
    filings = (grown["written"] - begin["written"]) / EVENTS
    rows = []
    for name, seen in grown["tables"].items():
        rows_there = seen["inserted"] / filings
        rows.append((name, f"{rows_there:.1f}", *(f"{seen[part] / filings:.0f}" for part in ("heap", "indexes"))))
    total = [sum(seen[part] for seen in grown["tables"].values()) / filings for part in ("heap", "indexes")]
    rows.append(("together", "", *(f"{one:.0f}" for one in total)))
    indexes = ", ".join(f"{name} {size / filings:.0f}" for name, size in grown["outbox_indexes"].items())
    heads = ("table", "rows per filing", "bytes of rows per filing", "bytes of indexes per filing")
    topics = ", ".join(f"{name} {size / filings:.0f}" for name, size in sorted(grown["topics"].items()))
    kept = f"\n\nOn the broker, bytes per filing: {topics}." if topics else ""
    return f"{table(heads, rows)}\n\nIndexes of the outbox, bytes per filing: {indexes}.{kept}"


def pruning(samples: Sequence[Sample]) -> str:
    """Return what each step of the pruning cost; a batch is one call of `tidy`."""
    heads = ("step", "rows dropped", "seconds", "rows/s", "s per batch", "heap MB", "indexes MB", "dead")
    rows = []
    for number, sample in enumerate(samples, 1):
        outbox, took = sample["tables"]["complaints.outbox"], sample["took"]
        rows.append(
            (
                str(number),
                f"{sample['pruned']:,}",
                f"{took:.1f}",
                f"{sample['pruned'] / took:.0f}",
                f"{took / max(1, sample['batches']):.2f}",
                *(f"{outbox[part] / MB:.0f}" for part in ("heap", "indexes")),
                f"{outbox['dead']:,}",
            )
        )
    return table(heads, rows)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
