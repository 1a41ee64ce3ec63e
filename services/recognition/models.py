"""The commendation as it is kept."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.cases import Case
from shared.events.recognition import Criterion
from shared.tables import COLUMN_TYPES


class State(StrEnum):
    """Where a commendation is."""

    NOMINATED = "nominated"
    VERIFIED = "verified"
    BEFORE_BOARD = "before the board"
    VOTED = "voted"
    APPROVED = "approved"
    PRESENTED = "presented"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    ON_HOLD = "on hold"
    RESCINDED = "rescinded"


class Choice(StrEnum):
    """What a member of the board can do with their ballot."""

    YES = "yes"
    NO = "no"
    RECUSED = "recused"


class Table(DeclarativeBase):
    """A table of this service."""

    type_annotation_map: ClassVar[dict[Any, Any]] = COLUMN_TYPES


class Commendation(Case, Table):
    """One nomination of one recipient for one award, and what became of it."""

    __tablename__ = "commendation"
    __table_args__ = (
        UniqueConstraint("agency", "number"),
        Index("commendation_newest_first", "agency", "opened_at", "id"),
        Index("commendation_incident", "agency", "incident"),
    )

    number: Mapped[str]
    state: Mapped[State]
    award: Mapped[str]
    """A kind of the agency's awards pack."""
    criterion: Mapped[Criterion]
    nominated_on: Mapped[date]
    deed_on: Mapped[date | None]
    """None while a thank-you does not say and nobody has found out."""
    incident: Mapped[str | None]
    """The agency's own reference; internal."""
    statement: Mapped[str]
    late_because: Mapped[str | None]
    from_public: Mapped[bool]
    nominator_id: Mapped[UUID | None] = mapped_column(index=True)
    """None when somebody without an account says thank you."""
    officer_id: Mapped[UUID | None] = mapped_column(index=True)
    officer_described: Mapped[str | None]
    """The officer as somebody from the public describes them."""
    sealed_civilian: Mapped[bytes | None]
    """The name of a recipient outside the agency."""
    sealed_sender_name: Mapped[bytes | None]
    sealed_sender_contact: Mapped[bytes | None]
    verifier_id: Mapped[UUID | None]
    yes: Mapped[int | None]
    """Ballots in favour, once the vote is closed."""
    no: Mapped[int | None]
    approver_id: Mapped[UUID | None]
    presented_at: Mapped[datetime | None]
    name_published: Mapped[bool | None]
    held_from: Mapped[State | None]
    """The state in which it was put on hold, while it is."""

    ballots: Mapped[list["Ballot"]] = relationship(order_by="Ballot.cast_at", lazy="selectin")

    @property
    def civilian(self) -> bool:
        """Whether the recipient is outside the agency."""
        return self.sealed_civilian is not None

    @property
    def ballots_cast(self) -> int:
        """How many members have voted or recused themselves."""
        return len(self.ballots)


class Ballot(Table):
    """What one member of the board did; it is never changed."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("commendation_id", "member_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    commendation_id: Mapped[UUID] = mapped_column(ForeignKey("commendation.id"))
    agency: Mapped[str]
    member_id: Mapped[UUID]
    choice: Mapped[Choice]
    because: Mapped[str | None]
    cast_at: Mapped[datetime]
