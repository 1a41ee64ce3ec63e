"""How the members of a panel have voted."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.complaints.models.table import Table
from shared.events.complaints import Finding


class Vote(Table):
    """What one member of the panel finds of one allegation."""

    __tablename__ = "vote"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    agency: Mapped[str]
    allegation_id: Mapped[UUID] = mapped_column(ForeignKey("allegation.id"))
    member_id: Mapped[UUID]
    finding: Mapped[Finding]
    because: Mapped[str]
    cast_at: Mapped[datetime]
    counts: Mapped[bool] = mapped_column(default=True)
    """False once the investigation was sent back, or the complaint reopened: the panel votes anew."""
