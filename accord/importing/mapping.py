"""The mapping file: how the columns and words of one agency's table become records."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from accord.importing.of_themselves import OfThemselves
from accord.importing.parts import Column, Part, Words
from accord.importing.words import ImportRefusedError, folded
from shared.errors import sentences
from shared.events.complaints import Channel, Finding, Precision
from shared.events.event import Code
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone

PENDING = "pending"
"""What a mapping says of words that are no finding yet."""
PROBE = datetime(2001, 12, 31)  # noqa: DTZ001 - a day without a place
"""A day that no format reads back unless it reads the year, the month and the day."""


def readable(format_: str) -> str:
    """Return a format of `datetime.strptime`.

    Raises:
        ValueError: it has a directive that nothing reads, or does not read a year.
    """
    try:
        year = datetime.strptime(PROBE.strftime(format_), format_).year  # noqa: DTZ007 - the same
    except ValueError as wrong:
        raise ValueError(f"{format_!r} reads no date: {wrong}") from wrong
    if year != PROBE.year:
        raise ValueError(f"{format_!r} reads no year")
    return format_


def none_while_pending(word: object) -> object:
    """Return None for the word that stands for no finding."""
    return None if word == PENDING else word


Format = Annotated[str, AfterValidator(readable)]
FindingOrPending = Annotated[Finding | None, BeforeValidator(none_while_pending)]


class Day(Part):
    """A column of dates."""

    column: Column
    formats: list[Format] = Field(min_length=1, description="of datetime.strptime; the first that fits is taken")
    precision: Precision = Precision.DAY

    @model_validator(mode="after")
    def formats_read_what_is_said(self) -> Self:
        """Refuse a precision that the formats do not have, so that no day is invented."""
        for format_ in self.formats:
            if truncated(parsed(PROBE.strftime(format_), format_), self.precision) != truncated(PROBE, self.precision):
                raise ValueError(f"{format_!r} does not read the {self.precision}, which is the precision")
        return self

    def read(self, cell: str) -> date | None:
        """Return the date in `cell`, the first one of its month or year when no more is known, or None for a blank.

        Raises:
            ValueError: no format fits.
        """
        text = cell.strip()
        for format_ in self.formats if text else ():
            try:
                return truncated(parsed(text, format_), self.precision)
            except ValueError:
                continue
        if text:
            raise ValueError(f"{self.column}: {text!r} is no date of the form {' or '.join(self.formats)}.")
        return None


def parsed(text: str, format_: str) -> datetime:
    """Return what `format_` reads; the hour of a published table is of no use and its time zone is not said."""
    return datetime.strptime(text, format_)  # noqa: DTZ007 - only the day is kept


def truncated(moment: datetime, precision: Precision) -> date:
    """Return the first day of what is known."""
    day = moment.date()
    if precision is Precision.DAY:
        return day
    return day.replace(day=1) if precision is Precision.MONTH else day.replace(month=1, day=1)


def to_the_day(day: Day) -> Day:
    """Return a column of exact dates.

    Raises:
        ValueError: it is vaguer, and a record has no place to say so.
    """
    if day.precision is not Precision.DAY:
        raise ValueError("a record keeps this date to the day or not at all; leave it out")
    return day


ExactDay = Annotated[Day, AfterValidator(to_the_day)]


class Allegations(Part):
    """The column of what was alleged, and what the taxonomy calls it."""

    column: Column
    categories: Words[Code]
    """Words of the cell → category; a blank cell is the word ""."""
    separator: str | None = Field(None, min_length=1, description="between several allegations in one cell")
    takes: Literal["first", "gravest"] = "first"
    """Which of several in one cell the row counts as; a row stays one allegation."""
    gravest_first: list[Code] = Field(default_factory=list)

    @model_validator(mode="after")
    def gravest_is_known(self) -> Self:
        """Refuse to take the gravest where the mapping does not rank every category."""
        unranked = [code for code in self.categories.values() if code not in self.gravest_first]
        if self.takes == "gravest" and unranked:
            raise ValueError(f"the gravest is to be taken and gravest_first does not rank {unranked[0]!r}")
        return self

    def read(self, cell: str) -> str:
        """Return the category of a cell; the whole cell is looked up before its parts.

        Raises:
            ValueError: names the word that is not mapped.
        """
        whole = folded(cell)
        if whole in self.categories:
            return self.categories[whole]
        parts = [folded(part) for part in cell.split(self.separator)] if self.separator else [whole]
        named = [part for part in parts if part] or [whole]
        unmapped = next((part for part in named if part not in self.categories), None)
        if unmapped is not None:
            raise ValueError(f"{self.column}: {unmapped!r} is not mapped to a category; add it to the mapping.")
        found = [self.categories[part] for part in named]
        return min(found, key=self.gravest_first.index) if self.takes == "gravest" else found[0]


class Findings(Part):
    """The column of what was found, and what the house calls it."""

    column: Column
    words: Words[FindingOrPending]
    """Words of the cell → finding, or "pending"; a blank cell is the word ""."""
    found: ExactDay | None = None
    because: Column | None = None
    """Why it was found."""

    def read(self, cell: str) -> Finding | None:
        """Return the finding of a cell, None while it is pending.

        Raises:
            ValueError: names the words that are not mapped.
        """
        if folded(cell) not in self.words:
            raise ValueError(f"{self.column}: {cell.strip()!r} is not mapped to a finding; add it to the mapping.")
        return self.words[folded(cell)]


class Officers(Part):
    """The column of who is accused, and their ids in the roster."""

    column: Column
    ids: Words[UUID] = Field(default_factory=dict)
    """Words of the cell → id, such as those of badges; without any, the cell holds the id itself."""

    def read(self, cell: str) -> UUID | None:
        """Return the id of the officer in a cell, or None for a blank.

        Raises:
            ValueError: names the word that is not mapped.
        """
        word = folded(cell)
        if not word or word in self.ids:
            return self.ids.get(word)
        try:
            return UUID(word)
        except ValueError:
            raise ValueError(f"{self.column}: {cell!r} is no officer's id and not mapped to one.") from None


class Mapping(Part):
    """A mapping file."""

    agency: Code
    record_id: Column = Field(description="rows with the same id are one complaint, and each row one allegation")
    row_id: Column | None = Field(None, description="tells rows apart; without it a row that says the same is a repeat")
    channel: Channel = Channel.NOT_RECORDED
    place: Column | None = None
    if_rows_disagree: Literal["quarantine", "earliest"] = "quarantine"
    """About dates or place of one complaint: set it aside, or take both from the row with the earliest date."""
    only: dict[str, str] = Field(default_factory=dict, description="column → what every row must say there")
    received: Day
    incident: ExactDay | None = None
    closed: ExactDay | None = None
    allegation: Allegations
    finding: Findings
    officer: Officers | None = None
    of_themselves: OfThemselves = OfThemselves()
    history: dict[Milestone, ExactDay] = Field(default_factory=dict, description="step → on which day it was taken")

    def columns(self) -> Iterator[str]:
        """Yield the columns that the table must have."""
        days = (self.received, self.incident, self.closed, self.finding.found, *self.history.values())
        parts = (*days, self.allegation, self.finding, self.officer, *self.of_themselves.attributes().values())
        own = (self.record_id, self.row_id, self.place, self.finding.because)
        named = (*own, *self.only, *(part.column for part in parts if part))
        yield from dict.fromkeys(column for column in named if column)

    def refuse_unknown_categories(self, rules: AgencyRules, path: Path) -> None:
        """Refuse a category that the agency's taxonomy does not have.

        Raises:
            ImportRefusedError: names the word, the category and those there are.
        """
        for word, code in self.allegation.categories.items():
            if code not in rules.taxonomy.categories:
                known = ", ".join(rules.taxonomy.categories)
                raise ImportRefusedError(
                    f"{path}: allegation.categories: {word!r} is mapped to {code!r}, which the taxonomy of "
                    f"{rules.code} does not have; there is {known}."
                )


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        ImportRefusedError: it cannot be read, is not TOML, or holds a wrong key or value.
    """
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as wrong:
        raise ImportRefusedError(f"{path} cannot be read: {wrong.strerror}.") from wrong
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise ImportRefusedError(f"{path} is not TOML: {wrong}.") from wrong
    except ValidationError as wrong:
        raise ImportRefusedError(f"{path}: {sentences(wrong.errors())}") from wrong
