"""What keeps people from dealing with a complaint, and when it was overridden."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.complaints.models.table import Table
from shared.events.complaints import Conflict


class ReportingLine(Table):
    """An officer is supervised by another one, from a day on."""

    __tablename__ = "reporting_line"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency: Mapped[str]
    officer_id: Mapped[UUID] = mapped_column(index=True)
    supervisor_id: Mapped[UUID] = mapped_column(index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    """The last day; None while it goes on."""
    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]


class Declaration(Table):
    """Somebody has a conflict of interest with a complaint, as they or another member of staff say."""

    __tablename__ = "declaration"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    person_id: Mapped[UUID]
    conflict: Mapped[Conflict]
    because: Mapped[str]
    declared_by: Mapped[UUID]
    declared_at: Mapped[datetime]


class Override(Table):
    """Somebody may deal with a complaint in spite of a conflict, because another member of staff decided so."""

    __tablename__ = "conflict_override"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    person_id: Mapped[UUID]
    conflict: Mapped[Conflict]
    because: Mapped[str]
    overridden_by: Mapped[UUID]
    overridden_at: Mapped[datetime]
