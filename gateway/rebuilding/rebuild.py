"""Building the feed again from its topic, beside the one that is served, and taking it over if it is the same.

Where the feed is still there, it says in which order; where entries are missing, the leaves that were signed do. What
was never signed comes in the order of the topic.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gateway.feed.acts import Row
from gateway.feed.consumers import GROUP, append_rows, entry_of
from gateway.feed.models import CHANNEL, Entry
from gateway.rebuilding.placing import DifferentError, as_signed, in_order, refuse_another_tree, signed_leaves
from shared.bus import Bus
from shared.db import Database
from shared.events.envelope import Envelope, UnreadableEnvelopeError
from shared.events.event import Audience
from shared.occasion import Occasion
from shared.outbox import REDUCED

Told = tuple[Envelope, bytes]

PATIENCE = 10.0
"""Seconds without a record after which the topic is at its end."""
BATCH = 500
HOLD = text("select next_index from public.feed_head for update")
WAITING = text(
    f"select headers ->> 'ce_id' from public.dead_letter where consumer = '{GROUP}' and replayed_at is null"  # noqa: S608
)
"""Events that wait for an operator, who will have them entered."""
BESIDE = (
    "create schema rebuilt",
    "create table rebuilt.entry (like public.entry including all)",
    "create table rebuilt.pending (like public.pending including all)",
    "create table rebuilt.feed_head as select id, cast(0 as bigint) as next_index, acts from public.feed_head",
    "set local search_path = rebuilt, public",
)
DIFFERENT = text(
    "select old.index from public.entry old left join rebuilt.entry new using (index)"
    " where (old.event_id, old.type, old.agency, old.reference, old.day, old.digests)"
    " is distinct from (new.event_id, new.type, new.agency, new.reference, new.day, new.digests) order by 1 limit 1"
)
TAKE_OVER = (
    "set local search_path = public",
    "update counting set next_index = 0",  # first, as whoever counts does: else each would wait for the other
    "truncate figure, counted_case, entry, pending",
    "insert into entry select * from rebuilt.entry",
    "insert into pending select * from rebuilt.pending",
    "update feed_head set next_index = new.next_index, acts = new.acts + 1 from rebuilt.feed_head new",
    "drop schema rebuilt cascade",
    f"notify {CHANNEL}",
)


@dataclass(slots=True)
class Rebuilt:
    """What came of it."""

    entries: int = 0
    unreadable: int = 0
    """Records of the topic that cannot become entries; where the feed was there, they are waiting for an operator."""


def rebuild(owner: Database, bus: Bus, patience: float = PATIENCE) -> Rebuilt:
    """Build the feed again; nobody can append meanwhile, and everybody reads the old one until it is done.

    Args:
        owner: the gateway's database as the role that owns its tables.
        bus: where the topic is.
        patience: seconds without a record after which the topic is at its end.

    Raises:
        DifferentError: another feed would come of it, or another tree than the one that was signed.
    """
    done = Rebuilt()
    with owner.transaction(Occasion(service=owner.service, agency="")) as session:
        length = session.execute(HOLD).scalar_one()
        rows = placed(session, length, read(bus, patience), done)
        for statement in BESIDE:
            session.execute(text(statement))
        for some in batches(rows):
            take(session, some, done)
        session.flush()
        if (first := session.scalar(DIFFERENT)) is not None:
            raise DifferentError(f"From entry {first} on another feed would come of the topic; nothing was changed.")
        refuse_another_tree(session)
        for statement in TAKE_OVER:
            session.execute(text(statement))
    return done


def placed(session: Session, length: int, told: Iterable[Told], done: Rebuilt) -> Iterator[Row]:
    """Return the entries of the topic in the order in which the feed of this `length` has them, or had them."""
    order: dict[UUID, int] = dict(iter(session.execute(select(Entry.event_id, Entry.index))))
    signed = signed_leaves(session)
    if order and len(order) == max(length, len(signed)):
        return in_order(readable((one for one in told if one[0].id in order), done), order)
    waiting = set(session.scalars(WAITING))
    return (
        row
        for index, row in enumerate(as_signed(readable(told, done), signed))
        if index < len(signed) or str(row["event_id"]) not in waiting
    )


def readable(told: Iterable[Told], done: Rebuilt) -> Iterator[Row]:
    """Yield the entries that events become; those that cannot become one are counted."""
    for envelope, value in told:
        try:
            row = entry_of(envelope, value)
        except (UnreadableEnvelopeError, ValidationError):
            done.unreadable += 1
        else:
            if row is not None:
                yield row


def read(bus: Bus, patience: float) -> Iterator[Told]:
    """Yield the events of the topic from its beginning, each once."""
    member = bus.consumer(f"feed-rebuild-{uuid4()}", (REDUCED[Audience.PUBLIC],))
    seen: set[UUID] = set()
    try:
        while deliveries := member.poll(patience):
            for delivery in deliveries:
                try:
                    envelope = Envelope.read(delivery.record.headers)
                except UnreadableEnvelopeError:
                    continue
                if envelope.id not in seen:
                    seen.add(envelope.id)
                    yield envelope, delivery.record.value
    finally:
        member.close()


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield entries by the hundred."""
    some: list[Row] = []
    for one in rows:
        some.append(one)
        if len(some) == BATCH:
            yield some
            some = []
    yield some


def take(session: Session, some: list[Row], done: Rebuilt) -> None:
    """Append entries; those that cannot be, are counted."""
    try:
        with session.begin_nested():
            append_rows(session, some)
            session.flush()
    except (UnreadableEnvelopeError, DBAPIError):
        if len(some) == 1:
            done.unreadable += 1
            return
        for one in some:
            take(session, [one], done)
    else:
        done.entries += len(some)
