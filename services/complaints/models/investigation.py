"""What an investigation gathers, as it is kept; files are kept by `shared.custody`."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.complaints.models.table import Table
from shared.events.complaints import Speaker, StatementKind


class Arrival(StrEnum):
    """How a file came to the agency."""

    RECEIPT_CODE = "receipt code"
    """From whoever complained, over the web."""
    IN_PERSON = "in person"
    MAIL = "mail"
    EMAIL = "e-mail"
    COLLECTED = "collected"
    """By the investigation, where it was found."""
    BODY_CAMERA = "body camera"
    AGENCY_RECORDS = "agency records"
    INTERVIEW = "interview"


class InterviewNotice(Table):
    """An officer was told when they will be interviewed."""

    __tablename__ = "interview_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    officer_id: Mapped[UUID]
    given_at: Mapped[datetime]
    interview_at: Mapped[datetime]
    hours: Mapped[int]
    """That the agency's policy gave the officer on that day."""
    waiver: Mapped[str | None]
    """The document with which the officer waived that time."""
    by: Mapped[UUID]


class Statement(Table):
    """What somebody said, sealed."""

    __tablename__ = "statement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    kind: Mapped[StatementKind]
    speaker: Mapped[Speaker]
    officer_id: Mapped[UUID | None]
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    taken_at: Mapped[datetime]
    taken_by: Mapped[UUID]
    noted_at: Mapped[datetime]
    order: Mapped[str | None]
    """The document that compelled it."""
    waiver: Mapped[str | None]
    """The document with which the officer waived the notice."""
    sealed_text: Mapped[bytes]


class Note(Table):
    """What the investigator writes down for themselves and whoever reviews; never changed."""

    __tablename__ = "note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    text: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class Task(Table):
    """Something that is to be done in an investigation."""

    __tablename__ = "task"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    what: Mapped[str]
    due_on: Mapped[date]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]
    done_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
    result: Mapped[str | None]

    def is_late(self, today: date) -> bool:
        """Whether it is still to be done and was due before today."""
        return self.done_at is None and self.due_on < today
