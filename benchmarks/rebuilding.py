"""Rebuilding the feed from its topic, as `accord feed rebuild` does, against a consumer that only counts."""
# mypy: allow-untyped-calls

import time
from functools import partial

from benchmarks.events import PUBLIC, bare_consumer, received
from benchmarks.house import Installation, Run, installation
from benchmarks.measure import CannotMeasureError, interleaved
from benchmarks.relaying import rates
from benchmarks.report import Findings
from gateway.rebuilding.rebuild import rebuild
from shared.bus.connect import connect
from shared.db import Database

EVENTS = 100_000
ROUNDS = 2
"""Each writes all entries again, over both buses."""
PATIENCE = 5.0
"""Seconds without a record after which the topic is at its end; they are not counted."""
AIM = 5_000
NOTES = f"""### Rebuilding the feed

The public topic holds {EVENTS:,} events and the gateway's database none. What `accord feed rebuild` does is timed from
joining the topic to taking the feed over, without the {PATIENCE:.0f} seconds for which it waits at the end. The
baseline is one kafka-python consumer without a group that counts the same records.
"""


def run(run: Run) -> Findings:
    """Measure rebuilding over both buses."""
    events = run.sized(EVENTS, 1_500)
    with installation(run, kafka=True) as kafka, installation(run.beside()) as postgres:
        for here in (kafka, postgres):
            publish(here, events)
        found = interleaved(
            {
                "bare": partial(bare, kafka, events),
                "ours Kafka": partial(rebuilt, kafka, events),
                "ours PostgreSQL": partial(rebuilt, postgres, events),
            },
            min(ROUNDS, run.few_rounds),
        )
    buses = ("Kafka", "PostgreSQL")
    return Findings(
        tuple(rates(f"rebuilding the feed over {bus}", found, f"ours {bus}", "bare", AIM) for bus in buses), NOTES
    )


def publish(here: Installation, events: int) -> None:
    """Put so many public events on the bus."""
    bus = connect(here.settings)
    for first in range(0, events, 1_000):
        bus.publish([received() for _ in range(min(1_000, events - first))])
    bus.close()


def rebuilt(here: Installation, events: int) -> float:
    """Return how many entries a second are built again from nothing."""
    with here.connect("gateway") as connection:
        connection.execute("truncate entry, pending")
        connection.execute("update feed_head set next_index = 0, acts = acts + 1")
    bus, owner = connect(here.settings), Database(here.settings.postgres_owner, "gateway", connections=1)
    begun = time.perf_counter()
    done = rebuild(owner, bus, PATIENCE)
    seconds = time.perf_counter() - begun - PATIENCE
    bus.close()
    owner.close()
    if done.entries != events:
        raise CannotMeasureError(f"Only {done.entries} of {events} events became entries again.")
    return events / seconds


def bare(here: Installation, events: int) -> float:
    """Return how many records a second are consumed."""
    consumer = bare_consumer(here.settings.kafka, PUBLIC)
    found = sum(map(len, consumer.poll(timeout_ms=20_000).values()))
    begun, first = time.perf_counter(), found
    while found < events:
        polled = consumer.poll(timeout_ms=20_000)
        if not polled:
            raise CannotMeasureError(f"Only {found} of {events} records came from the broker.")
        found += sum(map(len, polled.values()))
    seconds = time.perf_counter() - begun
    consumer.close()
    return (found - first) / seconds
