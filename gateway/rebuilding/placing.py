"""In which order the events of the topic were entered: as the feed that is kept says, or else the log that was signed.

An event that waited for an operator was entered later than it came, so that the topic alone does not say the order.
A leaf of the log holds the entry's place: an event fits the leaf of the place that it was given, and no other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.feed.acts import Row
from gateway.feed.leaves import body_of, leaf
from gateway.feed.models import Entry
from gateway.log.models import LAST, LogNode
from gateway.log.tree import grown, leaf_hash, root
from shared.tables import plain


class DifferentError(Exception):
    """The topic does not give the feed that is kept or was signed; nothing was changed. The sentence says where."""


def in_order(rows: Iterable[Row], order: Mapping[UUID, int]) -> Iterator[Row]:
    """Yield the entries of the feed in the order in which they were entered.

    Raises:
        DifferentError: one of them is missing.
    """
    expected, waiting = 0, dict[int, Row]()
    for row in rows:
        waiting[order[row["event_id"]]] = row
        while expected in waiting:
            yield waiting.pop(expected)
            expected += 1
        if expected == len(order):
            return
    raise DifferentError(f"The topic does not hold the event of entry {expected}; nothing was changed.")


def as_signed(rows: Iterable[Row], signed: Sequence[bytes]) -> Iterator[Row]:
    """Yield entries in the order of the leaves with these hashes, and then the others as they come.

    Raises:
        DifferentError: none fits a leaf.
    """
    coming, waiting = iter(rows), dict[UUID, Row]()
    head = next(coming, None)
    for index, hashed in enumerate(signed):
        if head is None or hash_at(index, head) != hashed:
            late = next((row for row in waiting.values() if hash_at(index, row) == hashed), None)
            if late is not None:
                yield waiting.pop(late["event_id"])
                continue
            while head is not None and hash_at(index, head) != hashed:
                waiting[head["event_id"]] = head
                head = next(coming, None)
        if head is None:
            raise DifferentError(f"No event of the topic is entry {index} as it was signed; nothing was changed.")
        yield head
        head = next(coming, None)
    yield from waiting.values()
    if head is not None:
        yield head
        yield from coming


def hash_at(index: int, row: Row) -> bytes:
    """Return the hash of the leaf that an entry has, or would have, at this place."""
    body = body_of(row["digests"])
    return leaf_hash(leaf(index, row["type"], row["agency"], row["reference"], row["day"], body))


def signed_leaves(session: Session) -> Sequence[bytes]:
    """Return the hashes of the leaves that the log holds, from the first one on without a gap."""
    node = plain(LogNode).c
    found = session.execute(select(node.index, node.hash).where(node.level == 0).order_by(node.index))
    return [hashed for place, (index, hashed) in enumerate(found) if index == place]


def refuse_another_tree(session: Session) -> None:
    """Refuse entries that do not give the root of the last checkpoint.

    Raises:
        DifferentError: they do not.
    """
    last = session.scalar(LAST)
    if last is None:
        return
    entry = plain(Entry).c
    told = select(entry.type, entry.agency, entry.reference, entry.day, entry.digests)
    there = session.execute(told.where(entry.index < last.size).order_by(entry.index)).mappings()
    hashes = [hash_at(index, dict(row)) for index, row in enumerate(there)]
    nodes = {(level, index): hashed for level, index, hashed in grown(0, hashes, lambda *_: b"")}
    if len(hashes) != last.size or root(last.size, lambda *node: nodes[node]) != last.root:
        raise DifferentError(
            f"The topic does not give the tree of {last.size} entries that was signed; nothing was changed."
        )
