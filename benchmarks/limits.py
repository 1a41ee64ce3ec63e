"""What single things cost whose sum or whose lock limits an installation: the measured inputs of `benchmarks.scale`.

Everything happens one after the other in one process, on an embedded PostgreSQL with the bus in it.
`python -m benchmarks.limits` prints a table; it takes about a minute.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import typer
from sqlalchemy import create_engine, text

from accord.working import reader_of
from benchmarks.growth import Bus, installation
from benchmarks.growth_copies import copy_complaint
from benchmarks.growth_filing import EVENTS, file_one
from benchmarks.growth_report import table
from shared.bus.connect import connect
from shared.db import Database, database_url
from shared.deadletters import waiting_keys
from shared.gauges import GAUGES
from shared.occasion import Occasion
from shared.policy import Policy
from shared.relay import Relay
from shared.settings import Settings
from shared.vault import Vault
from shared.worker import TIDY_BATCH, tidy

Cost = tuple[str, list[float]]
"""What was done, and the seconds that each doing took."""
FILINGS = 300
TRIES = 20
BACKLOG = 100_000
WAITING = 10_000
KEYS = [f"case {number}" for number in range(500)]
"""Of the events of a full batch."""
LETTERS = """
insert into dead_letter (consumer, topic, partition, "offset", key, headers, value, reason)
select 'feed', 'accord.public', 0, number, md5(number::text), '{}', '', 'a fault' from generate_series(1, :rows) number
"""

SENT_LONG_AGO = "update outbox set sent_at = now() - interval '1 day' * (id % 120)"


def timed(doing: Callable[[], object], times: int) -> list[float]:
    """Return the seconds that each of so many doings took."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        doing()
        took.append(time.perf_counter() - began)
    return took


def costs(settings: Settings) -> Iterator[Cost]:
    """Do everything that is measured, in an order in which one leaves what the next one needs."""
    with (
        closing(connect(settings)) as bus,
        closing(Database(settings.postgres, "complaints", connections=2)) as complaints,
        closing(Database(settings.postgres, "gateway", connections=2)) as gateway,
        closing(Database(settings.postgres, "discipline", connections=2)) as discipline,
    ):
        relay = Relay(complaints, bus)
        yield from filed(settings, complaints)
        rows = FILINGS * EVENTS
        began = time.perf_counter()
        while relay.send():
            pass
        yield "send an outbox row", [(time.perf_counter() - began) / rows]
        yield "look at an outbox with nothing to send", timed(relay.send, 10 * TRIES)
        for name, database in (("gateway", gateway), ("discipline", discipline)):
            reader = reader_of(name, database, bus, settings)
            member = reader.join()
            while not reader.read(member, 0.5):
                pass
            began, read = time.perf_counter(), 0
            while fresh := reader.read(member, 0.0):
                read += fresh
            yield f"apply an event in {name}", [(time.perf_counter() - began) / max(1, read)]
            member.close()
        yield from behind(settings, complaints, relay)
        yield from waiting(settings, gateway)


def filed(settings: Settings, database: Database) -> Iterator[Cost]:
    """File one complaint after the other in one agency: nobody else can take a number there meanwhile."""
    policy, vault = Policy.read(settings.policy), Vault.of(settings)
    rules = next(iter(policy.agencies.values()))
    took = timed(lambda: file_one(database, rules, vault, named=True), FILINGS)
    yield "file a complaint, without HTTP", took[FILINGS // 10 :]


def behind(settings: Settings, database: Database, relay: Relay) -> Iterator[Cost]:
    """Let a long backlog come about, and ask what a relay and the gauges ask."""
    owner = create_engine(database_url(settings.postgres_owner, "complaints"))
    with owner.begin() as connection:
        case_id = connection.scalar(text("select id from complaint limit 1"))
        copy_complaint(connection, case_id, BACKLOG // EVENTS)
        connection.execute(text("analyze outbox"))
    took = timed(relay.send, TRIES)
    yield f"send a batch of 500 with {BACKLOG:,} unsent", took
    for name, (_, _, query) in GAUGES.items():
        with database.engine.connect() as connection:
            yield f"{name} with {BACKLOG:,} unsent", timed(lambda: connection.execute(query).all(), TRIES)  # noqa: B023
    with owner.begin() as connection:
        connection.execute(text(SENT_LONG_AGO))
        connection.execute(text("analyze outbox"))
    batches = BACKLOG // 2 // TIDY_BATCH
    yield f"delete {TIDY_BATCH:,} old rows of {BACKLOG:,} sent", timed(lambda: tidy(database, days=60), batches)
    owner.dispose()


def waiting(settings: Settings, database: Database) -> Iterator[Cost]:
    """Let many dead letters wait, and ask for them as a reader does before each batch."""
    owner = create_engine(database_url(settings.postgres_owner, "gateway"))
    for rows in (0, WAITING):
        with owner.begin() as connection:
            connection.execute(text(LETTERS), {"rows": rows})
        with database.transaction(Occasion(service="gateway", agency="")) as session:
            took = timed(lambda: waiting_keys(session, "feed", KEYS), TRIES)
        yield f"ask which cases wait, with {rows:,} dead letters", took
    owner.dispose()


def main() -> None:
    """Measure everything, and print what each thing took in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="accord-limits-") as folder, installation(Bus.POSTGRES, Path(folder)) as on:
        rows = [(what, f"{statistics.median(took) * 1000:.2f}", f"{min(took) * 1000:.2f}") for what, took in costs(on)]
    typer.echo(table(("what", "median ms", "fastest ms"), rows))


if __name__ == "__main__":
    main()
