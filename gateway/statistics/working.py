"""What the gateway's worker does for the statistics: it counts, and makes the releases when they are due."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from threading import Event

from gateway.statistics.counting import count_some
from gateway.statistics.crossing import crossing_reader
from gateway.statistics.releases import release_if_due
from shared.bus import Bus
from shared.db import Database
from shared.policy import Policy
from shared.settings import Settings
from shared.worker import reader_loop, run

EVERY = 2.0
"""Seconds between two looks at a feed of which everything is counted."""
LOOK_EVERY = 300.0
"""Seconds between two looks at the calendar."""


def loops(database: Database, bus: Bus, settings: Settings) -> list[Callable[[Event], None]]:
    """Return what runs in threads of its own until told to stop."""
    return [
        partial(counting_loop, database),
        partial(reader_loop, crossing_reader(database, bus)),
        partial(release_loop, database, Policy.read(settings.policy)),
    ]


def counting_loop(database: Database, stop: Event) -> None:
    """Count the feed until told to stop."""
    run("counting of the feed", stop, lambda: lambda: 0.0 if count_some(database) else EVERY)


def release_loop(database: Database, policy: Policy, stop: Event) -> None:
    """Make each release when it is due, until told to stop."""

    def look() -> float:
        release_if_due(database, policy, datetime.now(UTC).date())
        return LOOK_EVERY

    run("releases of the statistics", stop, lambda: look)
