"""The relay, one process, against an UPDATE of the same rows and kafka-python sending the same records."""
# mypy: allow-untyped-calls

import time
from collections.abc import Callable, Mapping
from functools import partial

import psycopg

from benchmarks.events import bare_producer, file_in_bulk, produce
from benchmarks.house import Installation, Run, installation, until
from benchmarks.measure import compared, interleaved
from benchmarks.report import Findings, Line
from shared.bus import Record

CASES = 4_000
"""Of each backlog; three events for each."""
BATCH = 500
AIM = 4_000
LIMIT = 120.0
UNSENT = "select count(*) from outbox where sent_at is null and parked_at is null"
NOTES = f"""### The relay

`accord work complaints` runs and its outbox is empty; then the events of {CASES:,} filings ({3 * CASES:,} rows,
on three topics) are committed at once, and the time is taken until all of them are marked as sent. The baseline
sends the same records with kafka-python ({BATCH} at a time, all confirmed, idempotent) and marks the same rows
with one UPDATE and commit for each batch; it neither reads the rows nor keeps anybody else away from them.
"""


def run(run: Run) -> Findings:
    """Measure the relay over both buses."""
    cases = run.sized(CASES, 200)
    with installation(run, kafka=True) as kafka, installation(run.beside()) as postgres:
        contestants: dict[str, Callable[[], float]] = {"bare": partial(bare, kafka, cases)}
        for code in run.codes:
            contestants[f"{code} Kafka"] = partial(relayed, kafka, code, cases)
            contestants[f"{code} PostgreSQL"] = partial(relayed, postgres, code, cases)
        found = interleaved(contestants, run.few_rounds)
    buses = ("Kafka", "PostgreSQL")
    lines = [rates(f"relay over {bus}, one process", found, f"ours {bus}", "bare", AIM) for bus in buses]
    before = [rates(f"relay over {bus}", found, f"ours {bus}", f"before {bus}") for bus in buses if run.before]
    return Findings(tuple(lines), NOTES, tuple(before))


def rates(what: str, found: Mapping[str, list[float]], ours: str, other: str, aim: int | None = None) -> Line:
    """Return the row that compares events per second."""
    ratio = compared(found[ours], found[other])
    met = None if aim is None else ratio.ours >= aim
    said = "-" if aim is None else f"≥ {aim:,}/s"
    return Line(what, f"{ratio.ours:,.0f}/s", f"{ratio.baseline:,.0f}/s", ratio.ratio, ratio.spread, said, met)


def relayed(here: Installation, code: str, cases: int) -> float:
    """Return how many events a second a worker sends."""
    with here.connect("complaints") as connection, here.working("complaints", code) as worker:
        connection.execute("truncate outbox")
        file_in_bulk(connection, 2)  # so that it has opened what it needs
        until(lambda: not unsent(connection), LIMIT, "Sending the first events", worker)
        file_in_bulk(connection, cases)
        begun = time.perf_counter()
        until(lambda: not unsent(connection), LIMIT, f"Sending the events of {cases} filings", worker)
        return 3 * cases / (time.perf_counter() - begun)


def unsent(connection: psycopg.Connection) -> int:
    """Return how many rows are still to be sent."""
    row = connection.execute(UNSENT).fetchone()
    return int(row[0]) if row else 0


def bare(here: Installation, cases: int) -> float:
    """Return how many events a second are sent and marked with nothing else done about them."""
    with here.connect("complaints") as connection:
        connection.execute("truncate outbox")
        file_in_bulk(connection, cases)
        rows = connection.execute("select id, topic, key, payload::text, headers from outbox order by id").fetchall()
        producer = bare_producer(here.settings.kafka)
        produce(producer, [Record("accord.complaints", "first", b"{}")])
        begun = time.perf_counter()
        for first in range(0, len(rows), BATCH):
            batch = rows[first : first + BATCH]
            produce(producer, [Record(topic, key, value.encode(), headers) for _, topic, key, value, headers in batch])
            connection.execute("update outbox set sent_at = now() where id = any(%s)", ([row[0] for row in batch],))
        seconds = time.perf_counter() - begun
        producer.close()
        return len(rows) / seconds
