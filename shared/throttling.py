"""Guessing slowly: whoever tries wrong codes has to wait, and nothing is kept of who they are.

What is counted are wrong guesses, not people: those at one case, and all of them together. They are counted in the
memory of one process and nowhere else. Whoever types their code right at the first try is never kept waiting, whatever
others do; so nobody can lock the others out.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.errors import TooMany

MOST = 10_000
"""So many cases are counted for at most; beyond that the ones that were tried the longest ago are forgotten."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many at once, and then one in so many seconds. What was used up is kept as the moment when it is paid back."""

    at_once: int
    seconds: float

    def is_used_up(self, owed_until: float, now: float) -> bool:
        """Whether the next one has to wait."""
        return self.wait(owed_until, now) > 0

    def wait(self, owed_until: float, now: float) -> float:
        """Return the seconds until the next one need not wait."""
        return max(owed_until - now - (self.at_once - 1) * self.seconds, 0.0)

    def used(self, owed_until: float, now: float) -> float:
        """Return until when is owed after one more."""
        return max(owed_until, now) + self.seconds


ONE_CASE = Pace(at_once=10, seconds=60.0)
TOGETHER = Pace(at_once=300, seconds=1.0)


class Guesses:
    """The wrong guesses that one process has seen lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._owed: dict[str, float] = {}
        """What finds a case → until when its wrong guesses are owed; the one that was tried last stands last."""
        self._owed_together = 0.0

    def refuse(self, locator: str) -> None:
        """Refuse another guess at a case of which too many were wrong.

        Raises:
            TooMany: says to wait.
        """
        now = self._clock()
        owed = self._owed.get(locator, now)
        tried_lately = owed > now
        if ONE_CASE.is_used_up(owed, now) or (tried_lately and TOGETHER.is_used_up(self._owed_together, now)):
            raise TooMany(
                "Too many wrong receipt codes were tried; wait a minute, and check the code letter by letter."
            )

    def wrong(self, locator: str) -> None:
        """Count a guess that was wrong."""
        now = self._clock()
        self._owed[locator] = ONE_CASE.used(self._owed.pop(locator, now), now)
        self._owed_together = TOGETHER.used(self._owed_together, now)
        if len(self._owed) > MOST:
            del self._owed[next(iter(self._owed))]
