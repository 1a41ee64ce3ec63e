"""The promises of the bus, kept by both adapters: one suite, two real logs."""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from shared.bus import Bus, Consumer, Delivery, Record, RecordRefusedError, Topic
from shared.bus.kafka import KafkaBus
from shared.bus.limits import LARGEST_RECORD
from shared.bus.postgres import PostgresBus

PATIENCE = 30.0
"""Seconds until a test gives up; nothing waits so long when all is well."""
KINDS = ("postgres", pytest.param("kafka", marks=pytest.mark.kafka))
KEYS = [f"case-{n}" for n in range(16)]
"""Enough keys to have some in each of the four partitions."""

Open = Callable[[], Bus]


@pytest.fixture(scope="session")
def bus_database(postgres: str) -> str:
    """A database of its own: the installation that other tests share has topics and readers in its bus."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bus_contract")
    return make_url(postgres).set(database="bus_contract").render_as_string(hide_password=False)


@pytest.fixture(params=KINDS)
def source(request: pytest.FixtureRequest) -> str:
    """Code that opens the bus under test, for this process and for others."""
    if request.param == "kafka":
        return f"KafkaBus({request.getfixturevalue('kafka')!r}, publish_timeout=8)"
    return f"PostgresBus({request.getfixturevalue('bus_database')!r}, lease=2)"


@pytest.fixture
def open_bus(source: str) -> Iterator[Open]:
    """Open as many buses over the one log as a test wants, as so many processes would."""
    opened: list[Bus] = []

    def another() -> Bus:
        opened.append(eval(source, {"KafkaBus": KafkaBus, "PostgresBus": PostgresBus}))  # noqa: S307 - written above
        return opened[-1]

    yield another
    for bus in opened:
        bus.close()


@pytest.fixture
def bus(open_bus: Open) -> Bus:
    return open_bus()


@pytest.fixture
def topic(bus: Bus) -> str:
    """Create a topic of four partitions."""
    name = f"test.{uuid4().hex}"
    bus.create_topics([Topic(name, partitions=4, retention_days=1)])
    return name


@pytest.fixture
def join(bus: Bus, topic: str) -> Iterator[Callable[[str], Consumer]]:
    """Make members of a group; they leave at the end."""
    members: list[Consumer] = []

    def member(group: str) -> Consumer:
        members.append(bus.consumer(f"{group}.{topic}", [topic]))
        return members[-1]

    yield member
    for one in members:
        one.close()


Join = Callable[[str], Consumer]


def record(topic: str, key: str, text: str) -> Record:
    return Record(topic, key, text.encode())


def texts(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.record.value.decode() for delivery in deliveries]


def read(consumer: Consumer, expected: int) -> list[Delivery]:
    """Poll until `expected` records have come, or patience ends."""
    deliveries: list[Delivery] = []
    deadline = time.monotonic() + PATIENCE
    while len(deliveries) < expected and time.monotonic() < deadline:
        deliveries.extend(consumer.poll(0.5))
    return deliveries


def keys_of(text: str, consumer: Consumer) -> set[str]:
    """Poll until a record `text` has come for every key, or patience ends; return the keys for which it has."""
    keys: set[str] = set()
    deadline = time.monotonic() + PATIENCE
    while len(keys) < len(KEYS) and time.monotonic() < deadline:
        keys |= {one.record.key for one in consumer.poll(0.5) if one.record.value.decode() == text}
    return keys


def share(bus: Bus, topic: str, members: Sequence[Consumer], wanted: Sequence[int]) -> list[set[int]]:
    """Publish and poll in turns until the members hold as many partitions as `wanted`; return what each received."""
    held: list[set[int]] = []
    deadline = time.monotonic() + PATIENCE
    while [len(one) for one in held] != list(wanted) and time.monotonic() < deadline:
        bus.publish([record(topic, key, "probe") for key in KEYS])
        held = [{delivery.partition for delivery in member.poll(0.5)} for member in members]
        for member in members:
            member.commit()
    return held


def test_a_published_record_is_there_for_whoever_comes_later(open_bus: Open, topic: str) -> None:
    """Nothing is closed or flushed between the return of `publish` and the reader in another connection."""
    open_bus().publish([record(topic, key, f"{key} filed") for key in KEYS])
    reader = open_bus().consumer("later", [topic])
    assert sorted(texts(read(reader, len(KEYS)))) == sorted(f"{key} filed" for key in KEYS)
    reader.close()


def test_a_record_arrives_as_it_was_sent(bus: Bus, topic: str, join: Join) -> None:
    headers = {"ce_type": "complaint.filed.v1", "ce_subject": "Zażalenie nr 7 ⚖"}
    sent = Record(topic, "case-ż", b"\x00\xff{}", headers, timestamp_ms=1_700_000_000_123)
    bus.publish([sent])
    [delivery] = read(join("faithful"), 1)
    assert delivery.record == sent
    assert delivery.offset == 0


def test_a_record_without_a_timestamp_carries_the_moment_of_sending(bus: Bus, topic: str, join: Join) -> None:
    before = time.time_ns() // 1_000_000
    bus.publish([record(topic, "case-1", "filed")])
    after = time.time_ns() // 1_000_000
    [delivery] = read(join("clock"), 1)
    assert delivery.record.timestamp_ms is not None
    assert before <= delivery.record.timestamp_ms <= after


def test_records_of_a_case_keep_their_order_whoever_publishes_beside(open_bus: Open, topic: str, join: Join) -> None:
    def publish(writer: int) -> None:
        bus = open_bus()
        for step in range(20):
            bus.publish([record(topic, f"{writer}/{key}", f"{step}.{half}") for half, key in product("ab", KEYS[:4])])

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(publish, range(4)))
    deliveries = read(join("order"), 4 * 4 * 40)
    of_key, partitions, offsets = defaultdict(list), defaultdict(set), defaultdict(list)
    for delivery in deliveries:
        of_key[delivery.record.key].append(delivery.record.value.decode())
        partitions[delivery.record.key].add(delivery.partition)
        offsets[delivery.partition].append(delivery.offset)
    steps = [f"{step}.{half}" for step, half in product(range(20), "ab")]
    assert of_key == {f"{writer}/{key}": steps for writer, key in product(range(4), KEYS[:4])}
    assert all(len(one) == 1 for one in partitions.values())
    assert all(one == list(range(len(one))) for one in offsets.values())


def test_every_group_gets_everything(bus: Bus, topic: str, join: Join) -> None:
    bus.publish([record(topic, "case-1", "filed")])
    for group in ("feed", "oversight"):
        consumer = join(group)
        assert texts(read(consumer, 1)) == ["filed"]
        consumer.commit()


def test_what_was_committed_does_not_come_again_and_the_rest_does(bus: Bus, topic: str, join: Join) -> None:
    first = join("restart")
    for step in ("filed", "classified"):
        bus.publish([record(topic, "case-1", step)])
        assert texts(read(first, 1)) == [step]
        first.commit()
    bus.publish([record(topic, "case-1", "decided")])
    assert texts(read(first, 1)) == ["decided"]
    first.close()
    assert texts(read(join("restart"), 1)) == ["decided"]


def test_a_poll_without_news_returns_nothing(topic: str, join: Join) -> None:
    assert topic
    assert list(join("idle").poll(0.1)) == []


def test_members_share_the_partitions_and_take_over_from_who_leaves(bus: Bus, topic: str, join: Join) -> None:
    first = join("crew")
    assert share(bus, topic, [first], [4]) == [{0, 1, 2, 3}]
    second = join("crew")
    mine, yours = share(bus, topic, [first, second], [2, 2])
    assert (len(mine), len(yours), mine | yours) == (2, 2, {0, 1, 2, 3})
    first.close()
    assert share(bus, topic, [second], [4]) == [{0, 1, 2, 3}]


def test_what_a_member_polled_goes_to_others_when_it_is_killed(source: str, bus: Bus, topic: str, join: Join) -> None:
    bus.publish([record(topic, key, "filed") for key in KEYS])
    victim = f"""
import time
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
consumer = {source}.consumer("mortal.{topic}", ["{topic}"])
while not consumer.poll(1): pass
print("polled", flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", victim], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "polled\n"
        process.kill()
    assert keys_of("filed", join("mortal")) == set(KEYS)


def test_a_commit_for_partitions_that_moved_away_does_no_harm(bus: Bus, topic: str, join: Join) -> None:
    first, second = join("moving"), join("moving")
    bus.publish([record(topic, key, "filed") for key in KEYS])
    before = {delivery.partition for delivery in read(first, len(KEYS))}
    assert before == {0, 1, 2, 3}
    moved: list[Delivery] = []
    deadline = time.monotonic() + PATIENCE
    while len({delivery.partition for delivery in moved}) < 2 and time.monotonic() < deadline:
        moved.extend(second.poll(0.5))
        assert list(first.poll(0.1)) == []
    first.commit()
    second.commit()
    first.close()
    second.close()
    assert {delivery.partition for delivery in moved} < before
    bus.publish([record(topic, key, "classified") for key in KEYS])
    assert keys_of("classified", join("moving")) == set(KEYS)


def test_an_oversized_record_is_refused_and_the_others_are_durable(bus: Bus, topic: str, join: Join) -> None:
    huge = Record(topic, "case-1", b"x" * (LARGEST_RECORD + 1))
    with pytest.raises(RecordRefusedError) as refused:
        bus.publish([record(topic, "case-1", "filed"), huge, record(topic, "case-1", "classified")])
    assert list(refused.value.reasons) == [1]
    assert refused.value.reasons[1].endswith("and a record may have 1,000,000")
    assert texts(read(join("sizes"), 2)) == ["filed", "classified"]


def test_the_largest_record_travels(bus: Bus, topic: str, join: Join) -> None:
    largest = Record(topic, "", b"x" * (LARGEST_RECORD - 64))
    bus.publish([largest])
    assert [len(delivery.record.value) for delivery in read(join("sizes"), 1)] == [LARGEST_RECORD - 64]


def test_topics_are_created_once_and_partitions_only_added(open_bus: Open, topic: str) -> None:
    more = [Topic(topic, partitions=6, retention_days=1), Topic(f"{topic}.b", partitions=1, retention_days=None)]
    with ThreadPoolExecutor(3) as migrations:
        list(migrations.map(lambda _: open_bus().create_topics(more), range(3)))
    fewer = open_bus()
    fewer.create_topics([Topic(topic, partitions=2, retention_days=1)])
    fewer.publish([record(topic, f"case-{n}", "filed") for n in range(100)])
    reader = fewer.consumer("growth", [topic])
    assert {delivery.partition for delivery in read(reader, 100)} == set(range(6))
    reader.close()


def test_a_bus_that_answers_is_reachable(bus: Bus) -> None:
    assert bus.reachable()


@pytest.mark.kafka
def test_a_record_that_the_broker_refuses_leaves_the_others_durable_and_in_order(kafka: str) -> None:
    bus, topic = KafkaBus(kafka, publish_timeout=8), f"test.{uuid4().hex}"
    bus.create_topics([Topic(topic, partitions=1, retention_days=1)])
    tomorrow = time.time_ns() // 1_000_000 + 86_400_000
    several_batches = [f"{number:04} {'x' * 1_000}" for number in range(400)]
    refusable = Record(topic, "case-1", b"never", timestamp_ms=tomorrow)
    with pytest.raises(RecordRefusedError) as refused:
        bus.publish([refusable, *(record(topic, "case-1", text) for text in several_batches)])
    assert list(refused.value.reasons) == [0]
    reader = bus.consumer(topic, [topic])
    assert texts(read(reader, 400)) == several_batches
    reader.close()
    bus.close()


def test_records_past_their_topics_retention_are_pruned(bus_database: str) -> None:
    bus, name = PostgresBus(bus_database), f"test.{uuid4().hex}"
    short, kept = f"{name}.short", f"{name}.kept"
    bus.create_topics([Topic(short, 1, retention_days=1), Topic(kept, 1, retention_days=None)])
    bus.publish([record(short, "case-1", "old"), record(kept, "case-1", "old")])
    with psycopg.connect(bus_database) as connection:
        connection.execute(
            "UPDATE bus_record SET appended_at = appended_at - interval '25 hours' WHERE topic = ANY (%s)",
            ([short, kept],),
        )
    bus.publish([record(short, "case-1", "new")])
    assert bus.prune() == 1
    reader = bus.consumer(name, [short, kept])
    assert sorted(texts(read(reader, 2))) == ["new", "old"]
    reader.close()
    bus.close()
