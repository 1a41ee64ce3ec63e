"""What publishing and reading do while the bus is away, and when it is back: real servers, killed and started."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import psycopg
import pytest

from shared.bus import Bus, BusAwayError, Consumer, Record, Topic
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from tests.broker import Broker, free_port, missing_for_a_local_broker
from tests.conftest import skip_or_fail
from tests.database import Postgres

TOPIC = "test.outage"
PATIENCE = 60.0
"""Seconds until a test gives up."""
KINDS = ("postgres", pytest.param("kafka", marks=pytest.mark.kafka))


class Server(Protocol):
    """The server under a bus, which the test takes away."""

    def start(self) -> None:
        """Bring it up with the data it had."""

    def stop(self) -> None:
        """End it in good order."""

    def kill(self) -> None:
        """End it without asking."""


def install(kind: str, folder: Path) -> tuple[Server, Callable[[], Bus]]:
    """Return a server with its data in `folder`, and what opens a bus on it."""
    if kind == "postgres":
        database = Postgres(folder)
        return database, lambda: PostgresBus(database.url, lease=2)
    missing = missing_for_a_local_broker()
    if missing is not None:
        skip_or_fail(f"no Kafka broker that may be killed: {missing}")
    broker = Broker(folder)
    return broker, lambda: KafkaBus(broker.address, publish_timeout=4)


@pytest.fixture(params=KINDS)
def installation(request: pytest.FixtureRequest) -> Iterator[tuple[Server, Bus]]:
    """Run a server of the test's own, with a bus on it."""
    with tempfile.TemporaryDirectory(prefix="accord-outage-") as folder:
        server, open_bus = install(request.param, Path(folder))
        server.start()
        bus = open_bus()
        bus.create_topics([Topic(TOPIC, partitions=2, retention_days=None)])
        yield server, bus
        bus.close()
        server.stop()


@pytest.fixture(params=KINDS)
def nowhere(request: pytest.FixtureRequest) -> Bus:
    """Open a bus on a port at which nobody listens."""
    port = free_port()
    if request.param == "kafka":
        return KafkaBus(f"127.0.0.1:{port}", publish_timeout=4)
    return PostgresBus(f"postgresql://postgres@127.0.0.1:{port}/accord_bus")


def publish_until_confirmed(bus: Bus, *texts: str) -> None:
    """Publish as the relay does: again and again until it is confirmed."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            bus.publish([Record(TOPIC, "case-1", text.encode()) for text in texts])
        except BusAwayError:
            if time.monotonic() > deadline:
                raise
        else:
            return


def poll(consumer: Consumer) -> list[str]:
    """Poll once; a bus that is away delivers nothing."""
    try:
        return [delivery.record.value.decode() for delivery in consumer.poll(0.5)]
    except BusAwayError:
        return []


def read_until(consumer: Consumer, last: str) -> list[str]:
    """Poll until the record `last` has come, or patience ends."""
    texts: list[str] = []
    deadline = time.monotonic() + PATIENCE
    while last not in texts and time.monotonic() < deadline:
        texts.extend(poll(consumer))
    return texts


def test_a_killed_server_keeps_what_was_confirmed_and_everyone_goes_on(installation: tuple[Server, Bus]) -> None:
    server, bus = installation
    consumer = bus.consumer("outage", [TOPIC])
    bus.publish([Record(TOPIC, "case-1", b"filed")])
    assert read_until(consumer, "filed") == ["filed"]
    consumer.commit()
    bus.publish([Record(TOPIC, "case-1", b"classified")])
    server.kill()

    assert not bus.reachable()
    with pytest.raises(BusAwayError):
        bus.publish([Record(TOPIC, "case-1", b"decided")])
    poll(consumer)

    server.start()
    publish_until_confirmed(bus, "decided", "closed")
    received = read_until(consumer, "closed")
    assert list(dict.fromkeys(received)) == ["classified", "decided", "closed"]
    consumer.commit()
    consumer.close()
    assert bus.reachable()


def test_a_bus_that_was_never_there_says_so(nowhere: Bus) -> None:
    assert not nowhere.reachable()
    with pytest.raises(BusAwayError):
        nowhere.publish([Record(TOPIC, "case-1", b"filed")])
    with pytest.raises(BusAwayError):
        nowhere.consumer("outage", [TOPIC]).poll(0.1)
    with pytest.raises(BusAwayError):
        nowhere.create_topics([Topic(TOPIC, partitions=1, retention_days=None)])
    nowhere.close()


def test_lost_connections_are_replaced(postgres: str) -> None:
    bus = PostgresBus(postgres, lease=2)
    bus.create_topics([Topic(TOPIC, partitions=1, retention_days=None)])
    consumer = bus.consumer("outage", [TOPIC])
    bus.publish([Record(TOPIC, "case-1", b"filed")])
    assert read_until(consumer, "filed") == ["filed"]
    with psycopg.connect(postgres) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    with pytest.raises(BusAwayError):
        bus.publish([Record(TOPIC, "case-1", b"classified")])
    with pytest.raises(BusAwayError):
        consumer.commit()
    bus.publish([Record(TOPIC, "case-1", b"classified")])
    assert read_until(consumer, "classified") == ["classified"]
    consumer.commit()
    consumer.close()
    bus.close()


def test_a_topic_that_does_not_exist_takes_nothing(postgres: str) -> None:
    bus = PostgresBus(postgres)
    bus.create_topics([])
    with pytest.raises(BusAwayError, match=r"the topic test\.nobody does not exist: run `accord migrate`"):
        bus.publish([Record("test.nobody", "case-1", b"filed")])
    bus.close()
