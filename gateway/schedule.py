"""When what is not there yet will come: the public can hold an agency to a day that it was told."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return the day that it is in Greenwich, by which releases of the statistics are made."""
    return datetime.now(UTC).date()


def next_release(day: date) -> date:
    """Return the day of the next release of the statistics: the first day of the month after `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
