"""The complaint as it is kept."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.cases import Case
from shared.events.complaints import Channel, Classification, Finding, Precision, RepairProcess, Severity, Track
from shared.tables import COLUMN_TYPES


class State(StrEnum):
    """Where a complaint is."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    INVESTIGATING = "investigating"
    UNDER_REVIEW = "under review"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class PartyRole(StrEnum):
    """What somebody has to do with a complaint."""

    COMPLAINANT = "complainant"
    UNKNOWN_OFFICER = "unknown officer"


class Part(StrEnum):
    """What a member of staff has done in a complaint, which bars them from judging it later."""

    INVESTIGATED = "investigated"
    REVIEWED = "reviewed"


class Table(DeclarativeBase):
    """A table of this service."""

    type_annotation_map: ClassVar[dict[Any, Any]] = COLUMN_TYPES


class Complaint(Case, Table):
    """One complaint, with every allegation in it."""

    __tablename__ = "complaint"
    __table_args__ = (
        UniqueConstraint("agency", "number"),
        UniqueConstraint("agency", "legacy_id"),
        Index("complaint_newest_first", "agency", "opened_at", "id"),
    )

    number: Mapped[str]
    state: Mapped[State]
    channel: Mapped[Channel]
    language: Mapped[str]
    narrative: Mapped[str]
    received_on: Mapped[date]
    precision: Mapped[Precision]
    incident_on: Mapped[date | None]
    place: Mapped[str | None]
    classification: Mapped[Classification | None]
    track: Mapped[Track | None]
    investigator_id: Mapped[UUID | None] = mapped_column(index=True)
    reviewer_id: Mapped[UUID | None]
    adjudicator_id: Mapped[UUID | None]
    outcome: Mapped[Finding | None]
    decided_at: Mapped[datetime | None]
    harm_referred_to: Mapped[RepairProcess | None]
    harm_agreed: Mapped[bool | None]
    """Whether reconciliation ended with an agreement; None while it has not told."""
    receipt_locator: Mapped[str | None] = mapped_column(unique=True)
    receipt_hash: Mapped[str | None]
    legacy_id: Mapped[str | None]
    """The record's id in the system that it was imported from."""
    legacy_digest: Mapped[bytes | None]

    allegations: Mapped[list["Allegation"]] = relationship(
        order_by="Allegation.position", lazy="selectin", cascade="all, delete-orphan"
    )
    taken: Mapped[list["PartTaken"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    parties: Mapped[list["Party"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    def took(self, person_id: UUID, part: Part) -> bool:
        """Whether somebody has ever taken this part, also if others have taken it since."""
        return any(one.person_id == person_id and one.part is part for one in self.taken)

    def note(self, person_id: UUID, part: Part) -> None:
        """Keep for good that somebody has taken this part."""
        if not self.took(person_id, part):
            self.taken.append(PartTaken(complaint_id=self.id, agency=self.agency, person_id=person_id, part=part))


class PartTaken(Table):
    """Somebody has investigated or reviewed a complaint, whoever does so now."""

    __tablename__ = "part_taken"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[Part] = mapped_column(primary_key=True)
    agency: Mapped[str]


class Allegation(Table):
    """One thing that one officer is said to have done, with what each of three people found of it."""

    __tablename__ = "allegation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    position: Mapped[int]
    category: Mapped[str]
    severity: Mapped[Severity]
    officer_id: Mapped[UUID | None] = mapped_column(index=True)
    recommended: Mapped[Finding | None]
    recommended_because: Mapped[str | None]
    reviewed: Mapped[Finding | None]
    reviewed_because: Mapped[str | None]
    finding: Mapped[Finding | None]
    finding_because: Mapped[str | None]


class Party(Table):
    """Somebody in a complaint; names and contacts are sealed."""

    __tablename__ = "party"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    role: Mapped[PartyRole]
    sealed_name: Mapped[bytes | None]
    sealed_contact: Mapped[bytes | None]
    description: Mapped[str | None]
