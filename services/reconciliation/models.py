"""Processes and recommendations as they are kept. There is no column for what is said in a session."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.cases import Case
from shared.events.complaints import Finding, RepairProcess
from shared.events.recommendations import AgencyAnswer, Effect, Origin, WithholdingGround
from shared.events.reconciliation import CommitmentFact, CommitmentKind, CommitmentOwner, Reported, Side, Verified
from shared.tables import COLUMN_TYPES


class State(StrEnum):
    """Where a process is."""

    REFERRED = "referred"
    SCREENED = "screened"
    CONSENTED = "consents given"
    PREPARED = "prepared"
    SCHEDULED = "scheduled"
    HELD = "held"
    AGREEMENT = "agreement"
    NO_AGREEMENT = "no agreement"
    FOLLOW_UP = "follow-up"
    CLOSED = "closed"
    DECLINED = "declined"
    """Barred, or without everybody's consent; the complaint goes its usual way."""
    RETURNED = "returned to the ordinary process"
    """No session could be brought about; the complaint goes its usual way."""


class Outcome(StrEnum):
    """What came of a process."""

    AGREEMENT = "agreement"
    NO_AGREEMENT = "no agreement"
    DECLINED = "declined"
    RETURNED = "returned to the ordinary process"


class Consent(StrEnum):
    """What a party has answered."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Table(DeclarativeBase):
    """A table of this service."""

    type_annotation_map: ClassVar[dict[Any, Any]] = COLUMN_TYPES


class Process(Case, Table):
    """One attempt to repair harm."""

    __tablename__ = "process"
    __table_args__ = (
        UniqueConstraint("agency", "number"),
        Index("process_newest_first", "agency", "opened_at", "id"),
    )

    number: Mapped[str]
    kind: Mapped[RepairProcess]
    state: Mapped[State]
    outcome: Mapped[Outcome | None]
    complaint_id: Mapped[UUID | None] = mapped_column(index=True)
    exclusions: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    """The `Exclusion`s that the screening found, whether or not they bar this kind of process."""
    facilitator_id: Mapped[UUID | None]
    starts_at: Mapped[datetime | None]
    place: Mapped[str | None]

    parties: Mapped[list["Party"]] = relationship(
        order_by="Party.position", lazy="selectin", cascade="all, delete-orphan"
    )
    commitments: Mapped[list["Commitment"]] = relationship(
        order_by="Commitment.number", lazy="selectin", cascade="all, delete-orphan"
    )


class Party(Table):
    """Somebody who is to take part: an officer by id, or somebody from the community whose name is sealed."""

    __tablename__ = "party"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"), index=True)
    agency: Mapped[str]
    position: Mapped[int]
    side: Mapped[Side]
    officer_id: Mapped[UUID | None] = mapped_column(index=True)
    sealed_name: Mapped[bytes | None]
    sealed_contact: Mapped[bytes | None]
    consent: Mapped[Consent | None]
    answered_at: Mapped[datetime | None]
    prepared_at: Mapped[datetime | None]


class Commitment(Table):
    """One promise of an agreement; what the agency says of it and what the community says are kept apart."""

    __tablename__ = "commitment"
    __table_args__ = (UniqueConstraint("process_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    agency: Mapped[str]
    number: Mapped[int]
    owner: Mapped[CommitmentOwner]
    kind: Mapped[CommitmentKind]
    due_on: Mapped[date]
    text: Mapped[str]
    """As it was signed; internal."""
    released_text: Mapped[str | None]
    """What was published of it."""
    reported: Mapped[Reported | None]
    reported_by: Mapped[UUID | None]
    reported_at: Mapped[datetime | None]
    verified: Mapped[Verified | None]
    verified_by: Mapped[UUID | None]
    verified_at: Mapped[datetime | None]

    @property
    def fact(self) -> CommitmentFact:
        """What may be told of it."""
        return CommitmentFact(number=self.number, owner=self.owner, kind=self.kind, due_on=self.due_on)

    @property
    def settled(self) -> bool:
        """Whether nothing more is expected: the community has verified it, or it was declined."""
        return self.verified is Verified.VERIFIED or self.reported is Reported.DECLINED


class Course(StrEnum):
    """Where a recommendation is."""

    OPENED = "opened"
    COMMENTS = "open for comment"
    ANSWERED = "answered"
    REJECTED = "rejected"
    IMPLEMENTED = "implemented"
    EVALUATED = "evaluated"


class Recommendation(Case, Table):
    """How the agency is to change, and what came of it."""

    __tablename__ = "recommendation"
    __table_args__ = (
        UniqueConstraint("agency", "number"),
        Index("recommendation_newest_first", "agency", "opened_at", "id"),
    )

    number: Mapped[str]
    state: Mapped[Course]
    origin: Mapped[Origin]
    failure: Mapped[Finding | None]
    category: Mapped[str | None]
    complaint_id: Mapped[UUID | None] = mapped_column(index=True)
    text: Mapped[str | None]
    """What is recommended, as it was published."""
    comments_until: Mapped[date | None]
    """The last day on which comments are taken, where the agency is."""
    received: Mapped[int] = mapped_column(default=0)
    """Comments, which are numbered from 1."""
    settled: Mapped[int] = mapped_column(default=0)
    """Those of them that were released or withheld."""
    answer: Mapped[AgencyAnswer | None]
    answer_text: Mapped[str | None]
    implementation: Mapped[str | None]
    implemented_by: Mapped[UUID | None]
    effect: Mapped[Effect | None]
    evaluation: Mapped[str | None]


class Comment(Table):
    """What somebody said of a recommendation; who it was is not known."""

    __tablename__ = "comment"

    recommendation_id: Mapped[UUID] = mapped_column(ForeignKey("recommendation.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    agency: Mapped[str]
    received_on: Mapped[date]
    text: Mapped[str]
    """As it was written; internal."""
    released_text: Mapped[str | None]
    ground: Mapped[WithholdingGround | None]
    """Why it is withheld."""

    @property
    def is_settled(self) -> bool:
        """Whether it was released or withheld."""
        return self.released_text is not None or self.ground is not None
