"""The packs that together are an agency's rules. Each says where it comes from and whether that was verified."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shared.events.discipline import LevelCode, SanctionKind
from shared.events.event import Code
from shared.policy.letters import Letters
from shared.policy.limits import Ground, Limit, Stalls, WorkingDays
from shared.policy.pack import Pack
from shared.policy.panel import Panel


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
    limits: list[str]
    """Packs of time limits, each of which holds."""
    working_days: WorkingDays
    stalls: Stalls = Stalls()
    """When a case in which nothing happens has to be spoken of."""
    interview_notice_hours: int = Field(48, ge=0, le=1_000)
    """Hours ahead of which an officer learns of an interview."""
    comment_days: int = Field(30, ge=1, le=365)
    """Days for which anyone may comment on a recommendation."""
    outside_authority: str
    """Who receives a complaint about the head of the agency."""
    letters: str
    """The pack of letters that its staff write from."""
    contacts: dict[Code, dict[Literal["en", "es"], str]] = Field(min_length=1)
    """Code → the office that answers for a case, and how to reach it, by language; never a person. The first one
    answers while no other is named."""
    review_days: int | None = Field(None, gt=0, le=3_650)
    """Days after the decision within which whoever complained may request a review; None where there is none."""
    withheld_up_to: int = Field(10, ge=1, le=1_000)
    """Cells of so many people or fewer are withheld in statistics that are crossed with a personal attribute."""
    heads: list[UUID] = Field(default_factory=list, description="ids of the officers who head the agency")
    panel: Panel | None = None
    """Who decides complaints; None for one adjudicator."""

    @field_validator("contacts")
    @classmethod
    def contacts_in_english(cls, contacts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """Refuse a contact without its English words."""
        nameless = [code for code, labels in contacts.items() if "en" not in labels]
        if nameless:
            raise ValueError(f"the contact {nameless[0]!r} has no English words ('en')")
        return contacts

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
    limits: Mapping[str, Limit]
    """Code → time limit, from all packs of limits together."""
    grounds: Mapping[str, Ground]
    """Code → what lets a limit stand still, or makes it longer."""
    letters: Letters

    def today(self, now: datetime) -> date:
        """Return the day that it is in the agency at this moment."""
        return now.astimezone(ZoneInfo(self.agency.timezone)).date()
