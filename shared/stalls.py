"""A case in which nothing happens cannot stay unseen: somebody has to say why, and when it goes on.

When an open case had no step for as many days as its agency allows, an alert is raised. It is answered with a reason
and a new estimate. An alert that nobody answers in time is told of, once; a case that has not moved when its estimate
has passed gets the next alert.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Index, and_, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actors import Actor
from shared.errors import Malformed, Objection
from shared.policy.agency import AgencyRules
from shared.tables import Table

UNANSWERED = text("answered_at is null")
FURTHEST = 366
"""Days from now to the furthest estimate; who needs more says so again in a year."""


ENDED = "The case has ended."
"""Why an alert that nobody answered waits no longer."""


class Standing(Protocol):
    """A table of cases, as far as it matters here."""

    id: Any
    agency: Any
    state: Any
    moved_at: Any
    """When it last went on, whatever was said about it since."""


K = TypeVar("K", bound=Standing)


class Stall(Table):
    """Nothing happened to a case for too long."""

    __tablename__ = "stall"
    __table_args__ = (Index("stall_unanswered", "agency", "case_id", unique=True, postgresql_where=UNANSWERED),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(index=True)
    agency: Mapped[str]
    idle_since: Mapped[date]
    raised_on: Mapped[date]
    answer_by: Mapped[date]
    ignored: Mapped[bool] = mapped_column(default=False)
    """Whether it was told that nobody had answered in time."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    because: Mapped[str | None]
    estimate: Mapped[date | None]
    """The day by which the next step is promised."""


def stalled(
    session: Session, kind: type[K], states: Collection[StrEnum], rules: AgencyRules, now: datetime
) -> list[UUID]:
    """Return the cases of the transaction's agency for which an alert is due, the longest idle first."""
    found = select(kind.id).where(kind.state.in_(states), _is_stalled(kind, rules, now))
    return list(session.scalars(found.order_by(kind.moved_at)).all())


def _is_stalled(kind: type[K], rules: AgencyRules, now: datetime) -> ColumnElement[bool]:
    today, still_since = rules.today(now), now - timedelta(days=rules.agency.stalls.after)
    mine = select(Stall.id).where(Stall.case_id == kind.id)
    promise = mine.where(Stall.answered_at >= kind.moved_at)
    broken, kept = promise.where(Stall.estimate < today), promise.where(Stall.estimate >= today)
    open_alert = mine.where(Stall.answered_at.is_(None))
    idle: ColumnElement[bool] = kind.moved_at < still_since
    return and_(or_(idle, broken.exists()), ~open_alert.exists(), ~kept.exists())


def unanswered(session: Session, today: date) -> list[UUID]:
    """Return the cases of the transaction's agency whose alert was not answered in time, and nobody was told."""
    found = select(Stall.case_id).where(Stall.answered_at.is_(None), Stall.answer_by < today, Stall.ignored.is_(False))
    return list(session.scalars(found.order_by(Stall.answer_by)).all())


def alert(session: Session, case: Standing, rules: AgencyRules, now: datetime) -> Stall | None:
    """Raise an alert for a case that is locked, or return None because none is due any more."""
    kind = type(case)
    if session.scalar(select(kind.id).where(kind.id == case.id, _is_stalled(kind, rules, now))) is None:
        return None
    today = rules.today(now)
    raised = Stall(
        case_id=case.id,
        agency=case.agency,
        idle_since=rules.today(case.moved_at),
        raised_on=today,
        answer_by=today + timedelta(days=rules.agency.stalls.answer_within),
    )
    session.add(raised)
    return raised


def note_ignored(session: Session, case_id: UUID, today: date) -> Stall | None:
    """Note that an alert was not answered in time, and return it; None when there is none, or it was noted before."""
    found = _open_alert(session, case_id)
    if found is None or found.ignored or found.answer_by >= today:
        return None
    found.ignored = True
    return found


def answer(session: Session, case_id: UUID, because: str, estimate: date, by: tuple[Actor, datetime, date]) -> Stall:
    """Answer the alert of a case, with a reason and the day by which it goes on.

    Args:
        session: of one agency.
        case_id: which case; it is locked.
        because: why nothing happened.
        estimate: the day by which the next step is promised.
        by: who answers, the moment, and the day that it is in the agency.

    Raises:
        Objection: nobody asked.
        Malformed: the estimate is in the past, or too far away.
    """
    actor, now, today = by
    found = _open_alert(session, case_id)
    if found is None:
        raise Objection("There is no alert to be answered: nobody said that nothing happens in this case.")
    if not today <= estimate <= today + timedelta(days=FURTHEST):
        when = "in the past" if estimate < today else f"more than {FURTHEST} days away"
        raise Malformed(f"The next step is promised for {estimate}, which is {when}.")
    found.answered_at, found.answered_by, found.because, found.estimate = now, actor.id, because, estimate
    return found


def settle(session: Session, case_id: UUID, now: datetime) -> None:
    """Let the alert of a case that has ended wait for no answer, if there is one; nobody gave any."""
    if found := _open_alert(session, case_id):
        found.answered_at, found.because = now, ENDED


def stalls_of(session: Session, case_id: UUID) -> Sequence[Stall]:
    """Return every alert that a case ever had, the newest first."""
    return session.scalars(select(Stall).where(Stall.case_id == case_id).order_by(Stall.raised_on.desc())).all()


def _open_alert(session: Session, case_id: UUID) -> Stall | None:
    return session.scalar(select(Stall).where(Stall.case_id == case_id, Stall.answered_at.is_(None)))
