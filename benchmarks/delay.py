"""From the commit of an event to its entry in the feed, against kafka-python from one end of a topic to the other."""
# mypy: allow-untyped-calls

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from statistics import median
from uuid import UUID

import psycopg

from benchmarks.events import PUBLIC, bare_consumer, bare_producer, file_in_bulk, produce, received
from benchmarks.house import Installation, Run, installation, until
from benchmarks.measure import compared, interleaved, percentile
from benchmarks.report import Findings, Line

PER_SECOND = 100
SECONDS = 8.0
AIM = 3.0
AIM_P99 = 0.25
LOOK = 0.002
"""Seconds between two looks at the feed."""
QUIET = 1.0
"""Seconds without a new entry after which the feed has caught up with what the baseline sent before."""
LIMIT = 60.0
NOTES = f"""### From the commit to the feed

{PER_SECOND} events a second, each committed alone with its three outbox rows; the relay of complaints and the
reader of the gateway are processes of their own. The clock starts when the commit has returned and stops when
another connection, which looks every {LOOK * 1000:.0f} ms, sees the entry. The baseline sends the public record
alone, one every {1000 / PER_SECOND:.0f} ms, and polls it.
"""

Times = list[float]


def run(run: Run) -> Findings:
    """Measure the delay through both buses."""
    events = int(PER_SECOND * run.seconds(SECONDS))
    with installation(run, kafka=True) as kafka, installation(run.beside()) as postgres:
        contestants: dict[str, Callable[[], Times]] = {"bare": partial(bare, kafka, events)}
        for code in run.codes:
            contestants[f"{code} Kafka"] = partial(carried, kafka, code, events)
            contestants[f"{code} PostgreSQL"] = partial(carried, postgres, code, events)
        found = interleaved(contestants, run.few_rounds)
    buses = ("Kafka", "PostgreSQL")
    lines = [line for bus in buses for line in compare(f"commit → feed entry over {bus}", found, f"ours {bus}", "bare")]
    before = [
        compare(f"commit → feed entry over {bus}", found, f"ours {bus}", f"before {bus}")[0]
        for bus in buses
        if run.before
    ]
    return Findings(tuple(lines), NOTES, tuple(before))


def compare(what: str, found: Mapping[str, list[Times]], ours: str, other: str) -> tuple[Line, Line]:
    """Return the rows for the median and for the slowest hundredth."""

    def ms(name: str, part: float) -> list[float]:
        return [percentile(times, part) * 1_000 for times in found[name]]

    half = compared(ms(ours, 0.5), ms(other, 0.5))
    said = f"p50 {half.ours:.1f} ms", f"p50 {half.baseline:.1f} ms"
    late, other_late = median(ms(ours, 0.99)), median(ms(other, 0.99))
    return (
        Line(what, *said, half.ratio, half.spread, f"≤ {AIM:.0f} x", half.ratio <= AIM),
        Line(
            what,
            f"p99 {late:.0f} ms",
            f"p99 {other_late:.0f} ms",
            None,
            None,
            f"< {AIM_P99 * 1000:.0f} ms",
            late < AIM_P99 * 1_000,
        ),
    )


def paced(events: int) -> Iterator[int]:
    """Yield at an even pace; who is late is not waited for."""
    begun = time.perf_counter()
    for number in range(events):
        time.sleep(max(0.0, begun + number / PER_SECOND - time.perf_counter()))
        yield number


def carried(here: Installation, code: str, events: int) -> Times:
    """Return the seconds between the commit of each event and its entry."""
    committed: list[float] = []
    seen: dict[UUID, float] = {}
    with ExitStack() as kept:
        filing, feed = (kept.enter_context(here.connect(name)) for name in ("complaints", "gateway"))
        workers = [kept.enter_context(here.working(name, code)) for name in ("complaints", "gateway")]
        look = partial(look_at, feed, seen)
        first = last_row(filing)
        file_in_bulk(filing, 3)
        until(lambda: look() and seen.keys() >= set(told_since(filing, first)), LIMIT, "The first entries", *workers)
        until(lambda: not look(QUIET), LIMIT, "What was sent before, as a record of the baseline,", *workers)
        first, carried_all = last_row(filing), threading.Event()
        watch = threading.Thread(target=look_until, args=(look, carried_all))
        watch.start()
        try:
            for _ in paced(events):
                file_in_bulk(filing, 1)
                committed.append(time.perf_counter())
            order = told_since(filing, first)
            until(lambda: seen.keys() >= set(order), LIMIT, "Carrying every event", *workers)
        finally:
            carried_all.set()
            watch.join()
    return [seen[event] - moment for event, moment in zip(order, committed, strict=True)]


def look_at(feed: psycopg.Connection, seen: dict[UUID, float], pause: float = LOOK) -> bool:
    """Note the moment at which each new entry is seen, and say whether there was any."""
    rows = feed.execute("select event_id from entry where index >= %s", (len(seen),)).fetchall()
    now = time.perf_counter()
    seen.update((event, now) for (event,) in rows)
    time.sleep(pause)
    return bool(rows)


def look_until(look: Callable[[], bool], done: threading.Event) -> None:
    """Look at the feed until there is nothing more to be seen."""
    while not done.is_set():
        look()


def last_row(filing: psycopg.Connection) -> int:
    """Return the number of the outbox's last row."""
    row = filing.execute("select coalesce(max(id), 0) from outbox").fetchone()
    return row[0] if row else 0


def told_since(filing: psycopg.Connection, first: int) -> list[UUID]:
    """Return the events for the public that were committed after this row, in order."""
    told = "select event_id from outbox where id > %s and topic = %s order by id"
    return [event for (event,) in filing.execute(told, (first, PUBLIC)).fetchall()]


def bare(here: Installation, events: int) -> Times:
    """Return the seconds between sending each record and receiving it."""
    sent: dict[bytes, float] = {}
    times: Times = []
    consumer, producer = bare_consumer(here.settings.kafka, PUBLIC), bare_producer(here.settings.kafka)
    consumer.seek_to_end()
    for partition in consumer.assignment():
        consumer.position(partition)  # or it would look for the end when the first records are there already
    produce(producer, [received()])

    def receive() -> None:
        deadline = time.monotonic() + LIMIT
        while len(times) < events and time.monotonic() < deadline:
            polled = consumer.poll(timeout_ms=500)
            now = time.perf_counter()
            times.extend(now - sent[one.key] for several in polled.values() for one in several if one.key in sent)

    watch = threading.Thread(target=receive)
    watch.start()
    for _ in paced(events):
        record = received()
        sent[record.key.encode()] = time.perf_counter()
        producer.send(
            record.topic,
            key=record.key.encode(),
            value=record.value,
            headers=[(name, value.encode()) for name, value in record.headers.items()],
        )
    watch.join()
    producer.close()
    consumer.close()
    return times
