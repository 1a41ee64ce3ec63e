"""Reading a bus into a database: what is delivered is applied once, or parked with its case.

Offsets are committed after the transaction, so a reader that dies is told again, and the inbox sees it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import func
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared import deadletters
from shared.bus import Bus, Consumer, Delivery, Record
from shared.db import Database, turn_to
from shared.errors import sentences
from shared.events.envelope import Envelope, UnreadableEnvelopeError
from shared.inbox import first_time
from shared.occasion import Occasion
from shared.prompt import within
from shared.telemetry import answering

logger = logging.getLogger(__name__)

Apply = Callable[[Session, Envelope, bytes], None]
ApplyAll = Callable[[Session, Sequence[tuple[Envelope, bytes]]], None]

PAUSES = (0.05, 0.1, 0.2, 0.4)
"""Seconds between tries of one event; after the last it is parked."""


STUCK_SECONDS = 60.0
"""How much longer than it was asked to a poll may take; libraries were seen that waited for good."""
TOGETHER = 100
"""Events that are applied in one transaction, as long as nothing hinders one of them."""
ALL_AT_ONCE = 500
"""The same where they are applied with a few statements."""


class Replayed(NamedTuple):
    """What came of a replay."""

    events: int
    """How many were applied."""
    fault: str = ""
    """Why the next one still cannot be applied; empty when nothing waits any more."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One consumer: it reads `topics` as `group` and applies each event to `database`."""

    database: Database
    bus: Bus
    group: str
    topics: tuple[str, ...]
    apply: Apply
    apply_all: ApplyAll | None = None
    """Applies many at once, all or none, where that is cheaper than one after the other."""

    def join(self) -> Consumer:
        """Join the group. Belongs to the thread that reads."""
        return self.bus.consumer(self.group, self.topics)

    def read(self, member: Consumer, wait: float) -> int:
        """Apply what is delivered within `wait` seconds, and say how many records that were.

        Raises:
            OperationalError: the database is away; join again later, nothing was committed on the bus.
            BusAwayError: the bus is away; join again later.
        """
        with within(wait + STUCK_SECONDS, f"polling the bus for {self.group}"):
            deliveries = member.poll(wait)
        most = TOGETHER if self.apply_all is None else ALL_AT_ONCE
        for first in range(0, len(deliveries), most):
            some = deliveries[first : first + most]
            if not self._applied_together(some):
                self._apply_one_by_one(some)
        if deliveries:
            member.commit()
        return len(deliveries)

    def _applied_together(self, deliveries: Sequence[Delivery]) -> bool:
        """Apply deliveries in one transaction, which costs a tenth of one for each; or nothing, and say so.

        Whatever hinders it shows itself again when they are applied one by one, and is dealt with there.
        """
        try:
            envelopes = [Envelope.read(delivery.record.headers) for delivery in deliveries]
            with self.database.transaction(self._occasion()) as session:
                if deadletters.waiting_keys(session, self.group, {one.record.key for one in deliveries}):
                    return False
                new = first_time(session, self.group, *(envelope.id for envelope in envelopes))
                told: dict[UUID, tuple[Envelope, bytes]] = {}  # by id: a copy of it may come in the same batch
                for envelope, delivery in zip(envelopes, deliveries, strict=True):
                    if envelope.id in new:
                        told.setdefault(envelope.id, (envelope, delivery.record.value))
                self._apply_new_ones(session, list(told.values()))
        except Exception as fault:
            logger.info("%s applies %d events one by one", self.group, len(deliveries), exc_info=fault)
            return False
        return True

    def _apply_new_ones(self, session: Session, told: Sequence[tuple[Envelope, bytes]]) -> None:
        if self.apply_all is not None:
            self.apply_all(session, told)
            return
        for envelope, value in told:
            turn_to(session, self._occasion(envelope))
            self._apply_new(session, envelope, value)

    def _apply_one_by_one(self, deliveries: Sequence[Delivery]) -> None:
        with self.database.transaction(self._occasion()) as session:
            parked = deadletters.waiting_keys(session, self.group, {delivery.record.key for delivery in deliveries})
        for delivery in deliveries:
            if self._applied(delivery, parked):
                parked.discard(delivery.record.key)
            else:
                parked.add(delivery.record.key)

    def replay(self, key: str) -> Replayed:
        """Apply what waits for `key`, in order, until nothing waits or one event still fails.

        Raises:
            OperationalError: the database is away; what was applied stays applied.
        """
        events = 0
        while (letter := self._first_waiting(key)) is not None:
            if fault := self._tried(Record(letter.topic, letter.key, letter.value, letter.headers)):
                return Replayed(events, fault)
            with self.database.transaction(self._occasion()) as session:
                session.merge(letter).replayed_at = func.now()
            events += 1
        return Replayed(events)

    def _first_waiting(self, key: str) -> deadletters.DeadLetter | None:
        with self.database.transaction(self._occasion()) as session:
            deadletters.hold(session, self.group, key)
            return next(iter(deadletters.waiting(session, self.group, key)), None)

    def _applied(self, delivery: Delivery, parked: set[str]) -> bool:
        if delivery.record.key in parked and self._parked_behind(delivery):
            return False
        reason = self._tried(delivery.record)
        if not reason:
            return True
        logger.error("alert: parked an event of %s for %s", delivery.record.topic, self.group)
        with self.database.transaction(self._occasion()) as session:
            deadletters.park(session, self.group, delivery, reason)
        return False

    def _parked_behind(self, delivery: Delivery) -> bool:
        with self.database.transaction(self._occasion()) as session:
            return deadletters.park_behind(session, self.group, delivery)

    def _tried(self, record: Record) -> str:
        """Return an empty string once the event is applied, or the reason why it cannot be."""
        reason = ""
        for pause in (*PAUSES, None):
            try:
                self._apply_once(record)
            except OperationalError:
                raise
            except (UnreadableEnvelopeError, ValidationError) as never:
                return f"{type(never).__name__}: {without_values(never)}"
            except Exception as fault:
                reason = f"{type(fault).__name__}: {fault}"
                logger.warning("could not apply an event of %s for %s", record.topic, self.group, exc_info=fault)
            else:
                return ""
            if pause is not None:
                time.sleep(pause)
        return reason

    def _apply_once(self, record: Record) -> None:
        envelope = Envelope.read(record.headers)
        with self.database.transaction(self._occasion(envelope)) as session:
            if first_time(session, self.group, envelope.id):
                self._apply_new(session, envelope, record.value)

    def _apply_new(self, session: Session, envelope: Envelope, value: bytes) -> None:
        with answering(f"{self.group} {envelope.type}", envelope.traceparent):
            self.apply(session, envelope, value)
            session.flush()

    def _occasion(self, envelope: Envelope | None = None) -> Occasion:
        if envelope is None:
            return Occasion(service=self.database.service, agency="")
        return Occasion(
            service=self.database.service,
            agency=envelope.agency,
            correlation=envelope.correlation,
            causation=str(envelope.id),
        )


def without_values(never: UnreadableEnvelopeError | ValidationError) -> str:
    """Return what is wrong with a record, without quoting it."""
    return sentences(never.errors(include_input=False)) if isinstance(never, ValidationError) else str(never)
