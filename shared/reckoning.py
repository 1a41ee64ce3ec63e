"""When a time limit ends, and why just then: days counted one by one, so that a lawyer can count them again.

The first day is the one after the limit began. A day on which the limit stands still does not count, however many
grounds there are for it; nor does, in a limit of working days, a day off. The limit ends with the last day that counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.calendars import every_day

ONE_DAY = timedelta(days=1)
FURTHEST = date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which a limit stands still: its first and its last day; None while it goes on."""

    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether the limit stands still on this day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a due date came about."""

    begins: str
    """What the limit began with."""
    started_on: date
    days: int
    longer_by: int
    tolled: int
    """Days that would have counted, had the limit not stood still; until now, while it stands still."""
    counted: str
    due_on: date | None
    """The last day on which the limit can be met; None while it stands still."""
    still_since: date | None = None

    def __str__(self) -> str:
        """Return the sum as a sentence, such as `2027-03-04 = received 2026-03-03 + 366 calendar days + 0 tolled`."""
        more = f" + {self.longer_by} granted" if self.longer_by else ""
        total = f"{self.begins} {self.started_on} + {self.days} {self.counted}{more}"
        if self.due_on is None:
            return f"no date yet: {total}, and it stands still since {self.still_since}"
        return f"{self.due_on} = {total} + {self.tolled} tolled"


def reckon(
    begins: str,
    started_on: date,
    length: tuple[int, int],
    counted: str,
    calendar: Callable[[date], bool],
    stops: Sequence[Stop],
) -> Reckoning:
    """Count the days of a limit.

    Args:
        begins: what it began with, for the sentence.
        started_on: when; this day itself does not count.
        length: days of the limit, and days by which it was made longer.
        counted: which days these are, for the sentence.
        calendar: whether a day counts at all.
        stops: when the limit stands still; they may overlap.
    """
    day, left, tolled = started_on, sum(length), 0
    if calendar is every_day and not stops and left <= (FURTHEST - day).days:
        return Reckoning(begins, started_on, *length, tolled, counted, day + timedelta(days=left))
    while left and day < FURTHEST:
        day += ONE_DAY
        here = [stop for stop in stops if stop.holds(day)]
        if any(stop.until is None for stop in here):
            since = max(min(stop.since for stop in here), started_on)
            return Reckoning(begins, started_on, *length, tolled, counted, None, since)
        if here:
            tolled += calendar(day)
        else:
            left -= calendar(day)
    return Reckoning(begins, started_on, *length, tolled, counted, day)
