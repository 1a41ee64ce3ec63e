"""The statistics as they are kept: what the feed adds up to, what groups of people add up to, and the releases."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Date, Index, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gateway.feed.models import Table


class Figure(Table):
    """How often something stands in the feed; it can be counted again from the entries at any time."""

    __tablename__ = "figure"
    __table_args__ = (Index("figure_gone", "name", postgresql_where=text("count = 0")),)

    name: Mapped[str] = mapped_column(primary_key=True)
    """Of the table in the catalogue."""
    agency: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    """Its first day."""
    keys: Mapped[list[str]] = mapped_column(ARRAY(String), primary_key=True)
    """What it is of, one for each dimension of the table."""
    value: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """What a median is of, such as days; 0 in every other table."""
    count: Mapped[int]


class CountedCase(Table):
    """What one case adds to the figures; when its entries change, this is taken away and what they now add comes in."""

    __tablename__ = "counted_case"

    reference: Mapped[str] = mapped_column(primary_key=True)
    figures: Mapped[list[list[Any]]] = mapped_column(JSONB)
    """The columns of `Figure`, as lists."""


class Counting(Table):
    """The one row that says how far things are counted; whoever counts or releases holds it until the commit."""

    __tablename__ = "counting"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_index: Mapped[int]
    """The first entry of the feed that is not counted yet."""
    closed_year: Mapped[int]
    """The last year whose crossed tables are released; nothing is added to it or to an earlier one any more."""


class Crossed(Table):
    """How many complaints about this were received from people who say this of themselves. Nobody outside sees it.

    Only counts are kept, never which complaint it was.
    """

    __tablename__ = "crossed"

    agency: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """In which it was entered here."""
    attribute: Mapped[str] = mapped_column(primary_key=True)
    said: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class Release(Table):
    """Everything that was published on one day; it is never changed."""

    __tablename__ = "release"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3, …"""
    made_on: Mapped[date]
    until: Mapped[date]
    """Months before this day are in it."""
    entries: Mapped[int]
    """How many entries of the feed were counted."""
    corrects: Mapped[int | None]
    """The number of the release that this one puts right."""
    because: Mapped[str | None]
    """What was wrong."""
    digest: Mapped[str]
    """SHA-256 of the digests of its tables, in the order of their names."""
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ReleasedTable(Table):
    """One table of a release, as it was published."""

    __tablename__ = "released_table"

    release: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    """JSON."""
    digest: Mapped[str]
    """SHA-256 of the content."""
