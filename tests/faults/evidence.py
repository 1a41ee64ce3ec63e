"""What a run has left behind: the client's history, every database, every topic and the feed, as plain rows.

It is read once, when everything is quiet, and kept in a file; the checker needs nothing else.
"""

import time
from contextlib import closing
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import psycopg
from psycopg import Connection
from pydantic import BaseModel

from accord.rooms import SERVICES
from shared.bus.connect import connect
from shared.bus.topics import read_topics
from shared.settings import Settings
from tests.faults.history import Attempt

CASES = {
    "complaints": "select id::text, version, agency || '/' || number, substring(narrative from '[0-9a-f]{32}$')"
    " from complaint",
    "discipline": "select id::text, version, agency || '/' || number, null from discipline_case",
    "recognition": "select id::text, version, agency || '/' || number, null from commendation",
    "reconciliation": "select id::text, version, agency || '/' || number, null from process",
}
OUTBOX = (
    "select event_id::text, topic, key, case_id::text, version, type, headers ->> 'ce_causationid',"
    " extract(epoch from sent_at)::float8,"
    " (select count(distinct charge ->> 'officer_id') from jsonb_array_elements(payload -> 'charges') as charge)"
    " from outbox order by id"
)
WAITING = "select count(*) from dead_letter where replayed_at is null"
QUIET_POLLS = 4


class Case(NamedTuple):
    """A case as its service keeps it."""

    id: str
    version: int
    number: str
    marker: str | None
    """The word that the client put into the narrative; None for cases without one."""


class Event(NamedTuple):
    """A row of an outbox: a committed event, once for each topic that it travels on."""

    id: str
    topic: str
    key: str
    case: str
    version: int
    type: str
    cause: str | None
    """The event that this one answers."""
    sent_at: float | None
    """Seconds since the epoch."""
    charged: int
    """How many officers it brings charges against."""


class Deed(NamedTuple):
    """An audit row."""

    case: str
    version: int
    deed: str


class Kept(BaseModel):
    """The database of one service."""

    cases: list[Case]
    events: list[Event]
    deeds: list[Deed]
    waiting: int
    """Dead letters that nobody has dealt with."""


class Told(NamedTuple):
    """A record of a topic."""

    topic: str
    partition: int
    offset: int
    event: str
    key: str


class Applied(NamedTuple):
    """What a consumer of the ledger has written down."""

    consumer: str
    event: str


class Entry(NamedTuple):
    """An entry of the feed: the event that it tells, and its index."""

    position: int
    event: str


class Seen(NamedTuple):
    """What only the harness itself can know."""

    injected: list[str]
    copied: list[str]
    calm_until: float


class Evidence(BaseModel):
    """Everything that a run has left behind."""

    attempts: list[Attempt]
    injected: list[str]
    """Events that the harness itself put into an outbox or onto a topic, or false ones; they have no case."""
    copied: list[str]
    """Events that the harness published once more."""
    calm_until: float
    """When the first fault began, in seconds since the epoch."""
    services: dict[str, Kept]
    told: list[Told]
    """By topic, partition and offset."""
    applied: list[Applied]
    """In the order in which each consumer applied them."""
    ledger_waiting: int
    entries: list[Entry]
    next_index: int
    shown: list[int]
    """The indexes that the feed shows over HTTP."""


def rows(server: str, name: str, statement: str) -> list[Any]:
    """Return rows of one of the installation's databases, past every wall."""
    with closing(open_database(server, name)) as connection:
        return connection.execute(statement).fetchall()


def open_database(server: str, name: str) -> Connection:
    """Return a connection of the superuser."""
    return psycopg.connect(server, dbname=f"accord_{name}", autocommit=True)


def collect(settings: Settings, url: str, attempts: list[Attempt], seen: Seen) -> Evidence:
    """Read everything of a stack that is quiet."""
    server = settings.postgres_owner
    wanted = {event.id for name in SERVICES for event in outbox(server, name)}
    return Evidence(
        attempts=attempts,
        injected=seen.injected,
        copied=seen.copied,
        calm_until=seen.calm_until,
        services={name: kept(server, name) for name in SERVICES},
        told=told(settings, wanted),
        applied=rows(server, "ledger", "select consumer, event_id::text from applied order by position"),
        ledger_waiting=rows(server, "ledger", WAITING)[0][0],
        entries=rows(server, "gateway", "select index, event_id::text from entry order by index"),
        next_index=rows(server, "gateway", "select next_index from feed_head")[0][0],
        shown=shown(url),
    )


def outbox(server: str, name: str) -> list[Event]:
    """Return the outbox of one service, in the order in which it was written."""
    return [Event(*row) for row in rows(server, name, OUTBOX)]


def kept(server: str, name: str) -> Kept:
    """Return the database of one service."""
    return Kept(
        cases=rows(server, name, CASES[name]),
        events=outbox(server, name),
        deeds=rows(server, name, "select case_id::text, case_version, deed from audit"),
        waiting=rows(server, name, WAITING)[0][0],
    )


def told(settings: Settings, wanted: set[str]) -> list[Told]:
    """Return every record of every topic; reads on until all that is wanted was there, or nothing comes any more."""
    found: list[Told] = []
    quiet = 0
    topics = [topic.name for topic in read_topics()]
    with closing(connect(settings)) as bus, closing(bus.consumer(f"evidence-{uuid4()}", topics)) as member:
        while quiet < QUIET_POLLS:
            came = [
                Told(one.record.topic, one.partition, one.offset, one.record.headers.get("ce_id", ""), one.record.key)
                for one in member.poll(1.0)
            ]
            found += came
            wanted -= {one.event for one in came}
            quiet = 0 if came else quiet + (1 if wanted else QUIET_POLLS // 2)
    return sorted(found)


def shown(url: str) -> list[int]:
    """Return the indexes that the feed shows, from its first page to its newest."""
    found: list[int] = []
    path: str | None = "/feed.json"
    with httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
        while path:
            page = client.get(path).raise_for_status().json()
            found += [item["_accord"]["index"] for item in page["items"]]
            path = page.get("next_url")
    return sorted(found)


def quiet(settings: Settings, patience: float) -> bool:
    """Wait until everything committed was sent, applied and shown, and say whether it came to that in time."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if settled(settings):
            return True
        time.sleep(1)
    return False


def settled(settings: Settings) -> bool:
    """Whether as much was applied as was committed, and nothing is on its way."""
    server = settings.postgres_owner
    committed = [event for name in SERVICES for event in outbox(server, name)]
    public = sum(event.topic == "accord.public" for event in committed)
    applied = rows(server, "ledger", "select count(distinct (consumer, event_id)) from applied")[0][0]
    entries = rows(server, "gateway", "select count(*) from entry")[0][0]
    answered = {event.cause for event in committed}
    owed = sum(
        event.type in ("complaint.decided.v1", "complaint.harm_referred.v1", "reconciliation.declined.v1")
        and event.topic in ("accord.complaints", "accord.reconciliation")
        and event.id not in answered
        for event in committed
    )
    return not owed and applied >= len(committed) and entries >= public and all(event.sent_at for event in committed)
