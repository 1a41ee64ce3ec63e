"""Complaints in which nothing happens."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.words import Shape, Text


class DelayIn(Shape):
    """Why nothing happens in a complaint, and when it goes on."""

    because: Text
    estimate: date = Field(description="the day by which the next step is promised")


class StallOut(Shape):
    """An alert: nothing happened for too long."""

    id: UUID
    idle_since: date
    raised_on: date
    answer_by: date
    ignored: bool = Field(description="whether it was not answered in time")
    answered_at: datetime | None
    answered_by: UUID | None
    because: str | None
    estimate: date | None


class StallsOut(Shape):
    """Every alert of a complaint, the newest first."""

    stalls: list[StallOut]


class StalledLine(Shape):
    """A complaint with an alert that waits for an answer."""

    id: UUID
    number: str
    idle_since: date
    answer_by: date
    ignored: bool


class StalledOut(Shape):
    """The complaints with an alert that waits for an answer, the most urgent first."""

    complaints: list[StalledLine]
