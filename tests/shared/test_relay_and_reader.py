"""From the outbox to a consumer: once per commit, never for a rollback, in order per case, applied exactly once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.actors import HOUSE
from shared.bus import Bus, BusAwayError, Record, RecordRefusedError
from shared.bus.connect import connect
from shared.db import Database
from shared.events.envelope import Envelope
from shared.events.event import CATALOGUE, Audience, Event, Public
from shared.migrations.run import create_role_and_databases, migrate
from shared.occasion import Occasion
from shared.outbox import publish
from shared.reader import Reader
from shared.relay import TRIES, Relay, waves
from tests.rooms import House


class Counted(Event):
    """A thing was counted."""

    topic: ClassVar[str] = "accord.complaints"
    name: ClassVar[str] = "test.counted.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    number: Public[int]


del CATALOGUE[Counted.name]


@dataclass
class Thing:
    """The least that can be published about."""

    id: UUID = field(default_factory=uuid4)
    agency: str = "rivertown"
    version: int = 0
    public_ref: str = field(default_factory=lambda: uuid4().hex)
    updated_at: datetime = datetime(2026, 11, 23, 17, 45, tzinfo=UTC)


@dataclass
class Plumbing:
    """A database with an outbox and an inbox, and the bus."""

    database: Database
    bus: Bus

    def tell(self, thing: Thing, *numbers: int) -> None:
        """Publish in one transaction."""
        with self.database.transaction(Occasion(service="plumbing", agency="rivertown")) as session:
            for number in numbers:
                publish(session, thing, Counted(number=number), HOUSE)

    def fail(self, thing: Thing) -> None:
        """Publish in a transaction that does not end well."""
        with self.database.transaction(Occasion(service="plumbing", agency="rivertown")) as session:
            publish(session, thing, Counted(number=1), HOUSE)
            session.flush()
            raise RuntimeError("the power fails")

    def empty(self) -> None:
        """Relay until nothing is left."""
        send_all(Relay(self.database, self.bus))

    def reader(self, applied: list[tuple[str, int]], topic: str = "accord.complaints") -> Reader:
        """Return a new consumer that writes down what it applies."""

        def apply(_: Session, envelope: Envelope, value: bytes) -> None:
            if envelope.type == Counted.name:
                applied.append((envelope.subject, Counted.model_validate_json(value).number))

        return Reader(self.database, self.bus, group=f"test-{uuid4()}", topics=(topic,), apply=apply)

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Return rows of the database."""
        with self.database.engine.begin() as connection:
            return list(connection.execute(text(statement), values))


def send_all(relay: Relay) -> None:
    while relay.send():
        pass


@pytest.fixture
def plumbing(house: House) -> Iterator[Plumbing]:
    """Yield a database that has nothing but what every service's database has."""
    create_role_and_databases(house.settings.postgres_owner, house.settings.postgres, ("plumbing",))
    migrate(house.settings.postgres_owner, "plumbing", ())
    bus = connect(house.settings)
    with house.database("plumbing") as database:
        yield Plumbing(database, bus)
    bus.close()


def drained(reader: Reader) -> None:
    member = reader.join()
    quiet = 0
    while quiet < 3:
        quiet = 0 if reader.read(member, wait=0.2) else quiet + 1
    member.close()


def of(applied: list[tuple[str, int]], thing: Thing) -> list[int]:
    return [number for subject, number in applied if subject in (str(thing.id), thing.public_ref)]


def test_what_was_committed_arrives_once_and_in_order(plumbing: Plumbing) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    plumbing.tell(thing, 1, 2, 3)
    plumbing.empty()

    drained(plumbing.reader(applied))

    assert of(applied, thing) == [1, 2, 3]


def test_what_was_rolled_back_never_arrives(plumbing: Plumbing) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    with pytest.raises(RuntimeError, match=r"^the power fails$"):
        plumbing.fail(thing)
    plumbing.empty()

    drained(plumbing.reader(applied))

    assert of(applied, thing) == []


def test_the_public_topic_calls_the_case_by_its_reference_and_tells_the_day(plumbing: Plumbing) -> None:
    thing = Thing()
    plumbing.tell(thing, 1)
    plumbing.empty()
    member = plumbing.bus.consumer(f"test-{uuid4()}", ["accord.public"])
    records = [delivery.record for _ in range(5) for delivery in member.poll(0.2)]
    member.close()

    (record,) = [record for record in records if record.key == thing.public_ref]
    envelope = Envelope.read(record.headers)
    assert envelope.time == datetime(2026, 11, 23, tzinfo=UTC)
    assert envelope.subject == thing.public_ref
    assert str(thing.id) not in str(record)
    assert (envelope.correlation, envelope.causation) == ("", "")
    assert record.timestamp_ms is not None
    assert record.timestamp_ms % 86_400_000 == 0


def test_many_relays_at_once_send_everything_once_and_in_order(plumbing: Plumbing) -> None:
    things = [Thing() for _ in range(20)]
    for number in range(10):
        for thing in things:
            plumbing.tell(thing, number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: plumbing.empty(), range(4)))
    plumbing.empty()
    applied: list[tuple[str, int]] = []
    drained(plumbing.reader(applied))

    assert [of(applied, thing) for thing in things] == [list(range(10))] * 20


class Falling:
    """A bus that loses the connection after the first wave of each call for a while, or refuses some records."""

    def __init__(self, bus: Bus, *, away: int = 0, refused_key: str = "") -> None:
        self._bus = bus
        self.away = away
        self.refused_key = refused_key

    def publish(self, records: list[Record]) -> None:
        """Send, and then perhaps not say so."""
        kept = [record for record in records if record.key != self.refused_key]
        self._bus.publish(kept)
        if self.away:
            self.away -= 1
            raise BusAwayError("no answer")
        if len(kept) < len(records):
            raise RecordRefusedError({i: "never" for i, r in enumerate(records) if r.key == self.refused_key})


def test_an_answer_that_is_lost_makes_the_relay_send_again_and_the_consumer_apply_once(plumbing: Plumbing) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    plumbing.tell(thing, 1, 2, 3)
    falling = Falling(plumbing.bus, away=3)
    relay = Relay(plumbing.database, falling)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(BusAwayError):
            send_all(relay)
    plumbing.empty()
    drained(plumbing.reader(applied))

    assert of(applied, thing) == [1, 2, 3]


def test_a_refused_event_stops_its_case_and_no_other_until_an_operator_returns_it(plumbing: Plumbing) -> None:
    bad, good, applied = Thing(), Thing(), list[tuple[str, int]]()
    plumbing.tell(bad, 1, 2)
    plumbing.tell(good, 1, 2)
    relay = Relay(plumbing.database, Falling(plumbing.bus, refused_key=str(bad.id)))  # type: ignore[arg-type]
    for _ in range(TRIES * 16 * 2):
        relay.send()
    drained(plumbing.reader(applied))
    parked = plumbing.rows(
        "select version, attempts, last_error from outbox where parked_at is not null and case_id = :id", id=bad.id
    )
    assert of(applied, good) == [1, 2]
    assert of(applied, bad) == []
    assert [tuple(row) for row in parked] == [(1, TRIES, "never")]

    plumbing.rows("update outbox set parked_at = null where case_id = :id returning id", id=bad.id)
    plumbing.empty()
    drained(plumbing.reader(applied))

    assert of(applied, bad) == [1, 2]


@dataclass(frozen=True)
class Queued:
    case_id: str
    topic: str
    number: int


def test_a_wave_holds_one_record_per_case_and_topic_in_order() -> None:
    queued = [Queued("a", "t", 1), Queued("a", "t", 2), Queued("b", "t", 1), Queued("a", "u", 1), Queued("a", "t", 3)]

    assert waves(queued) == [[queued[0], queued[2], queued[3]], [queued[1]], [queued[4]]]  # type: ignore[arg-type]


def test_a_record_delivered_twice_is_applied_once(plumbing: Plumbing) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    plumbing.tell(thing, 1)
    plumbing.empty()
    reader = plumbing.reader(applied)
    first = reader.join()
    assert reader.read(first, wait=1.0) > 0
    first.close()
    plumbing.rows("update outbox set sent_at = null where case_id = :id returning id", id=thing.id)
    plumbing.empty()

    drained(reader)

    assert of(applied, thing) == [1]


def test_an_event_that_cannot_be_applied_parks_its_case_and_replays_in_order(plumbing: Plumbing) -> None:
    bad, good, applied = Thing(), Thing(), list[tuple[str, int]]()
    broken = True

    def apply(_: Session, envelope: Envelope, value: bytes) -> None:
        if envelope.subject == str(bad.id) and broken:
            raise RuntimeError("not today")
        if envelope.type == Counted.name:
            applied.append((envelope.subject, Counted.model_validate_json(value).number))

    plumbing.tell(bad, 1, 2)
    plumbing.tell(good, 1, 2)
    plumbing.empty()
    reader = Reader(plumbing.database, plumbing.bus, f"test-{uuid4()}", ("accord.complaints",), apply)
    drained(reader)
    reasons = plumbing.rows("select reason from dead_letter where key = :key order by id", key=str(bad.id))
    assert of(applied, good) == [1, 2]
    assert of(applied, bad) == []
    assert [row.reason for row in reasons] == [
        "RuntimeError: not today",
        "an earlier event of this case is parked",
    ]

    broken = False
    assert reader.replay(str(bad.id)) == 2

    assert of(applied, bad) == [1, 2]
    assert reader.replay(str(bad.id)) == 0


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "UnreadableEnvelopeError: the header 'ce_id' is missing"),
        ({"ce_id": "7"}, "UnreadableEnvelopeError: badly"),
    ],
)
def test_a_record_that_is_no_event_is_parked_with_the_reason(
    plumbing: Plumbing, headers: dict[str, str], reason: str
) -> None:
    key, applied = str(uuid4()), list[tuple[str, int]]()
    plumbing.bus.publish([Record("accord.complaints", key, b"\xff", headers)])

    drained(plumbing.reader(applied))

    letters = plumbing.rows("select reason from dead_letter where key = :key", key=key)
    assert [row.reason[: len(reason)] for row in letters] == [reason]
