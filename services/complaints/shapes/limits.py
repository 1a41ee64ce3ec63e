"""Time limits, and what moves and meets them."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.events.complaints import (
    Duty,
    Means,
)
from shared.events.event import Code
from shared.words import Line, Shape


class TollIn(Shape):
    """Why time limits stand still or become longer."""

    ground: Code = Field(description="a ground of the agency's packs")
    document: Line = Field(description="what shows it, such as the number of an order")
    since: date = Field(description="the first day on which the limits stand still, or on which more time was granted")
    until: date | None = Field(None, description="the last such day, once it is known")
    longer_by: int | None = Field(None, gt=0, le=3_650, description="days, for a ground that makes limits longer")


class TollEndIn(Shape):
    """The last day on which time limits stood still."""

    toll_id: UUID = Field(description="the entry of the toll ledger that says since when")
    until: date


class ContactIn(Shape):
    """What whoever complained was told."""

    duty: Duty
    means: Means
    told_on: date | None = Field(None, description="today when absent")


class TimeLimitOut(Shape):
    """A time limit, with the sum that gives its due date."""

    code: str
    label: str
    law: str
    started_on: date
    due_on: date | None
    met_on: date | None
    ended_on: date | None
    late: bool
    explained: str


class TollOut(Shape):
    """An entry of the toll ledger."""

    id: UUID
    ground: str
    law: str
    document: str
    since: date
    until: date | None
    longer_by: int | None
    entered_by: UUID
    entered_at: datetime


class TimeLimitsOut(Shape):
    """The time limits of a complaint and the ledger of what moved them."""

    limits: list[TimeLimitOut]
    ledger: list[TollOut]


class KeptOut(Shape):
    """How a time limit was kept in the agency's cases."""

    code: str
    label: str
    law: str
    in_time: int = Field(description="met on its due date or before")
    late: int = Field(description="met after its due date")
    ended: int = Field(description="not met, in cases that ended another way")
    running: int = Field(description="still to be met, and not due yet or standing still")
    overdue: int = Field(description="still to be met, and past its due date")


class KeptLimitsOut(Shape):
    """How the agency's time limits were kept."""

    limits: list[KeptOut]
