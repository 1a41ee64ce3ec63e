"""Rebuilding the feed from its topic into an empty database, against a consumer that only counts."""
# mypy: allow-untyped-calls

import time
from collections.abc import Callable
from functools import partial

import psycopg
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from benchmarks.events import PUBLIC, bare_consumer, received
from benchmarks.house import Installation, Run, installation, until
from benchmarks.measure import CannotMeasureError, interleaved
from benchmarks.relaying import rates
from benchmarks.report import Findings
from gateway.feed.consumers import GROUP
from shared.bus.connect import BUS_DATABASE, connect

EVENTS = 10_000
AIM = 5_000
AIM_RATIO = 0.3
LIMIT = 180.0
NOTES = f"""### Rebuilding the feed

The public topic holds {EVENTS:,} events, the gateway's database is empty and its group has no offsets; then
`accord work gateway` is started. Counted from the first entry that can be seen to the last, so that neither its
start nor joining the group are in it. The baseline is one kafka-python consumer without a group that counts the
same records.
"""


def run(run: Run) -> Findings:
    """Measure rebuilding over both buses."""
    events = run.sized(EVENTS, 1_500)
    with installation(run, kafka=True) as kafka, installation(run.beside()) as postgres:
        for here in (kafka, postgres):
            publish(here, events)
        contestants: dict[str, Callable[[], float]] = {"bare": partial(bare, kafka, events)}
        for code in run.codes:
            contestants[f"{code} Kafka"] = partial(rebuilt, kafka, code, events)
            contestants[f"{code} PostgreSQL"] = partial(rebuilt, postgres, code, events)
        found = interleaved(contestants, run.few_rounds)
    buses = ("Kafka", "PostgreSQL")
    lines = [rates(f"rebuilding the feed over {bus}", found, f"ours {bus}", "bare", AIM) for bus in buses]
    before = [
        rates(f"rebuilding the feed over {bus}", found, f"ours {bus}", f"before {bus}") for bus in buses if run.before
    ]
    return Findings(tuple(lines), NOTES, tuple(before))


def publish(here: Installation, events: int) -> None:
    """Put so many public events on the bus."""
    bus = connect(here.settings)
    for first in range(0, events, 1_000):
        bus.publish([received() for _ in range(min(1_000, events - first))])
    bus.close()


def forget(here: Installation) -> None:
    """Empty the feed, and let its group begin again."""
    with here.connect("gateway") as connection:
        connection.execute("truncate entry, inbox, dead_letter")
        connection.execute("update feed_head set next_index = 0")
    if not here.settings.kafka:
        with here.connect(BUS_DATABASE.removeprefix("accord_")) as connection:
            connection.execute("delete from bus_group_offset")
            connection.execute("delete from bus_member")
        return
    admin = KafkaAdminClient(bootstrap_servers=here.settings.kafka)
    until(partial(forgotten, admin), LIMIT, "Forgetting the group")
    admin.close()


def forgotten(admin: KafkaAdminClient) -> bool:
    """Whether the group's offsets are gone; a broker that was started just now, or a member that leaves, delays it."""
    try:
        ((_, answer),) = admin.delete_groups([GROUP]).items()
    except KafkaError as fault:
        answer = type(fault).__name__
    time.sleep(0.1)
    return answer in ("OK", "GroupIdNotFoundError")


def length(connection: psycopg.Connection) -> int:
    """Return how many entries the feed has."""
    row = connection.execute("select coalesce(max(index) + 1, 0) from entry").fetchone()
    return int(row[0]) if row else 0


def rebuilt(here: Installation, code: str, events: int) -> float:
    """Return how many entries a second a worker writes."""
    forget(here)
    with here.connect("gateway") as connection, here.working("gateway", code) as worker:
        until(lambda: length(connection) > 0, LIMIT, "The first entry", worker)
        begun, first = time.perf_counter(), length(connection)
        until(lambda: length(connection) == events, LIMIT, f"A feed of {events} entries", worker)
        if first == events:
            raise CannotMeasureError("The whole feed was there at once; more events are needed to measure it.")
        return (events - first) / (time.perf_counter() - begun)


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
