"""The dates on which two sides rely are the same dates: each says which it has, and a disagreement is seen at once.

An agency and its civilian board have each gone by a date of its own, and cases expired between the two. So each side
writes down when it takes a case to have been received and when it takes each time limit to end; what differs from the
record is kept, and told.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actors import Actor, Role
from shared.cases import Case
from shared.errors import Objection
from shared.events.complaints import Side
from shared.tables import Table
from shared.timelimits import running_limits

RECEIVED = "received"
"""What the day of receipt is called beside the codes of the limits."""


class Acknowledged(Table):
    """What one side takes the dates of a case to be."""

    __tablename__ = "acknowledged"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(index=True)
    agency: Mapped[str]
    side: Mapped[Side]
    by: Mapped[UUID]
    at: Mapped[datetime]
    dates: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """`received` and the code of each limit → the day, or null while the limit stands still."""
    disputed: Mapped[list[str]] = mapped_column(JSONB)
    """Which of them differed from the record at that moment."""


def side_of(actor: Actor) -> Side:
    """Return for which side somebody speaks.

    Raises:
        Objection: for both.
    """
    if actor.has(Role.OVERSIGHT) and actor.has(Role.COMMANDER):
        raise Objection("Agency and board acknowledge dates through two people; you hold the roles of both.")
    return Side.BOARD if actor.has(Role.OVERSIGHT) else Side.AGENCY


def entry(
    case: Case, actor: Actor, now: datetime, dates: Mapping[str, date | None], disputed: list[str]
) -> Acknowledged:
    """Return what one side has said about the dates of a case.

    Raises:
        Objection: the actor speaks for both sides.
    """
    said = {code: day and day.isoformat() for code, day in dates.items()}
    return Acknowledged(
        case_id=case.id,
        agency=case.agency,
        side=side_of(actor),
        by=actor.id,
        at=now,
        dates=said,
        disputed=disputed,
    )


def read(said: Acknowledged) -> dict[str, date | None]:
    """Return the dates that one side has said."""
    return {code: day and date.fromisoformat(day) for code, day in said.dates.items()}


def record_of(session: Session, case_id: UUID, received_on: date) -> dict[str, date | None]:
    """Return the dates that the record has: the day of receipt, and the end of each time limit that runs."""
    return {RECEIVED: received_on, **{limit.code: limit.due_on for limit in running_limits(session, case_id)}}


def differing(record: Mapping[str, date | None], said: Mapping[str, date | None]) -> list[str]:
    """Return what the two do not agree on: another day, or a limit that only one of them has."""
    return sorted(code for code in record.keys() | said.keys() if record.get(code, ...) != said.get(code, ...))


def acknowledgements(session: Session, case_id: UUID) -> Sequence[Acknowledged]:
    """Return what was acknowledged of a case, the newest first."""
    return session.scalars(
        select(Acknowledged).where(Acknowledged.case_id == case_id).order_by(Acknowledged.at.desc())
    ).all()
