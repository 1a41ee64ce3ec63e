"""The turns that a complaint has taken, and why."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.complaints.models.table import Table
from shared.events.complaints import Finding, LinkKind


class Assignment(Table):
    """Somebody had the case, from one moment to another."""

    __tablename__ = "assignment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    investigator_id: Mapped[UUID] = mapped_column(index=True)
    because: Mapped[str | None]
    """Why it changed hands; None for whoever had it first."""
    assigned_by: Mapped[UUID]
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When somebody else got it, or it went another way; None while they have it."""


class Reason(Table):
    """Why a step was taken, for the staff who may see the complaint."""

    __tablename__ = "reason"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    step: Mapped[str]
    because: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class Link(Table):
    """A complaint belongs together with another one, or with a claim in court."""

    __tablename__ = "link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    kind: Mapped[LinkKind]
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    claim: Mapped[str | None]
    """The number of a claim in court."""
    linked_by: Mapped[UUID]
    linked_at: Mapped[datetime]


class Referral(Table):
    """A complaint was given to somebody outside."""

    __tablename__ = "referral"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    authority: Mapped[str]
    because: Mapped[str]
    referred_by: Mapped[UUID]
    referred_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    """What those outside said when it came back."""


class EarlierFinding(Table):
    """What was found of an allegation before the complaint was reopened."""

    __tablename__ = "earlier_finding"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    allegation_id: Mapped[UUID] = mapped_column(ForeignKey("allegation.id"))
    recommended: Mapped[Finding | None]
    recommended_because: Mapped[str | None]
    reviewed: Mapped[Finding | None]
    reviewed_because: Mapped[str | None]
    finding: Mapped[Finding | None]
    finding_because: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime]


class DisciplineCase(Table):
    """A discipline case that the complaint opened: that there is one, and when it became final, never more."""

    __tablename__ = "discipline_case"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    officer_id: Mapped[UUID]
    opened_at: Mapped[datetime]
    final_at: Mapped[datetime | None]
