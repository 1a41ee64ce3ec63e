"""What an operator orders of the public record: that an entry is wrong, or that values are deleted.

An order becomes an event in the outbox, in one transaction with its audit rows. Nothing changes in the feed until the
event has come back over the topic, where whoever builds the record again finds it, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.feed.acts import KEPT
from gateway.feed.models import Entry
from shared import audit
from shared.actors import Actor
from shared.db import turn_to
from shared.errors import NotFound, Objection
from shared.events.event import Audience, Event
from shared.events.record import CaseExpunged, EntryCorrected, EntryRedacted
from shared.occasion import Occasion, occasion
from shared.outbox import ADD, REDUCED, OutboxRow, outbox_row


@dataclass(frozen=True, slots=True)
class Order:
    """By whose order something is done, and who does it."""

    basis: str
    """The law or rule, as a code; published."""
    authority: str
    """The office or court that ordered it; published."""
    why: str
    """The operator's reason; it stays in the audit."""
    by: tuple[Actor, ...]
    """One person, or two different ones where two are needed."""


@dataclass(slots=True)
class OrderedCase:
    """A case as the record knows it, as far as publishing needs it."""

    id: UUID
    """What the outbox orders by; the record does not know the case's own id."""
    agency: str
    public_ref: str
    updated_at: datetime
    version: int
    state: str = "published"


def case_id(reference: str) -> UUID:
    """Return what the gateway's outbox and audit call a case."""
    return uuid5(NAMESPACE_OID, f"accord case {reference}")


def correct(session: Session, index: int, fields: Sequence[str], right: str, order: Order) -> None:
    """Say that fields of an entry are wrong, and what is right.

    Raises:
        NotFound: there is no such entry.
        Objection: the entry does not have such a field.
        ValidationError: the order is not written as it can be published.
    """
    entry = _with_fields(session, index, fields)
    told = EntryCorrected(
        entry=index, fields=tuple(fields), basis=order.basis, authority=order.authority, correct=right
    )
    _publish(session, entry, told, order)


def redact(session: Session, index: int, fields: Sequence[str], order: Order) -> None:
    """Delete the values of fields of an entry, with their salts.

    Raises:
        NotFound: there is no such entry.
        Objection: the entry has no such value, or tells of a deletion itself.
        ValidationError: the order is not written as it can be published.
    """
    entry = _with_fields(session, index, fields)
    if entry.type in KEPT:
        raise Objection(f"Entry {index} tells of a deletion; that stays.")
    told = EntryRedacted(entry=index, fields=tuple(fields), basis=order.basis, authority=order.authority)
    _publish(session, entry, told, order)


def expunge(session: Session, reference: str, order: Order) -> None:
    """Delete all values of a case's entries, with their salts.

    Raises:
        NotFound: the record knows no such case.
        Objection: nothing is left to delete, or not two people order it.
        ValidationError: the order is not written as it can be published.
    """
    if len({person.id for person in order.by}) != 2:  # noqa: PLR2004 - two people
        raise Objection("An expungement takes two people; name two different ones.")
    of_case = select(Entry).where(Entry.reference == reference).order_by(Entry.index)
    first = session.scalars(of_case.limit(1)).first()
    if first is None:
        raise NotFound(f"The record knows no case {reference}.")
    left = of_case.where(Entry.expunged_by.is_(None), Entry.type.not_in(KEPT)).subquery()
    entries = session.scalar(select(func.count()).select_from(left)) or 0
    if not entries:
        raise Objection(f"Nothing of the case {reference} is left to delete.")
    _publish(session, first, CaseExpunged(entries=entries, basis=order.basis, authority=order.authority), order)


def _with_fields(session: Session, index: int, fields: Sequence[str]) -> Entry:
    entry = session.get(Entry, index)
    if entry is None:
        raise NotFound(f"The feed has no entry {index}.")
    missing = [name for name in fields if name not in entry.fields]
    if missing or not fields:
        there = ", ".join(entry.fields) or "nothing"
        raise Objection(f"Entry {index} has no value of {', '.join(missing) or 'nothing'}; it has {there}.")
    return entry


def _publish(session: Session, entry: Entry, told: Event, order: Order) -> None:
    """Put the event into the outbox for everybody, and each person's part into the audit."""
    turn_to(session, Occasion(service=occasion(session).service, agency=entry.agency))
    id_ = case_id(entry.reference)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"order {entry.reference}", 0))))
    last = session.scalar(select(func.max(OutboxRow.version)).where(OutboxRow.case_id == id_)) or 0
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    case = OrderedCase(id_, entry.agency, entry.reference, today, last + 1)
    event_id = uuid4()
    for audience in REDUCED:
        if told.seen_by_reaches(audience):
            session.execute(ADD, outbox_row(session, case, told, event_id, Audience(audience)))
    for person in order.by:
        audit.record(session, person, told.name, (id_, case.version), order.why, case.state)
