"""What runs beside a service's application: its relay, its reader and the tidying of its ledgers.

Every loop stops within a second when it is told to, and goes on by itself when a server it needs comes back.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, CursorResult, delete, func, literal_column, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.bus import Bus, BusAwayError, Consumer
from shared.bus.postgres import PostgresBus
from shared.custody import drop_orphans
from shared.db import Database
from shared.deadletters import DeadLetter
from shared.events.envelope import Envelope
from shared.files import Files
from shared.idempotency import AnsweredRequest
from shared.inbox import Consumers, InboxRow
from shared.occasion import Occasion
from shared.outbox import OutboxRow
from shared.policy import Policy
from shared.postman import Postman
from shared.reader import Reader
from shared.relay import Relay
from shared.sweep import Watch, sweep

logger = logging.getLogger(__name__)

SOON, IDLE = 0.002, 0.05
"""Seconds until an outbox that was just emptied is looked at again, and between two looks at one that stays empty."""
AWAY = 1.0
"""Seconds before a server that is away is asked again."""
TIDY_EVERY = 600.0
LEDGER_DAYS = 120
"""Days for which sent, applied and replayed events and answers are kept as a ledger."""
TIDY_BATCH = 5_000
PRUNE_EVERY = 3_600.0
SWEEP_EVERY = 60.0
ORPHANS_EVERY = 3_600.0
POST_EVERY = 15.0

PLACE: ColumnElement[str] = literal_column("ctid")
"""Where PostgreSQL keeps a row."""

Round = Callable[[], float]
"""One round of a loop; returns the seconds until the next one is due."""


def run(name: str, stop: threading.Event, start: Callable[[], Round], end: Callable[[], None] = lambda: None) -> None:
    """Go round until `stop` is set; `start` makes the round anew after a fault."""
    while not stop.is_set():
        try:
            go_round = start()
            while not stop.wait(go_round()):
                pass
        except (BusAwayError, OperationalError) as away:
            logger.warning("%s waits: %s is away", name, type(away).__name__)
            stop.wait(AWAY)
        except Exception:
            logger.exception("%s begins again after a fault", name)
            stop.wait(AWAY)
        finally:
            end()


def relay_loop(database: Database, bus: Bus, stop: threading.Event) -> None:
    """Send the outbox until told to stop; the longer nothing comes, the less often it is looked at."""
    relay = Relay(database, bus)
    pause = IDLE

    def send() -> float:
        nonlocal pause
        pause = SOON if relay.send() else min(2 * pause, IDLE)
        return pause

    run(f"relay of {database.service}", stop, lambda: send)


def reader_loop(reader: Reader, stop: threading.Event) -> None:
    """Apply what is delivered until told to stop; leaves the group at the end and after every fault."""
    member: Consumer | None = None

    def read(joined: Consumer) -> float:
        reader.read(joined, wait=0.5)
        return 0.0

    def start() -> Round:
        nonlocal member
        member = reader.join()
        return partial(read, member)

    def end() -> None:
        nonlocal member
        if member is not None:
            member.close()
            member = None

    run(f"reader {reader.group}", stop, start, end)


def service_reader(consumers: Consumers, database: Database, bus: Bus, policy: Policy) -> Reader:
    """Return the reader with which a service hears what the others tell."""

    def apply(session: Session, envelope: Envelope, value: bytes) -> None:
        consumers.apply(session, envelope, value, policy)

    return Reader(database, bus, group=database.service, topics=consumers.topics, apply=apply)


def tidy_loop(database: Database, stop: threading.Event) -> None:
    """Drop what the ledgers have kept for long enough, until told to stop."""
    run(f"tidying of {database.service}", stop, lambda: lambda: 0.0 if tidy(database) else TIDY_EVERY)


def sweep_loop(database: Database, policy: Policy, watches: Sequence[Watch], stop: threading.Event) -> None:
    """Tell of what time brings about, until told to stop."""

    def look() -> float:
        sweep(database, policy, watches, datetime.now(UTC))
        return SWEEP_EVERY

    run(f"sweep of {database.service}", stop, lambda: look)


def orphans_loop(database: Database, files: Files, policy: Policy, stop: threading.Event) -> None:
    """Delete files that were left by what did not commit, until told to stop."""

    def look() -> float:
        dropped = drop_orphans(database, files, policy.agencies)
        if dropped:
            logger.warning("%d files of %s that nothing tells of were deleted", dropped, database.service)
        return ORPHANS_EVERY

    run(f"files of {database.service}", stop, lambda: look)


def post_loop(postman: Postman, stop: threading.Event) -> None:
    """Send letters that were approved, until told to stop."""

    def go_round() -> float:
        postman.go_round(datetime.now(UTC))
        return POST_EVERY

    run(f"post of {postman.database.service}", stop, lambda: go_round)


def prune_loop(bus: PostgresBus, stop: threading.Event) -> None:
    """Delete what the bus in PostgreSQL has kept for its topics' retention, until told to stop."""

    def prune() -> float:
        bus.prune()
        return PRUNE_EVERY

    run("pruning of the bus", stop, lambda: prune)


def tidy(database: Database, days: float = LEDGER_DAYS) -> int:
    """Delete one batch of rows older than `days` from each ledger, and say how many they were."""
    dropped = 0
    for row, moment in (
        (OutboxRow, OutboxRow.sent_at),
        (InboxRow, InboxRow.applied_at),
        (AnsweredRequest, AnsweredRequest.answered_at),
        (DeadLetter, DeadLetter.replayed_at),
    ):
        with database.transaction(Occasion(service=database.service, agency="")) as session:
            old = select(PLACE).select_from(row).where(moment < func.now() - timedelta(days=days)).limit(TIDY_BATCH)
            found = session.execute(delete(row).where(PLACE.in_(old)))
            dropped += found.rowcount if isinstance(found, CursorResult) else 0
    return dropped
