"""Unsealing: what names a person is read by one who asked with a reason, after a second one agreed, and for a while.

A service keeps who may ask at all about which case, and says what is sealed; this keeps who asked, who answered, and
until when the answer holds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actors import Actor, Role
from shared.cases import Case
from shared.errors import NotFound, Objection
from shared.tables import Table
from shared.workflow import Workflow, step

READABLE = timedelta(hours=24)
"""How long one may read what was unsealed: a day's work. No source names a length; docs/decisions/0019 says why."""

ASKING = (Role.CUSTODIAN,)
"""Who may ask."""
ANSWERING = (Role.CUSTODIAN, Role.ADJUDICATOR)
"""Who may be the second person."""


class Answer(StrEnum):
    """What became of a request."""

    ASKED = "asked"
    APPROVED = "approved"
    DENIED = "denied"


class Unsealing(Table):
    """A request to read what is sealed of one subject of a case."""

    __tablename__ = "unsealing"
    __table_args__ = (Index("unsealing_unanswered", "agency", "asked_at", postgresql_where=text("state = 'asked'")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(index=True)
    agency: Mapped[str]
    subject_id: Mapped[UUID]
    """The row that holds what is sealed, such as a party."""
    state: Mapped[Answer]
    because: Mapped[str]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    answered_because: Mapped[str | None]
    readable_until: Mapped[datetime | None]
    """From this moment on it is sealed again."""

    def is_over(self, now: datetime) -> bool:
        """Whether nothing can come of it any more."""
        return self.state is Answer.DENIED or (self.readable_until is not None and now >= self.readable_until)


def asked_it(unsealing: Unsealing, actor: Actor) -> str | None:
    """Whoever asks does not answer."""
    mine = actor.id == unsealing.asked_by
    return "whoever asks to unseal does not answer the request; a second person does" if mine else None


def did_not_ask(unsealing: Unsealing, actor: Actor) -> str | None:
    """Only whoever asked reads."""
    return None if actor.id == unsealing.asked_by else "only whoever asked reads what was unsealed; ask for yourself"


UNSEALING: Workflow[Unsealing] = Workflow(
    "request to unseal",
    start=Answer.ASKED,
    steps=(
        step("approve", Answer.ASKED, to=Answer.APPROVED, by=ANSWERING, unless=asked_it),
        step("deny", Answer.ASKED, to=Answer.DENIED, by=ANSWERING, unless=asked_it),
        step("read what answers", Answer.APPROVED, to=Answer.APPROVED, by=ASKING, unless=did_not_ask),
    ),
)


def ask(session: Session, case: Case, subject_id: UUID, actor: Actor, now: datetime, because: str) -> Unsealing:
    """Ask to read what is sealed of one subject of a case, locked, and return the request.

    Raises:
        Objection: the actor has asked for it already, and something can still come of that.
    """
    mine = (Unsealing.case_id == case.id, Unsealing.subject_id == subject_id, Unsealing.asked_by == actor.id)
    if any(not before.is_over(now) for before in session.scalars(select(Unsealing).where(*mine))):
        raise Objection("You have asked to unseal this already; read it, or wait for the answer.")
    unsealing = Unsealing(
        id=uuid4(),
        case_id=case.id,
        agency=case.agency,
        subject_id=subject_id,
        state=UNSEALING.start,
        because=because,
        asked_by=actor.id,
        asked_at=now,
        updated_at=now,
    )
    session.add(unsealing)
    return unsealing


def approve(unsealing: Unsealing, actor: Actor, now: datetime, because: str) -> None:
    """Let whoever asked read, for a while.

    Raises:
        Objection: the actor asked themselves, or it was answered before.
    """
    UNSEALING.advance(unsealing, "approve", actor, now)
    _answered(unsealing, actor, now, because)
    unsealing.readable_until = now + READABLE


def deny(unsealing: Unsealing, actor: Actor, now: datetime, because: str) -> None:
    """Leave it sealed.

    Raises:
        Objection: the actor asked themselves, or it was answered before.
    """
    UNSEALING.advance(unsealing, "deny", actor, now)
    _answered(unsealing, actor, now, because)


def refuse_reading(unsealing: Unsealing, actor: Actor, now: datetime) -> None:
    """Refuse whoever may not read what was asked for, at this moment.

    Raises:
        Objection: it was not approved, somebody else asked, or the time is over.
    """
    UNSEALING.advance(unsealing, "read what answers", actor, now)
    until = unsealing.readable_until
    if until is not None and now >= until:
        moment = f"{until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        raise Objection(f"What was unsealed could be read until {moment}; ask again, with a reason.")


def unsealing_of(session: Session, case: Case, unsealing_id: UUID) -> Unsealing:
    """Return a request about a case that is locked.

    Raises:
        NotFound: there is none with this id in this case.
    """
    found = session.get(Unsealing, unsealing_id)
    if found is None or found.case_id != case.id:
        raise NotFound("There is no such request to unseal in this case.")
    return found


def unsealings_of(session: Session, case_id: UUID) -> Sequence[Unsealing]:
    """Return every request about a case, the oldest first."""
    found = select(Unsealing).where(Unsealing.case_id == case_id)
    return session.scalars(found.order_by(Unsealing.asked_at, Unsealing.id)).all()


def _answered(unsealing: Unsealing, actor: Actor, now: datetime, because: str) -> None:
    unsealing.answered_by, unsealing.answered_at, unsealing.answered_because = actor.id, now, because
