"""The packs that together are an agency's rules. Each says where it comes from and whether that was verified."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shared.events.discipline import LevelCode, SanctionKind
from shared.events.event import Code


class Pack(BaseModel):
    """A policy pack: data that a lawyer can read and argue with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    source: str = Field(min_length=1, description="where the rules were read")
    verified: bool = Field(description="whether the rules were read in the source, or are an example from memory")


class Taxonomy(Pack):
    """What a complaint can allege."""

    categories: dict[Code, dict[Literal["en", "es"], str]]
    """Code → what people see, by language."""

    @field_validator("categories")
    @classmethod
    def named_in_english(cls, categories: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """Refuse a category without its English words."""
        nameless = [code for code, labels in categories.items() if "en" not in labels]
        if nameless:
            raise ValueError(f"the category {nameless[0]!r} has no English words ('en')")
        return categories


class Sanction(BaseModel):
    """One sanction; `days` are working days, for suspension and loss of leave only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SanctionKind
    days: int | None = Field(None, gt=0, le=3_650)

    @model_validator(mode="after")
    def days_where_they_count(self) -> Self:
        """Refuse a suspension or loss of leave without days, and days with anything else."""
        counted_in_days = self.kind in (SanctionKind.SUSPENSION, SanctionKind.LOSS_OF_LEAVE)
        if counted_in_days and self.days is None:
            raise ValueError(f"{self.kind} takes the number of days")
        if self.days is not None and not counted_in_days:
            raise ValueError(f"{self.kind} takes no days")
        return self

    def gravity(self) -> tuple[int, int]:
        """Return something that compares as sanctions do."""
        return tuple(SanctionKind).index(self.kind), self.days or 0


class Cell(BaseModel):
    """What the matrix says for the nth violation within the look-back; a missing value was not found in the source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mitigated: Sanction | None = None
    presumptive: Sanction | None = None
    aggravated: Sanction | None = None


class Level(BaseModel):
    """One class of violations."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look_back_years: int | None = Field(None, gt=0)
    nth: list[Cell] = Field(min_length=1)
    """For the first, second, … violation; the last one holds for every later one."""


class Matrix(Pack):
    """A discipline matrix, in force for incidents from a day on."""

    effective: date
    levels: dict[LevelCode, Level]
    """From the least to the most serious, in the order in which the pack lists them."""
    violations: dict[Code, LevelCode]
    """Category of the allegation → level."""
    aggravating: list[Code]
    mitigating: list[Code]
    multiple_counts: Literal["most serious", "separate"]

    @model_validator(mode="after")
    def levels_that_exist(self) -> Self:
        """Refuse a violation of a level that the matrix does not have."""
        for category, level in self.violations.items():
            if level not in self.levels:
                raise ValueError(f"{category!r} is of the level {level!r}; there is {', '.join(self.levels)}")
        return self


class AwardKind(BaseModel):
    """One kind of award."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    civilians: bool = False
    """Whether somebody outside the agency may receive it."""


class Awards(Pack):
    """What good work can be honoured with, and how the board decides."""

    kinds: dict[Code, AwardKind]
    window_days: int = Field(gt=0, description="days after the deed within which a nomination needs no reason")
    board_members: int = Field(gt=0)
    quorum: int = Field(gt=0)


class Agency(Pack):
    """An agency and the names of the packs that it follows."""

    timezone: str
    languages: list[Literal["en", "es"]] = Field(min_length=1)
    taxonomy: str
    matrices: list[str]
    awards: str
    outside_authority: str
    """Who receives a complaint about the head of the agency."""

    @field_validator("timezone")
    @classmethod
    def known_timezone(cls, timezone: str) -> str:
        """Refuse a time zone that the tz database does not have."""
        try:
            ZoneInfo(timezone)
        except (KeyError, ValueError) as unknown:
            raise ValueError(f"{timezone!r} is no time zone of the tz database") from unknown
        return timezone


@dataclass(frozen=True, slots=True)
class AgencyRules:
    """An agency with the packs that it names."""

    code: str
    agency: Agency
    taxonomy: Taxonomy
    matrices: Mapping[str, Matrix]
    """Pack name → matrix; the latest one in force on the day of the incident counts."""
    awards: Awards
