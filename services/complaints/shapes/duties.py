"""How the duties to whoever complained were kept."""

from pydantic import Field

from shared.events.complaints import Duty, Means
from shared.words import Shape


class KeptDutyOut(Shape):
    """How a duty was kept in the agency's cases."""

    duty: Duty
    in_time: int
    late: int
    overdue: int = Field(description="not kept, and its time has passed")
    rate: float | None = Field(description="kept in time, of all that were kept or overdue; null without any")
    means: dict[Means, int] = Field(description="how often whoever complained was told by which means")


class KeptDutiesOut(Shape):
    """How every duty to whoever complained was kept."""

    duties: list[KeptDutyOut]
