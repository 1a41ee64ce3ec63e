"""What an operator watches: how far sending is behind, and what waits for a person."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from opentelemetry.metrics import CallbackOptions, Meter, Observation
from sqlalchemy import Select, distinct, func, select
from sqlalchemy.exc import OperationalError

from shared.db import Database
from shared.deadletters import DeadLetter
from shared.occasion import Occasion
from shared.outbox import TO_SEND, OutboxRow
from shared.telemetry import METER

logger = logging.getLogger(__name__)

AGE = func.extract("epoch", func.now() - func.min(OutboxRow.created_at))

GAUGES: Mapping[str, tuple[str, str, Select[Any]]] = {
    "accord.outbox.unsent": (
        "{event}",
        "Events that are to be sent, without those of parked cases.",
        select(func.count()).select_from(OutboxRow).where(TO_SEND),
    ),
    "accord.outbox.oldest_age_seconds": (
        "s",
        "Age of the oldest of those events; 0 when there is none.",
        select(func.coalesce(AGE, 0)).where(TO_SEND),
    ),
    "accord.outbox.parked_cases": (
        "{case}",
        "Cases with an event that the bus refuses.",
        select(func.count(distinct(OutboxRow.case_id))).where(OutboxRow.parked_at.is_not(None)),
    ),
    "accord.dead_letters.waiting": (
        "{event}",
        "Events that could not be applied, and those that wait behind them.",
        select(func.count()).select_from(DeadLetter).where(DeadLetter.replayed_at.is_(None)),
    ),
}
"""Name → unit, meaning and query. Every query reads a partial index that holds only what is behind or waits."""


def observe(databases: Sequence[Database], stop: threading.Event, meter: Meter = METER) -> None:
    """Let `meter` ask for every gauge of these services' databases until `stop` is set. Once in a process."""
    for name, (unit, about, query) in GAUGES.items():
        meter.create_observable_gauge(name, [partial(_measured, databases, stop, query)], unit, about)


def _measured(
    databases: Sequence[Database], stop: threading.Event, query: Select[Any], _: CallbackOptions
) -> Iterator[Observation]:
    """Yield one number for every service; a database that is away has none, and that is what to be alerted by."""
    for database in databases:
        if stop.is_set():
            return
        try:
            with database.transaction(Occasion(service=database.service, agency="")) as session:
                number = float(session.execute(query).scalar_one())
        except OperationalError as away:
            logger.warning("no gauges of %s: %s", database.service, type(away).__name__)
        else:
            yield Observation(number, {"service": database.service})
