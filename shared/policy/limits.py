"""Time limits as policy packs: what begins a limit, how long it is, what stops it, what meets it, who said so."""

from enum import StrEnum
from typing import Literal, Self

from holidays import HolidayBase, country_holidays, list_supported_countries
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.events.event import Code
from shared.policy.pack import Pack


class Counted(StrEnum):
    """Which days count."""

    CALENDAR = "calendar days"
    WORKING = "working days"


class Milestone(StrEnum):
    """What happens to a complaint that can begin a time limit, or meet one."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    UPDATED = "updated"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    INVESTIGATED = "investigated"
    REVIEWED = "reviewed"
    DECIDED = "decided"
    OUTCOME_TOLD = "outcome told"
    CLOSED = "closed"
    CONTACT_NAMED = "contact named"
    REOPENED = "reopened"


class Ground(BaseModel):
    """A reason for which a limit stands still, or becomes longer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    law: str = Field(min_length=1, description="where it is written")
    longer_by: int | None = Field(None, gt=0, le=3_650)
    """Most days by which this ground makes a limit longer, in all; None for a ground that lets it stand still."""


MEDIATION, REFERRAL = "mediation", "referral"
"""Grounds that a pack may have; they hold by themselves while a complaint is in mediation, or with somebody outside."""


class Limit(BaseModel):
    """How long something may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: dict[Literal["en", "es"], str]
    law: str = Field(min_length=1, description="where it is written")
    begins: Milestone
    """It begins whenever this happens and it does not run already, so that what is met by it too begins anew."""
    met_by: Milestone
    days: int = Field(gt=0, le=3_650)
    counted: Counted = Counted.CALENDAR
    grounds: list[Code] = Field(default_factory=list)
    """What can stop it or make it longer; of the pack's grounds."""
    warn: list[int] = Field(default_factory=list)
    """Days before it ends on which a warning is given."""

    @model_validator(mode="after")
    def warnings_within(self) -> Self:
        """Refuse a warning before the limit begins, or after it has ended."""
        wrong = next((ahead for ahead in self.warn if not 0 <= ahead < self.days), None)
        if wrong is not None:
            raise ValueError(f"a warning {wrong} days ahead is not within a limit of {self.days} days")
        return self


class TimeLimits(Pack):
    """Time limits of one law, decree or policy."""

    grounds: dict[Code, Ground] = Field(default_factory=dict)
    limits: dict[Code, Limit] = Field(min_length=1)

    @model_validator(mode="after")
    def grounds_that_exist(self) -> Self:
        """Refuse a limit with a ground that the pack does not have."""
        for code, limit in self.limits.items():
            unknown = next((ground for ground in limit.grounds if ground not in self.grounds), None)
            if unknown is not None:
                raise ValueError(f"{code!r} stops for {unknown!r}; there is {', '.join(self.grounds) or 'no ground'}")
        return self


class Stalls(BaseModel):
    """When a case in which nothing happens has to be spoken of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: int = Field(30, gt=0, le=3_650, description="days without a step")
    answer_within: int = Field(7, gt=0, le=3_650, description="days")


class WorkingDays(BaseModel):
    """Whose public holidays are no working days, besides Saturday and Sunday."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: str = Field(description="ISO 3166-1, such as US")
    subdivision: str | None = Field(None, description="ISO 3166-2 without the country, such as NY")

    @model_validator(mode="after")
    def holidays_that_are_known(self) -> Self:
        """Refuse a place of whose holidays nothing is known."""
        parts = list_supported_countries().get(self.country)
        if parts is None or (self.subdivision is not None and self.subdivision not in parts):
            place = f"{self.country}-{self.subdivision}" if self.subdivision else self.country
            raise ValueError(f"the public holidays of {place!r} are not known")
        return self

    def holidays(self) -> HolidayBase:
        """Return the public holidays of the place."""
        return country_holidays(self.country, subdiv=self.subdivision)
