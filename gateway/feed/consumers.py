"""Writing the feed: every public event becomes one entry, in the order in which it arrives."""

import logging
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Uuid, any_, func, literal, select
from sqlalchemy.orm import Session

from gateway.feed.acts import Row, carry_out, forget_expunged, say_what_they_correct
from gateway.feed.leaves import commit
from gateway.feed.models import CHANNEL, Entry, FeedHead
from gateway.feed.pending import keep_count
from gateway.feed.vocabulary import public_kind, public_part
from shared.bus import Bus
from shared.db import Database
from shared.events.envelope import Envelope, UnreadableEnvelopeError
from shared.events.event import Audience
from shared.outbox import REDUCED
from shared.reader import Reader
from shared.tables import plain
from shared.together import insert_all

logger = logging.getLogger(__name__)

GROUP = "feed"
REFERENCE = re.compile(r"[a-z2-7]{16}")
"""What `shared.cases.new_reference` makes; a case's id or number does not look like this."""


def feed_reader(database: Database, bus: Bus) -> Reader:
    """Return the reader that writes the feed into the gateway's `database`; several may run at once."""
    topics = (REDUCED[Audience.PUBLIC],)
    return Reader(database, bus, group=GROUP, topics=topics, apply=append, apply_all=append_all)


def append(session: Session, envelope: Envelope, value: bytes) -> None:
    """Append the event to the feed; one that the public does not see is passed over, one that is there stays as it is.

    Raises:
        UnreadableEnvelopeError: the subject is no public reference; it may be what the public must not learn.
        ValidationError: a public field is missing or does not hold what its type promises.
    """
    append_all(session, [(envelope, value)])


def append_all(session: Session, told: Sequence[tuple[Envelope, bytes]]) -> None:
    """Append events in this order, all or none; otherwise like `append`.

    Raises:
        UnreadableEnvelopeError: like `append`, or an act on the record speaks of an entry that is not of its case.
        ValidationError: like `append`.
    """
    append_rows(session, [row for envelope, value in told if (row := entry_of(envelope, value)) is not None])


def append_rows(session: Session, told: Sequence[Row]) -> None:
    """Append entries in this order, all or none; those that are there stay as they are.

    Raises:
        UnreadableEnvelopeError: an act on the record speaks of an entry that is not of its case.
    """
    if not told:
        return
    read = {row["event_id"]: row for row in told}
    head = held_head(session)
    ids = literal(list(read), ARRAY(Uuid))
    there = set(session.scalars(select(Entry.event_id).where(Entry.event_id == any_(ids))))
    rows = [row for event_id, row in read.items() if event_id not in there]
    if not rows:
        return
    for index, row in enumerate(rows, head.next_index):
        row["index"] = index
    say_what_they_correct(session, rows)
    forget_expunged(session, rows)
    insert_all(session, plain(Entry), [{name: value for name, value in row.items() if name != "told"} for row in rows])
    keep_count(session, rows)
    head.acts += carry_out(session, rows)
    head.next_index += len(rows)
    session.execute(select(func.pg_notify(CHANNEL, "")))


def entry_of(envelope: Envelope, value: bytes) -> Row | None:
    """Return the entry that an event becomes, still without an index; None for one that the public does not see.

    Raises:
        UnreadableEnvelopeError: the subject is no public reference, or the salt is too short.
        ValidationError: a public field is missing or does not hold what its type promises.
    """
    kind = public_kind(envelope.type)
    if kind is None:
        logger.warning("passed over an event on the public topic: its type %r is not public", envelope.type)
        return None
    if not REFERENCE.fullmatch(envelope.subject):
        raise UnreadableEnvelopeError("the subject is not a public reference")
    fields: dict[str, Any] = public_part(kind).model_validate_json(value).model_dump(mode="json")
    try:
        committed = commit(fields, envelope.salt or envelope.id.hex)  # events had no salt before; ids are not shown
    except ValueError as short:
        raise UnreadableEnvelopeError(str(short)) from short
    return {
        "event_id": envelope.id,
        "type": envelope.type,
        "agency": envelope.agency,
        "reference": envelope.subject,
        "day": envelope.time.date(),
        "fields": fields,
        "salts": dict(committed.salts),
        "digests": list(committed.digests),
        "corrects": None,
        "redacted": [],
        "expunged_by": None,
        "told": fields,
    }


def held_head(session: Session) -> FeedHead:
    """Return the row that gives out indexes, which nobody else has until this transaction ends."""
    held: FeedHead | None = session.info.get("feed head")
    if held is None:
        held = session.info["feed head"] = session.scalars(select(FeedHead).with_for_update()).one()
    return held
