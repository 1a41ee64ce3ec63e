"""Which tables there are: `tables.toml`, read and checked against the events that the public sees."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.feed.sentences import Language
from gateway.feed.vocabulary import public_kind, public_part
from shared.errors import NotFound
from shared.events.event import Code

TABLES = Path(__file__).parent / "tables.toml"

Said = dict[Language, str]
"""What people read, in every language of the house."""


class Part(BaseModel):
    """A part of the file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Counted(Part):
    """Which entries of the feed go into a table, and where; `tables.toml` explains each word."""

    type: str
    keys: tuple[str, ...]
    each: str | None = None
    times: str | None = None
    value: str | None = None
    day: str | None = None
    missing: str | None = None
    number: str | None = None

    @model_validator(mode="after")
    def told_to_the_public(self) -> Self:
        """Refuse a type of entry, or a field of it, that the feed does not have."""
        kind = public_kind(self.type)
        if kind is None:
            raise ValueError(f"there are no public events of the type {self.type!r}")
        names = [self.each] if self.each else [*self.keys, self.times, self.number]
        paths = [name for name in (*names, self.value, self.day) if name and not name.startswith("=")]
        shown = public_part(kind).model_fields
        unknown = [path for path in paths if field_of(path) not in shown]
        if unknown:
            raise ValueError(f"{self.type} tells the public nothing called {unknown[0]!r}")
        return self


def field_of(path: str) -> str:
    """Return the field of an entry that a path begins with; "+words: path" puts words before what is found."""
    return path.rpartition(" ")[2].partition(".")[0]


class Table(Part):
    """A table of the statistics, by agency and month and its own dimensions."""

    name: Code
    measure: Literal["count", "median", "rate"]
    per: str | None = Field(None, description="the table whose count of the month a rate is a hundredth of")
    dimensions: tuple[str, ...]
    title: Said
    about: Said
    counts: tuple[Counted, ...]

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse sources that do not fill the dimensions."""
        if any(len(source.keys) != len(self.dimensions) for source in self.counts):
            raise ValueError(f"{self.name}: every source has as many keys as the table has dimensions")
        if (self.measure == "rate") != (self.per is not None):
            raise ValueError(f"{self.name}: a rate says what it is per, and nothing else does")
        return self


@cache
def tables() -> Mapping[str, Table]:
    """Return every table by its name, in the order of the file."""
    written = tomllib.loads(TABLES.read_text(encoding="utf-8"))
    return {name: Table.model_validate({"name": name, **said}) for name, said in written.items()}


def table_called(name: str) -> Table:
    """Return a table.

    Raises:
        NotFound: names those there are.
    """
    if name not in tables():
        raise NotFound(f"There is no table {name!r}; there is {', '.join(tables())}.")
    return tables()[name]
