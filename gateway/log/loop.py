"""The log's part of the gateway's worker: what it does in each round, and how often."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from sqlalchemy import func, select

from gateway.feed.models import LENGTH
from gateway.log.keys import KeyRing, WrongLogKeyError
from gateway.log.models import REFUSAL, LogCheckpoint, LogRefusal
from gateway.log.sequencer import LOOKED_AT, TOGETHER, LogRefusedError, Sequencer
from shared.db import Database
from shared.occasion import Occasion
from shared.settings import Settings
from shared.worker import run

logger = logging.getLogger(__name__)

IDLE = 0.5
"""Seconds between two looks whether the feed has grown, and so between two checkpoints of a feed that grows slowly."""
PACE = 5.0
"""Seconds after which an idle worker reads the keys, the second place and some of what was signed again."""
REFUSED = 10.0
"""Seconds before it is tried again after the log refused; somebody has to look at it."""
DELAY_SECONDS = 60
"""Within so many seconds an entry of the feed is in the log: what is promised, much more than it takes."""

NO_KEYS = "The log's keys cannot be read."
"""What everybody is told of it; the alert says where they should be."""
NOTHING = Occasion(service="gateway", agency="")


class Situation(NamedTuple):
    """What the database tells every worker."""

    signed: int
    """Entries under the last checkpoint."""
    entries: int
    refusal: str
    """Why the log signs nothing, whichever worker found it; empty when all is well."""


def log_loop_of(database: Database, settings: Settings) -> Callable[[threading.Event], None]:
    """Return what takes the feed into the log until it is told to stop.

    Raises:
        WrongLogKeyError: the file with the log's keys does not hold them.
    """
    KeyRing.of(settings)  # or the worker does not start
    return partial(log_loop, Rounds(database, settings))


def log_loop(rounds: "Rounds", stop: threading.Event) -> None:
    """Take the feed into the log until told to stop."""
    run("log", stop, lambda: rounds.go)


@dataclass(slots=True)
class Rounds:
    """The rounds of one worker. Keys are read anew in each that could sign, so that none has to be restarted for one.

    What any worker found wrong stops all of them. The log goes on when one has compared everything that was signed.
    """

    database: Database
    settings: Settings
    place: int = 0
    """The entry with which the next look at the past begins."""
    unseen: int = 0
    """Signed entries that are still to be compared before anything is signed again."""
    due: float = 0.0
    """When an idle worker looks again, by the clock of `time.monotonic`."""

    def go(self) -> float:
        """Go round once, and return the seconds until the next round."""
        now = situation(self.database)
        if now.refusal and not self.unseen:
            self.unseen = now.signed + LOOKED_AT  # all of it, from whatever place on
        if not self.unseen and now.entries <= now.signed and time.monotonic() < self.due:
            return IDLE
        try:
            return self._sign()
        except (LogRefusedError, WrongLogKeyError) as refused:
            logger.error("alert: the log signs nothing: %s", refused)  # noqa: TRY400 - the sentence says it all
            tell(self.database, NO_KEYS if isinstance(refused, WrongLogKeyError) else str(refused))
            self.unseen = 0
            return REFUSED

    def _sign(self) -> float:
        """Look again at some of what was signed, and sign what is new."""
        sequencer = Sequencer.of(self.database, self.settings, KeyRing.of(self.settings))
        self.place = sequencer.look_again(self.place)  # first: an entry that was changed stops the signing
        mended = 0 < self.unseen <= LOOKED_AT
        self.unseen = max(0, self.unseen - LOOKED_AT)
        if self.unseen:
            return 0.0
        taken = sequencer.advance()
        if mended:
            tell(self.database, "")
        self.due = time.monotonic() + PACE
        return 0.0 if taken == TOGETHER else IDLE


def situation(database: Database) -> Situation:
    """Return how the log is, as every worker sees it."""
    signed = select(func.coalesce(func.max(LogCheckpoint.size), 0)).scalar_subquery()
    with database.transaction(NOTHING) as session:
        size, entries, refusal = session.execute(
            select(signed, LENGTH.scalar_subquery(), REFUSAL.scalar_subquery())
        ).one()
    return Situation(size, entries, refusal or "")


def tell(database: Database, sentence: str) -> None:
    """Say in the database why nothing is signed, or with an empty sentence that all is well; once for each."""
    with database.transaction(NOTHING) as session:
        if sentence != (session.scalar(REFUSAL) or ""):
            session.add(LogRefusal(sentence=sentence))
