"""Sending the outbox: every committed event, in order per case, by any number of relays.

A relay leases shards by their row locks, reads what is unsent in a second statement (a new snapshot), sends it in waves
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

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    Row,
    SmallInteger,
    Text,
    any_,
    bindparam,
    case,
    exists,
    func,
    select,
    text,
    true,
    update,
)
from sqlalchemy.orm import Session

from shared.bus import Bus, Record, RecordRefusedError
from shared.db import Database
from shared.occasion import Occasion, occasion
from shared.outbox import REDUCED, SHARDS, TO_SEND, OutboxRow, OutboxShard
from shared.prompt import within
from shared.tables import plain

logger = logging.getLogger(__name__)

BATCH = 500
SHARDS_AT_ONCE = 4
"""A relay that took one shard after the other would let each wait for all others' confirmations; were it to take all,
a second relay would find nothing."""
STUCK_SECONDS = 120.0
"""How long publishing may take before this process ends itself; every adapter gives up long before."""
TRIES = 5
"""A record that the bus refuses this often is parked, and its case waits."""

READ_IN_ORDER = text("set local enable_bitmapscan = off")
"""An index scan marks the entries of sent rows as dead in passing; a bitmap scan would read those rows every time until
the next vacuum."""

SOMETHING = select(exists().where(TO_SEND))
# a scalar, because an EXISTS becomes a join that reads every row of a long outbox to lease one shard
FIRST_UNSENT = select(OutboxRow.id).where(OutboxRow.shard == OutboxShard.shard, TO_SEND).limit(1).scalar_subquery()
LEASE = (
    select(OutboxShard.shard)
    .where(FIRST_UNSENT.is_not(None))
    .order_by((OutboxShard.shard + (SHARDS - bindparam("first", type_=SmallInteger))) % SHARDS)
    .limit(SHARDS_AT_ONCE)
    .with_for_update(skip_locked=True)
)
SHARDS_LEASED = func.unnest(bindparam("shards", type_=ARRAY(SmallInteger)))
LEASED = SHARDS_LEASED.table_valued("shard", name="leased").render_derived()
OF_A_SHARD = (
    select(
        OutboxRow.id,
        OutboxRow.topic,
        OutboxRow.key,
        OutboxRow.case_id,
        OutboxRow.payload.cast(Text).label("payload"),
        OutboxRow.headers,
    )
    .where(OutboxRow.shard == LEASED.c.shard, TO_SEND)
    .order_by(OutboxRow.id)
    .limit(bindparam("share", type_=Integer))
    .lateral("unsent")
)
UNSENT = select(OF_A_SHARD).select_from(LEASED.join(OF_A_SHARD, true())).order_by(OF_A_SHARD.c.id)
MARK = (
    update(plain(OutboxRow))
    .where(OutboxRow.id == any_(bindparam("sent", type_=ARRAY(BigInteger))))
    .values(sent_at=func.now())
)
"""Made once: building these statements anew would cost more than they do."""

Unsent = Row[Any]


class Relay:
    """One relay of one service's outbox. Not thread-safe; run as many as you like."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._first = 0

    def send(self) -> int:
        """Send one batch of some shards and return its size; 0 when nothing is to be sent or others are sending it.

        Raises:
            BusAwayError: nothing was marked; send again later.
        """
        if not self._something_to_send():
            return 0
        self._first = (self._first + 1) % SHARDS
        with self._database.transaction(Occasion(service=self._database.service, agency="")) as session:
            session.execute(READ_IN_ORDER)
            rows = _unsent(session, _leased(session, self._first))
            if not rows:
                return 0
            sent = self._send_in_waves(session, rows)
            session.execute(MARK, {"sent": sent})
        return len(sent)

    def _something_to_send(self) -> bool:
        """Look without a lease and in one statement: an idle house should cost next to nothing."""
        with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return bool(connection.scalar(SOMETHING))

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


def _leased(session: Session, first: int) -> Sequence[int]:
    """Lease shards that have something to send, beginning the search at `first` so that none starves."""
    return session.scalars(LEASE, {"first": first}).all()


def _unsent(session: Session, shards: Sequence[int]) -> Sequence[Unsent]:
    """Read what is unsent of each shard, in order and equally much at most, a batch in all."""
    share = BATCH // max(1, len(shards))
    return session.execute(UNSENT, {"shards": list(shards), "share": share}).all() if shards else ()


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
