"""What nobody should send: records that are no events, wrong bodies, unknown versions, too much at once, copies.

An operator deals with what they leave behind, as `docs/operations.md` says.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

from accord.rooms import NAMES
from accord.working import reader_of
from shared import deadletters, repair
from shared.actors import HOUSE
from shared.bus import Bus, Record
from shared.bus.limits import LARGEST_RECORD
from shared.db import Database
from shared.events.envelope import Envelope
from shared.occasion import Occasion
from shared.reader import Reader
from shared.settings import Settings
from tests.faults import ledger
from tests.faults.evidence import open_database, rows
from tests.make import AGENCY

RECENT = "select id::text, public_ref from complaint where agency = 'rivertown' order by opened_at desc limit 20"
SENT = (
    "select topic, key, payload::text, headers, event_id::text from outbox"
    " where sent_at < now() - interval '1 second' order by id desc limit 200"
)
WHY = "It was put there to see what comes of it."


@dataclass
class Injections:
    """What was put where it does not belong, in one stack."""

    settings: Settings
    bus: Bus
    events: list[str] = field(default_factory=list)
    """The ids of the injected events."""
    copied: list[str] = field(default_factory=list)
    """The ids of the events that were published once more."""
    oversized: list[UUID] = field(default_factory=list)
    """The made-up cases whose event no broker takes."""

    def recent(self, chance: Random) -> tuple[str, str]:
        """Return the id and the public reference of a complaint that is under way."""
        found = rows(self.settings.postgres_owner, "complaints", RECENT)
        case, reference = chance.choice(found) if found else (str(uuid4()), "a" * 16)
        return str(case), str(reference)

    def publish(self, topic: str, key: str, value: bytes, kind: str = "") -> str:
        """Put a record onto a topic, past every outbox; without a type it is no event."""
        event = str(uuid4()) if kind else ""
        self.events.append(event)
        headers = envelope(event, kind, key).headers() if kind else {}
        self.bus.publish([Record(topic, key, value, headers)])
        return f"{topic} {key}"


def envelope(event: str, kind: str, subject: str) -> Envelope:
    """Return the outside of a made-up event."""
    return Envelope(UUID(event), kind, "/accord/nobody", datetime.now(UTC), subject, AGENCY, 9_999)


def no_event(injections: Injections, chance: Random) -> str:
    """Publish bytes without any header, under the key of a case that is under way."""
    case, reference = injections.recent(chance)
    topic, key = chance.choice((("accord.complaints", case), ("accord.public", reference)))
    return injections.publish(topic, key, b"\xff\x00")


def wrong_body(injections: Injections, chance: Random) -> str:
    """Publish an event whose body is not what its type promises."""
    case, reference = injections.recent(chance)
    topic, key = chance.choice((("accord.complaints", case), ("accord.public", reference)))
    return injections.publish(topic, key, b'{"findings": 7}', "complaint.decided.v1")


def unknown_version(injections: Injections, chance: Random) -> str:
    """Publish an event of a version that nobody here knows yet; it is passed over."""
    case, _ = injections.recent(chance)
    return injections.publish("accord.complaints", case, b'{"later": true}', "complaint.decided.v9")


def oversized(injections: Injections, _: Random) -> str:
    """Write an event into the outbox that no broker takes, past every check, and a small one behind it."""
    case = uuid4()
    with (
        closing(open_database(injections.settings.postgres_owner, "complaints")) as connection,
        connection.transaction(),
    ):
        for version, words in ((1, "x" * LARGEST_RECORD), (2, "")):
            event = str(uuid4())
            injections.events.append(event)
            headers = envelope(event, "complaint.closed.v9", str(case)).headers()
            connection.execute(
                "insert into outbox (event_id, topic, key, case_id, version, type, payload, headers, shard, attempts)"
                " values (%s, 'accord.complaints', %s, %s, %s, 'complaint.closed.v9', %s, %s, 0, 0)",
                (event, str(case), case, version, json.dumps({"words": words}), json.dumps(headers)),
            )
    injections.oversized.append(case)
    return str(case)


def again(injections: Injections, chance: Random) -> str:
    """Publish once more what was published before, in another order."""
    service = chance.choice(("complaints", "recognition", "discipline"))
    sent: list[Any] = rows(injections.settings.postgres_owner, service, SENT)
    copies = chance.sample(sent, min(30, len(sent)))
    injections.copied += [event for *_, event in copies]
    injections.bus.publish([Record(topic, key, value.encode(), headers) for topic, key, value, headers, _ in copies])
    return f"{len(copies)} of {service}"


def mend(injections: Injections) -> None:
    """Do what an operator does: mend what was too large, set aside what is no event, replay what waits."""
    for case in injections.oversized:
        _shrink(injections, case)
    for name in (*NAMES, ledger.NAME):
        with readers(injections, name) as found:
            for reader in found:
                _deal_with_letters(injections, reader)


def _shrink(injections: Injections, case: UUID) -> None:
    server = injections.settings.postgres_owner
    with closing(open_database(server, "complaints")) as connection:
        connection.execute("update outbox set payload = '{}' where case_id = %s", (case,))
    with closing(Database(injections.settings.postgres, "complaints", connections=1)) as database:
        repair.resend(database, case, HOUSE, WHY)


@contextmanager
def readers(injections: Injections, name: str) -> Iterator[list[Reader]]:
    """Yield the readers of a service, of the gateway or of the ledger."""
    settings, bus = injections.settings, injections.bus
    with closing(Database(settings.postgres, name, connections=3)) as database:
        if name == ledger.NAME:
            yield [ledger.reader(database, bus, group) for group in ledger.TOPICS]
        else:
            yield [reader_of(name, database, bus, settings)]


def _deal_with_letters(injections: Injections, reader: Reader) -> None:
    with reader.database.transaction(Occasion(service=reader.database.service, agency="")) as session:
        keys = deadletters.waiting_keys(session, reader.group)
    for key in keys:
        while repair.replay(reader, key, HOUSE, WHY).fault and _set_aside(injections, reader, key):
            pass


def _set_aside(injections: Injections, reader: Reader, key: str) -> bool:
    """Set the first letter aside if the harness has put it there, and say whether it had."""
    with reader.database.transaction(Occasion(service=reader.database.service, agency="")) as session:
        event = deadletters.waiting(session, reader.group, key)[0].headers.get("ce_id", "")
    return event in injections.events and bool(repair.set_aside(reader, key, HOUSE, WHY))
