"""The tree of RFC 6962 section 2.1: roots, proofs that an entry is in it, and proofs that it only grew.

A node is named by its level (0 for leaves) and its index on that level; only nodes whose subtree is full are kept.
Everything else follows from them.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

Read = Callable[[int, int], bytes]
"""Level and index → the hash of a full subtree."""

Node = tuple[int, int]

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def cover(start: int, end: int) -> list[Node]:
    """Return the full subtrees, from the left, that together hold the entries from `start` to before `end`.

    `start` is where such a cover can begin: 0, or the right half of a split.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def root(size: int, read: Read) -> bytes:
    """Return the root of the first `size` entries."""
    return _over(0, size, read) if size else EMPTY_ROOT


def _over(start: int, end: int, read: Read) -> bytes:
    *left, last = [read(*node) for node in cover(start, end)]
    for one in reversed(left):
        last = node_hash(one, last)
    return last


def inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """Return the proof that entry `index` is among the first `size`, from the leaf's neighbour up.

    Raises:
        ValueError: it is not.
    """
    if not 0 <= index < size:
        raise ValueError(f"entry {index} is not among the first {size}")
    return [_over(start, end, read) for start, end in reversed(list(_beside(index, size)))]


def _beside(index: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges beside the path from the root down to an entry."""
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            yield middle, end
            end = middle
        else:
            yield start, middle
            start = middle


def _split(size: int) -> int:
    """Return the largest power of two that is smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def consistency(old: int, new: int, read: Read) -> list[bytes]:
    """Return the proof that the first `old` entries are the beginning of the first `new`.

    Raises:
        ValueError: the tree cannot have shrunk.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} entries is not the beginning of one of {new}")
    if old in (0, new):
        return []
    return [_over(start, end, read) for start, end in _between(old, new)]


def _between(old: int, new: int) -> list[tuple[int, int]]:
    """Return the ranges of SUBPROOF (RFC 6962 section 2.1.2)."""
    start, end, whole, ranges = 0, new, True, list[tuple[int, int]]()
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, end))
    return ranges[::-1]


def grown(size: int, leaves: Sequence[bytes], read: Read) -> Iterator[tuple[int, int, bytes]]:
    """Yield the nodes that become full when entries with these hashes follow the first `size`: level, index, hash."""
    fresh: dict[Node, bytes] = {}
    for index, hashed in enumerate(leaves, size):
        level, place = 0, index
        fresh[level, place] = hashed
        yield level, place, hashed
        while place & 1:
            left = fresh.get((level, place - 1)) or read(level, place - 1)
            hashed = node_hash(left, fresh[level, place])  # noqa: PLW2901 - the same entry, a level up
            level, place = level + 1, place >> 1
            fresh[level, place] = hashed
            yield level, place, hashed


def included_root(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root that a proof of inclusion leads to from the hash of a leaf.

    Raises:
        ValueError: the proof does not have the length that index and size ask for.
    """
    if not 0 <= index < size:
        raise ValueError(f"entry {index} is not among the first {size}")
    path = list(_beside(index, size))
    if len(path) != len(proof):
        raise ValueError(f"the proof has {len(proof)} hashes and should have {len(path)}")
    reached = leaf
    for (start, _), beside in zip(reversed(path), proof, strict=True):
        reached = node_hash(reached, beside) if start > index else node_hash(beside, reached)
    return reached


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree of `old` entries is the beginning of that of `new` (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    known = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not known:
        return False
    return _rebuilt(old - 1, new - 1, known) == (old_root, new_root)


def _rebuilt(old: int, new: int, known: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the two roots that the hashes of a proof lead to, or None if they are too many or too few."""
    while old & 1:
        old, new = old >> 1, new >> 1
    reached_old = reached_new = known[0]
    for one in known[1:]:
        if new == 0:
            return None
        if old & 1 or old == new:
            reached_old, reached_new = node_hash(one, reached_old), node_hash(one, reached_new)
            while not old & 1 and old:
                old, new = old >> 1, new >> 1
        else:
            reached_new = node_hash(reached_new, one)
        old, new = old >> 1, new >> 1
    return (reached_old, reached_new) if new == 0 else None
