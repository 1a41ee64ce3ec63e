"""The feed as it is kept. The application may add entries and read them; it cannot change or remove one."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.tables import COLUMN_TYPES


class Table(DeclarativeBase):
    """A table of the gateway."""

    type_annotation_map: ClassVar[dict[Any, Any]] = COLUMN_TYPES


class Entry(Table):
    """One thing that the public may know."""

    __tablename__ = "entry"
    __table_args__ = (Index("entry_of_agency", "agency", "index"), Index("entry_of_type", "type", "index"))

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0, 1, 2, … without gaps, in the order in which entries became visible."""
    event_id: Mapped[UUID] = mapped_column(unique=True)
    type: Mapped[str]
    agency: Mapped[str]
    reference: Mapped[str]
    """What the public calls the case; unrelated to its id and its number."""
    day: Mapped[date]
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    appended_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Not shown either; it would tell the hour."""


class FeedHead(Table):
    """The one row that gives out indexes; whoever appends holds it until the commit."""

    __tablename__ = "feed_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_index: Mapped[int]
