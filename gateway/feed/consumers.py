"""Writing the feed: every public event becomes one entry, in the order in which it arrives."""

import logging
import re

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.feed.models import Entry, FeedHead
from gateway.feed.vocabulary import public_kind, public_part
from shared.bus import Bus
from shared.db import Database
from shared.events.envelope import Envelope, UnreadableEnvelopeError
from shared.events.event import Audience
from shared.outbox import REDUCED
from shared.reader import Reader

logger = logging.getLogger(__name__)

GROUP = "feed"
REFERENCE = re.compile(r"[a-z2-7]{16}")
"""What `shared.cases.new_reference` makes; a case's id or number does not look like this."""


def feed_reader(database: Database, bus: Bus) -> Reader:
    """Return the reader that writes the feed into the gateway's `database`; several may run at once."""
    return Reader(database, bus, group=GROUP, topics=(REDUCED[Audience.PUBLIC],), apply=append)


def append(session: Session, envelope: Envelope, value: bytes) -> None:
    """Append the event to the feed; one that the public does not see is passed over, one that is there stays as it is.

    Raises:
        UnreadableEnvelopeError: the subject is no public reference; it may be what the public must not learn.
        ValidationError: a public field is missing or does not hold what its type promises.
    """
    kind = public_kind(envelope.type)
    if kind is None:
        logger.warning("passed over an event on the public topic: its type %r is not public", envelope.type)
        return
    if not REFERENCE.fullmatch(envelope.subject):
        raise UnreadableEnvelopeError("the subject is not a public reference")
    shown = public_part(kind).model_validate_json(value)
    head = held_head(session)
    entry = insert(Entry).values(
        index=head.next_index,
        event_id=envelope.id,
        type=envelope.type,
        agency=envelope.agency,
        reference=envelope.subject,
        day=envelope.time.date(),
        fields=shown.model_dump(mode="json"),
    )
    appended = entry.on_conflict_do_nothing(index_elements=[Entry.event_id]).returning(Entry.index)
    if session.scalar(appended) is not None:
        head.next_index += 1


def held_head(session: Session) -> FeedHead:
    """Return the row that gives out indexes, which nobody else has until this transaction ends."""
    held: FeedHead | None = session.info.get("feed head")
    if held is None:
        held = session.info["feed head"] = session.scalars(select(FeedHead).with_for_update()).one()
    return held
