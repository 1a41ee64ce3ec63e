"""The complaint as it is kept."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.complaints.models.conflicts import Declaration, Override
from services.complaints.models.table import Table
from shared.cases import Case
from shared.events.complaints import (
    Behalf,
    Channel,
    Classification,
    Duty,
    Finding,
    Means,
    PartyRole,
    Precision,
    Priority,
    RepairProcess,
    Severity,
    Track,
)
from shared.policy.limits import Milestone


class State(StrEnum):
    """Where a complaint is."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    REFERRED_OUT = "referred out"
    IN_MEDIATION = "in mediation"
    SUPERVISOR_ACTION = "supervisor action"
    INVESTIGATING = "investigating"
    UNDER_REVIEW = "under review"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


class Part(StrEnum):
    """What a member of staff has done in a complaint, which bars them from judging it later."""

    INVESTIGATED = "investigated"
    REVIEWED = "reviewed"
    KNOWS_COMPELLED = "knows a compelled statement"
    CRIMINAL_SIDE = "works on the criminal side"
    DECIDED = "decided"


WORDS = "to_tsvector('simple'::regconfig, narrative::text || ' '::text || coalesce(place, ''::character varying)::text)"
"""The words of a complaint, spelt as PostgreSQL spells the expression of the migration."""


class Complaint(Case, Table):
    """One complaint, with every allegation in it."""

    __tablename__ = "complaint"
    __table_args__ = (
        UniqueConstraint("agency", "number"),
        UniqueConstraint("agency", "legacy_id"),
        Index("complaint_longest_still", "agency", "state", "moved_at"),
        Index("complaint_newest_first", "agency", "received_on", "opened_at", "id"),
        Index("complaint_by_state", "agency", "state", "received_on", "opened_at", "id"),
        Index("complaint_words", "words", postgresql_using="gin"),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - the mapper reads it, and nobody changes it
    """Nobody reads the words back that PostgreSQL has drawn from what was written."""

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
    contact: Mapped[str | None]
    """The office that answers for the case, of the agency's contacts; None while none is named."""
    on_behalf_of: Mapped[Behalf | None]
    """For whom it was filed; None for a legacy record, which does not say."""
    priority: Mapped[Priority] = mapped_column(default=Priority.ROUTINE)
    about_head: Mapped[bool] = mapped_column(default=False)
    """Whether it accuses the head of the agency, so that nobody inside may deal with it."""
    reopened_at: Mapped[datetime | None]
    discipline_final: Mapped[bool | None]
    """Whether every discipline case that it opened is final; None while there is none."""
    closed_on: Mapped[date | None]
    words: Mapped[str] = mapped_column(TSVECTOR, Computed(WORDS, persisted=True), deferred=True)
    """What lists are searched for."""
    moved_at: Mapped[datetime]
    """When it last went on, as `services.complaints.workflow` says; `updated_at` is when anything was last done."""

    allegations: Mapped[list["Allegation"]] = relationship(
        order_by="Allegation.position", lazy="selectin", cascade="all, delete-orphan"
    )
    taken: Mapped[list["PartTaken"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    parties: Mapped[list["Party"]] = relationship(
        order_by="Party.position", lazy="selectin", cascade="all, delete-orphan"
    )

    declared: Mapped[list[Declaration]] = relationship(order_by="Declaration.declared_at")
    overrides: Mapped[list[Override]] = relationship(order_by="Override.overridden_at")

    @property
    def accused_ids(self) -> frozenset[UUID]:
        """Who is accused: in an allegation, by name, or as the unknown officer who was identified."""
        alleged = {allegation.officer_id for allegation in self.allegations}
        named = {party.officer_id for party in self.parties if party.role in ACCUSED}
        return frozenset(one for one in alleged | named if one is not None)

    def accuses(self, person_id: UUID) -> bool:
        """Whether somebody is accused."""
        return person_id in self.accused_ids

    def has_witness(self, person_id: UUID) -> bool:
        """Whether somebody of the agency is named as a witness."""
        return any(party.officer_id == person_id and party.role is PartyRole.WITNESS for party in self.parties)

    @property
    def days_open(self) -> int | None:
        """Days from receipt to closing; None while it is open, and where the day of receipt is not known."""
        if self.closed_on is None or self.precision is not Precision.DAY:
            return None
        return (self.closed_on - self.received_on).days

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
    __table_args__ = (
        Index("allegation_by_category", "agency", "category", "received_on", "opened_at", "complaint_id"),
    )

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
    found_on: Mapped[date | None]
    """Legacy records only: on which day the finding was made; for others it is the day of the decision."""
    received_on: Mapped[date]
    """Of the complaint, as the next: lists of a category fall by them."""
    opened_at: Mapped[datetime]


ACCUSED = (PartyRole.ACCUSED_OFFICER, PartyRole.UNKNOWN_OFFICER)
"""Roles of parties who are accused once it is known which officer they are."""


class Party(Table):
    """Somebody in a complaint, as they were first written down; names and contacts are sealed."""

    __tablename__ = "party"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    role: Mapped[PartyRole]
    sealed_name: Mapped[bytes | None]
    sealed_contact: Mapped[bytes | None]
    description: Mapped[str | None]
    """What an unknown officer looks like."""
    position: Mapped[int]
    minor: Mapped[bool]
    unit: Mapped[str | None]
    vehicle: Mapped[str | None]
    badge: Mapped[str | None]
    officer_id: Mapped[UUID | None] = mapped_column(index=True)
    """The person's id in the roster, once known; of all columns the only one that changes."""


class PartyCorrection(Table):
    """What was said of a party later; what is not said here stands as it was."""

    __tablename__ = "party_correction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    position: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[UUID]
    sealed_name: Mapped[bytes | None]
    sealed_contact: Mapped[bytes | None]
    description: Mapped[str | None]
    unit: Mapped[str | None]
    vehicle: Mapped[str | None]
    badge: Mapped[str | None]


class Contact(Table):
    """Whoever complained was told something that they are owed."""

    __tablename__ = "contact"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    duty: Mapped[Duty]
    means: Mapped[Means]
    told_on: Mapped[date]
    by: Mapped[UUID]
    noted_at: Mapped[datetime]


class PastStep(Table):
    """A step that was taken before this system, as a legacy record dates it."""

    __tablename__ = "past_step"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    step: Mapped[Milestone] = mapped_column(primary_key=True)
    agency: Mapped[str]
    taken_on: Mapped[date]
