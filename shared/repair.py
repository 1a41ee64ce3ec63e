"""What an operator sees and does when something waits: events the bus refuses, events that cannot be applied.

Each deed leaves an audit row in the service's own database.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from shared import audit, deadletters
from shared.actors import NOBODY, Actor
from shared.db import Database
from shared.deadletters import DeadLetter
from shared.events.envelope import Envelope, UnreadableEnvelopeError
from shared.occasion import Occasion
from shared.outbox import OutboxRow
from shared.reader import Reader, Replayed

OUTBOX = "outbox"
REPLAYED = "replayed dead letters"
RESENT = "resent parked events"
SET_ASIDE = "set aside an event that cannot be applied"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for an operator."""

    where: str
    """The consumer that cannot apply an event, or `outbox` when it cannot be sent."""
    key: str
    """The case's id; for the feed, its public reference."""
    events: int
    """The one that fails and all that wait behind it."""
    reason: str
    since: datetime


def waiting(session: Session) -> list[Waiting]:
    """Return everything in one database that waits for an operator, the longest first."""
    return sorted((*_unsent(session), *_unapplied(session)), key=lambda found: found.since)


def _unsent(session: Session) -> list[Waiting]:
    parked = aliased(OutboxRow)
    first_reason = func.array_agg(aggregate_order_by(OutboxRow.last_error, OutboxRow.parked_at, OutboxRow.id))[1]
    found = (
        select(OutboxRow.case_id, func.count(), func.coalesce(first_reason, ""), func.min(OutboxRow.parked_at))
        .where(OutboxRow.sent_at.is_(None))
        .where(OutboxRow.case_id.in_(select(parked.case_id).where(parked.parked_at.is_not(None))))
        .group_by(OutboxRow.case_id)
    )
    return [Waiting(OUTBOX, str(case_id), *rest) for case_id, *rest in session.execute(found)]


def _unapplied(session: Session) -> list[Waiting]:
    first_reason = func.array_agg(aggregate_order_by(DeadLetter.reason, DeadLetter.id))[1]
    found = (
        select(DeadLetter.consumer, DeadLetter.key, func.count(), first_reason, func.min(DeadLetter.parked_at))
        .where(DeadLetter.replayed_at.is_(None))
        .group_by(DeadLetter.consumer, DeadLetter.key)
    )
    return [Waiting(*row) for row in session.execute(found)]


def replay(reader: Reader, key: str, actor: Actor, why: str) -> Replayed:
    """Apply what waits for `key`, in order. The audit row is written first, so nothing is replayed without one."""
    with reader.database.transaction(Occasion(service=reader.database.service, agency="")) as session:
        letters = deadletters.waiting(session, reader.group, key)
    if not letters:
        return Replayed(0)
    occasion, case = _about(reader.database, letters[0].headers)
    deed = f"{REPLAYED} of {key}" if case[0] == NOBODY else REPLAYED
    with reader.database.transaction(occasion) as session:
        audit.record(session, actor, deed, case, why)
    return reader.replay(key)


def set_aside(reader: Reader, key: str, actor: Actor, why: str) -> str:
    """Give up the first event that waits for `key`, and return its type, or an empty string when nothing waits.

    For what can never be applied: a record that is no event, or one whose body is wrong. What waits behind it stays
    until it is replayed. The letter is kept as long as every other.
    """
    with reader.database.transaction(Occasion(service=reader.database.service, agency="")) as session:
        letters = deadletters.waiting(session, reader.group, key)
    if not letters:
        return ""
    letter = letters[0]
    occasion, case = _about(reader.database, letter.headers)
    with reader.database.transaction(occasion) as session:
        session.merge(letter).replayed_at = func.now()
        audit.record(session, actor, SET_ASIDE, case, why)
    return str(letter.headers.get("ce_type", "no event"))


def resend(database: Database, case_id: UUID, actor: Actor, why: str) -> int:
    """Let the relay try again what the bus refused of a case, in order, and say how many events are on their way."""
    unsent = select(OutboxRow).where(OutboxRow.case_id == case_id, OutboxRow.sent_at.is_(None)).order_by(OutboxRow.id)
    with database.transaction(Occasion(service=database.service, agency="")) as session:
        rows = session.scalars(unsent).all()
    parked = [row for row in rows if row.parked_at is not None]
    if not parked:
        return 0
    occasion, (_, version) = _about(database, parked[0].headers)
    with database.transaction(occasion) as session:
        again = update(OutboxRow).where(OutboxRow.case_id == case_id, OutboxRow.parked_at.is_not(None))
        session.execute(again.values(parked_at=None, attempts=0))
        audit.record(session, actor, RESENT, (case_id, version), why)
    return len(rows)


def _about(database: Database, headers: dict[str, str]) -> tuple[Occasion, tuple[UUID, int]]:
    """Return the occasion for an audit row about a record, and its case at its version, as far as they can be read."""
    try:
        envelope = Envelope.read(headers)
    except UnreadableEnvelopeError:
        return Occasion(service=database.service, agency=""), (NOBODY, 0)
    occasion = Occasion(service=database.service, agency=envelope.agency, correlation=envelope.correlation)
    try:
        return occasion, (UUID(envelope.subject), envelope.sequence)
    except ValueError:  # the feed knows a case by its public reference only
        return occasion, (NOBODY, envelope.sequence)
