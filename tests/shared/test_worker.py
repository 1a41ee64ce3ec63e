"""What runs beside a service: it goes on after a fault, ends when told, and tidies only what is old and done with."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

import psycopg
import pytest

from shared.bus import Record
from shared.bus.connect import bus_url
from shared.bus.postgres import PostgresBus
from shared.worker import prune_loop, reader_loop, relay_loop, tidy, tidy_loop
from tests.rooms import House
from tests.shared.plumbing import Falling, Plumbing, Thing, of


@contextmanager
def running(*loops: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run loops in threads while the block lasts; every one of them must end when it is told to."""
    stop = threading.Event()
    threads = [threading.Thread(target=loop, args=(stop,), daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert [thread.is_alive() for thread in threads] == [False] * len(loops)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)


def cut_connections(house: House) -> int:
    """End every connection to the database, as a restart of the server would, and say how many they were."""
    with psycopg.connect(house.settings.postgres_owner, autocommit=True) as connection:
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'accord_plumbing'"
        return connection.execute(ended).rowcount


def test_the_loops_go_on_when_their_database_has_ended_every_connection(house: House, plumbing: Plumbing) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    reader = plumbing.reader(applied)
    with running(partial(relay_loop, plumbing.database, plumbing.bus), partial(reader_loop, reader)):
        plumbing.tell(thing, 1)
        until(lambda: of(applied, thing) == [1])
        assert cut_connections(house) > 0
        plumbing.tell(thing, 2)
        until(lambda: of(applied, thing) == [1, 2])


def test_the_relay_goes_on_when_the_bus_was_away(plumbing: Plumbing, caplog: pytest.LogCaptureFixture) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    plumbing.tell(thing, 1, 2)
    falling = Falling(plumbing.bus, away=1)
    with running(
        partial(relay_loop, plumbing.database, falling),  # type: ignore[arg-type]
        partial(reader_loop, plumbing.reader(applied)),
    ):
        until(lambda: of(applied, thing) == [1, 2])

    assert caplog.messages.count("relay of plumbing waits: BusAwayError is away") == 1


def test_the_loops_that_tidy_and_prune_do_so_at_once_and_end_when_told(house: House, plumbing: Plumbing) -> None:
    reference = uuid4().hex
    bus = PostgresBus(bus_url(house.settings.postgres))
    bus.publish([Record("accord.complaints", reference, b"{}")])
    with psycopg.connect(bus_url(house.settings.postgres_owner), autocommit=True) as connection:
        changed = connection.execute(
            "update bus_record set appended_at = now() - interval '9999 days' where key = %s", (reference,)
        )
        assert changed.rowcount == 1
        with running(partial(prune_loop, bus), partial(tidy_loop, plumbing.database)):
            there = "select 1 from bus_record where key = %s"
            until(lambda: connection.execute(there, (reference,)).fetchone() is None)
    bus.close()


def test_tidying_drops_what_is_older_than_the_ledger_and_done_with(plumbing: Plumbing) -> None:
    while tidy(plumbing.database):
        pass
    old, young, unsent = Thing(), Thing(), Thing()
    for thing in (old, young, unsent):
        plumbing.tell(thing, 1)
    age(plumbing, "outbox", "sent_at", (old, 31), (young, 29))
    plumbing.rows(
        "update outbox set created_at = now() - interval '31 days' where case_id = :id returning id", id=unsent.id
    )
    for thing in (old, young):
        plumbing.rows("insert into inbox (consumer, event_id) values ('test', :id) returning 1", id=thing.id)
    plumbing.rows(
        "update inbox set applied_at = now() - interval '31 days' where event_id = :id returning 1", id=old.id
    )
    for thing in (old, young, unsent):
        plumbing.rows(DEAD, key=str(thing.id))
    age(plumbing, "dead_letter", "replayed_at", (old, 31), (young, 29), key="key")

    assert tidy(plumbing.database, days=30) == 5  # the event is in the outbox for three topics

    everyone = [str(thing.id) for thing in (old, young, unsent)]
    assert left(plumbing, "outbox", "case_id", everyone) == {str(young.id), str(unsent.id)}
    assert left(plumbing, "inbox", "event_id", everyone) == {str(young.id)}
    assert left(plumbing, "dead_letter", "key", everyone) == {str(young.id), str(unsent.id)}
    plumbing.rows("delete from outbox where case_id = :id returning id", id=unsent.id)
    plumbing.rows("delete from dead_letter where key = :key returning id", key=str(unsent.id))


DEAD = (
    'insert into dead_letter (consumer, topic, partition, "offset", key, headers, value, reason)'
    " values ('test', 'accord.complaints', 0, 0, :key, '{}', '', 'not today') returning id"
)


def age(plumbing: Plumbing, table: str, column: str, *days: tuple[Thing, int], key: str = "case_id") -> None:
    for thing, number in days:
        moment = f"now() - interval '{number} days'"
        plumbing.rows(f"update {table} set {column} = {moment} where {key}::text = :id returning id", id=str(thing.id))


def left(plumbing: Plumbing, table: str, column: str, among: list[str]) -> set[str]:
    found = plumbing.rows(f"select {column}::text as id from {table} where {column}::text = any(:ids)", ids=among)
    return {row.id for row in found}
