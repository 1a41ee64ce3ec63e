"""Which days are working days, where an agency is."""

from collections.abc import Callable
from datetime import date
from functools import cache

from shared.policy.limits import Counted, WorkingDays

SATURDAY = 5


def every_day(_: date) -> bool:
    """Say that a day counts."""
    return True


@cache
def calendar(counted: Counted, where: WorkingDays) -> Callable[[date], bool]:
    """Return what says of a day whether it counts."""
    if counted is Counted.CALENDAR:
        return every_day
    off = where.holidays()
    return lambda day: day.weekday() < SATURDAY and day not in off
