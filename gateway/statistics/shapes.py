"""Statistics as they go out."""

from datetime import date
from typing import Literal

from pydantic import Field

from shared.words import Shape


class CellOut(Shape):
    """One cell of a table."""

    agency: str
    month: str = Field(description="YYYY-MM")
    keys: dict[str, str] = Field(description="dimension → value")
    labels: dict[str, str] = Field(description="dimension → what people read, in the language asked for")
    count: int
    value: float | None = Field(None, description="the median, or the rate for each hundred; null in a table of counts")


class TableOut(Shape):
    """A table of the statistics."""

    name: str
    title: str
    about: str
    measure: Literal["count", "median", "rate"]
    dimensions: list[str]
    entries: int = Field(description="how many entries of the feed are counted")
    rows: list[CellOut]


class KeyFiguresOut(Shape):
    """What is told first, of one agency or of all."""

    received: int = Field(description="complaints, with those from before this system")
    decided: int
    sustained: int = Field(description="complaints whose gravest finding is sustained")
    median_days: float | None = Field(description="from receipt to decision")
    limits_missed: int
    discipline_final: int
    awards_presented: int
    commitments: int
    commitments_verified: int = Field(description="kept, as the community says")
    next_release: date


class ListedOut(Shape):
    """A table of the index."""

    name: str
    title: str
    json_url: str
    csv_url: str


class IndexOut(Shape):
    """Which tables there are."""

    tables: list[ListedOut]
    next_release: date
    dictionary_url: str


class ColumnOut(Shape):
    """A column of a table."""

    name: str
    kind: str = Field(description="what a cell holds, such as a whole number")
    about: str


class DescribedOut(Shape):
    """A table in the data dictionary."""

    name: str
    title: str
    about: str
    measure: str | None = Field(description="null of the feed, which measures nothing")
    columns: list[ColumnOut]
    entries: list[str] = Field(description="types of entries of the feed that are counted")


class DictionaryOut(Shape):
    """What every table means."""

    language: str
    tables: list[DescribedOut]
    crossed: DescribedOut = Field(description="the tables about what people said of themselves, which are all alike")
    feed: DescribedOut = Field(description="the feed itself, as CSV")


class CrossedCellOut(Shape):
    """One cell of a crossed table, or a row's total."""

    agency: str
    said: str = Field(description="what people said of themselves, or that they said nothing")
    category: str = Field(description="`total` for all categories, `others` for those of few complaints together")
    count: int | None = Field(description="null where it is withheld")
    withheld: bool


class CrossedOut(Shape):
    """What people who say something of themselves complained about, in one year."""

    year: int
    attribute: str
    rows: list[CrossedCellOut]


class ReleasedOut(Shape):
    """A table of a release."""

    name: str
    url: str
    digest: str = Field(description="SHA-256 of the file")


class ReleaseOut(Shape):
    """Everything that was published on one day."""

    number: int
    made_on: date
    until: date = Field(description="months before this day are in it")
    entries: int = Field(description="how many entries of the feed were counted")
    corrects: int | None = Field(description="the release that this one puts right")
    because: str | None = Field(description="what was wrong")
    digest: str = Field(description="SHA-256 of the digests of its tables, in the order of their names")
    tables: list[ReleasedOut]


class ReleasesOut(Shape):
    """Every release, the newest first, and the day of the next."""

    next_release: date
    releases: list[ReleaseOut]
