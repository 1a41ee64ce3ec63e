"""Sending the outbox: every committed event, in order per case, by any number of relays.

A relay leases a shard by its row lock, reads what is unsent in a second statement (a new snapshot), sends it in waves
of at most one record per case and topic, waits for each wave, marks the rows as sent and commits. If it dies at any
moment, or stands still for longer than `shared.db.LEASE_SECONDS`, another one sends the same rows again, and the inbox
of every consumer sees that. Designs that lose events or
their order are told in `docs/decisions/0002-a-relay-leases-a-shard.md`.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Row, Text, case, exists, func, select, text, update
from sqlalchemy.orm import Session

from shared.bus import Bus, Record, RecordRefusedError
from shared.db import Database
from shared.occasion import Occasion, occasion
from shared.outbox import REDUCED, SHARDS, OutboxRow, OutboxShard, to_send
from shared.prompt import within

logger = logging.getLogger(__name__)

BATCH = 500
STUCK_SECONDS = 120.0
"""How long publishing may take before this process ends itself; every adapter gives up long before."""
TRIES = 5
"""A record that the bus refuses this often is parked, and its case waits."""

READ_IN_ORDER = text("set local enable_bitmapscan = off")
"""An index scan marks the entries of sent rows as dead in passing; a bitmap scan would read those rows every time until
the next vacuum."""

Unsent = Row[Any]


class Relay:
    """One relay of one service's outbox. Not thread-safe; run as many as you like."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._first = 0

    def send(self) -> int:
        """Send one batch of one shard and return its size; 0 when nothing is to be sent or others are sending it.

        Raises:
            BusAwayError: nothing was marked; send again later.
        """
        if not self._something_to_send():
            return 0
        self._first = (self._first + 1) % SHARDS
        with self._database.transaction(Occasion(service=self._database.service, agency="")) as session:
            session.execute(READ_IN_ORDER)
            shard = _leased(session, self._first)
            if shard is None:
                return 0
            rows = _unsent(session, shard)
            sent = self._send_in_waves(session, rows)
            session.execute(update(OutboxRow).where(OutboxRow.id.in_(sent)).values(sent_at=func.now()))
        return len(sent)

    def _something_to_send(self) -> bool:
        """Look without a lease and in one statement: an idle house should cost next to nothing."""
        with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return bool(connection.scalar(select(exists().where(to_send()))))

    def _send_in_waves(self, session: Session, rows: Sequence[Unsent]) -> list[int]:
        sent: list[int] = []
        refused: set[Any] = set()
        for wave in waves(rows):
            ready = [row for row in wave if row.case_id not in refused]
            reasons = self._refusals([record(row) for row in ready])
            for position, row in enumerate(ready):
                if position in reasons:
                    refused.add(row.case_id)
                    _note_refusal(session, row.id, reasons[position])
                else:
                    sent.append(row.id)
        return sent

    def _refusals(self, records: list[Record]) -> dict[int, str]:
        try:
            with within(STUCK_SECONDS, f"publishing for {self._database.service}"):
                self._bus.publish(records)
        except RecordRefusedError as refusal:
            return refusal.reasons
        return {}


def _leased(session: Session, first: int) -> int | None:
    """Lease a shard that has something to send, beginning the search at `first` so that none starves."""
    # a scalar, because an EXISTS becomes a join that reads every row of a long outbox to lease one shard
    first_unsent = select(OutboxRow.id).where(OutboxRow.shard == OutboxShard.shard, to_send()).limit(1)
    lease = (
        select(OutboxShard.shard)
        .where(first_unsent.scalar_subquery().is_not(None))
        .order_by((OutboxShard.shard + (SHARDS - first)) % SHARDS)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.scalar(lease)


def _unsent(session: Session, shard: int) -> Sequence[Unsent]:
    unsent = (
        select(
            OutboxRow.id,
            OutboxRow.topic,
            OutboxRow.key,
            OutboxRow.case_id,
            OutboxRow.payload.cast(Text).label("payload"),
            OutboxRow.headers,
        )
        .where(OutboxRow.shard == shard, to_send())
        .order_by(OutboxRow.id)
        .limit(BATCH)
    )
    return session.execute(unsent).all()


def _note_refusal(session: Session, row_id: int, reason: str) -> None:
    last_try = OutboxRow.attempts + 1 >= TRIES
    noted = (
        update(OutboxRow)
        .where(OutboxRow.id == row_id)
        .values(attempts=OutboxRow.attempts + 1, last_error=reason, parked_at=case((last_try, func.now()), else_=None))
        .returning(OutboxRow.topic, OutboxRow.parked_at)
    )
    for topic, parked_at in session.execute(noted):
        if parked_at is not None:
            logger.error("alert: %s parked an event for %s that the bus refuses", occasion(session).service, topic)


def waves(rows: Sequence[Unsent]) -> list[list[Unsent]]:
    """Split rows so that a wave holds at most one record per case and topic, and keeps their order.

    A refused record then stops its case before a later record of the case is on its way.
    """
    split: list[list[Unsent]] = []
    before: Counter[tuple[Any, str]] = Counter()
    for row in rows:
        number = before[row.case_id, row.topic]
        before[row.case_id, row.topic] += 1
        if number == len(split):
            split.append([])
        split[number].append(row)
    return split


def record(row: Unsent) -> Record:
    """Return the record of one outbox row; on the reduced topics its timestamp tells the day and not the hour."""
    reduced = row.topic in REDUCED.values()
    midnight = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    timestamp = int(midnight.timestamp() * 1000) if reduced else None
    return Record(row.topic, row.key, row.payload.encode(), row.headers, timestamp)
