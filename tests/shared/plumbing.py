"""A database with nothing but the tables of `shared`, a bus, and a bus that falls."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.actors import HOUSE
from shared.bus import Bus, BusAwayError, Record, RecordRefusedError
from shared.db import Database
from shared.events.envelope import Envelope
from shared.events.event import CATALOGUE, Audience, Event, Public
from shared.occasion import Occasion
from shared.outbox import publish
from shared.reader import Reader
from shared.relay import Relay


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
    state: str = "counted"


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


def drained(reader: Reader) -> None:
    member = reader.join()
    quiet = 0
    while quiet < 3:
        quiet = 0 if reader.read(member, wait=0.2) else quiet + 1
    member.close()


def of(applied: list[tuple[str, int]], thing: Thing) -> list[int]:
    return [number for subject, number in applied if subject in (str(thing.id), thing.public_ref)]


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
