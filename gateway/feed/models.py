"""The feed as it is kept. The application may add entries and read them, and delete values and their salts.

It can change nothing that a leaf of the log stands on, and can remove no entry.
"""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.tables import COLUMN_TYPES

CHANNEL = "feed"
"""Where PostgreSQL says that entries were added (LISTEN)."""


class Table(DeclarativeBase):
    """A table of the gateway."""

    type_annotation_map: ClassVar[dict[Any, Any]] = COLUMN_TYPES


class Entry(Table):
    """One thing that the public may know."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("entry_of_agency", "agency", "index"),
        Index("entry_of_type", "type", "index"),
        Index("entry_of_reference", "reference", "index"),
        Index("entry_of_day", "day", "index"),
        Index("entry_emptied", "expunged_by", postgresql_where=text("expunged_by is not null")),
    )

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0, 1, 2, … without gaps, in the order in which entries became visible."""
    event_id: Mapped[UUID] = mapped_column(unique=True)
    type: Mapped[str]
    agency: Mapped[str]
    reference: Mapped[str]
    """What the public calls the case; unrelated to its id and its number."""
    day: Mapped[date]
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    salts: Mapped[dict[str, str]] = mapped_column(JSONB)
    """Field → the salt of its digest; a value that is deleted takes its salt along."""
    digests: Mapped[list[str]] = mapped_column(JSONB)
    """What the leaf's body is made of (`gateway.feed.leaves`); they stay for good."""
    corrects: Mapped[int | None]
    """The index of the entry that this one corrects."""
    redacted: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    """Names of the fields whose values were deleted."""
    expunged_by: Mapped[int | None]
    """The index of the entry that tells by which order all values were deleted."""
    appended_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Not shown either; it would tell the hour."""


LENGTH = select(func.coalesce(func.max(Entry.index) + 1, 0))
"""How many entries there are, which is also the next index."""


class Pending(Table):
    """A complaint that waits for a decision, as far as the entries tell."""

    __tablename__ = "pending"
    __table_args__ = (Index("pending_of_agency", "agency", "since"),)

    reference: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str]
    since: Mapped[date]


class FeedHead(Table):
    """The one row that gives out indexes; whoever appends holds it until the commit."""

    __tablename__ = "feed_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_index: Mapped[int]
    acts: Mapped[int] = mapped_column(server_default="0")
    """How often an entry has said that an earlier one is wrong, or that values are deleted."""
