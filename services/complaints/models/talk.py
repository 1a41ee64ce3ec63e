"""What whoever complained was asked and answered; words are kept apart, sealed (`shared.threads`)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.complaints.models.table import Table


class MediationConsent(Table):
    """Whoever complained was asked whether they consent to mediation; the newest one counts."""

    __tablename__ = "mediation_consent"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    consents: Mapped[bool | None]
    """None while there is no answer; it can be changed until the harm is referred."""
    answered_at: Mapped[datetime | None]


class Feedback(Table):
    """How whoever complained was treated, as they say at the end: from 1 (not at all) to 5 (fully)."""

    __tablename__ = "feedback"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    agency: Mapped[str]
    easy: Mapped[int]
    informed: Mapped[int]
    respected: Mapped[int]
    fair: Mapped[int]
    again: Mapped[int]
    given_at: Mapped[datetime]


class ReviewRequest(Table):
    """Whoever complained has requested a review of the decision, once."""

    __tablename__ = "review_request"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    agency: Mapped[str]
    requested_on: Mapped[date]
    granted: Mapped[bool | None]
    """None while there is no answer. A granted review lets the case be reopened by those who may."""
    answered_by: Mapped[UUID | None]
    answered_on: Mapped[date | None]
