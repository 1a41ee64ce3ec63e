"""The nemesis: it hurts a running stack in every way of the fault table, as chance decides, and heals what it hurt.

Each lane is a thread that takes one fault after the other; lanes hurt at the same time. What is left to chance follows
from the seed, as far as processes of an operating system can be made to.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

import psycopg

from shared.bus import BusAwayError
from shared.db import LEASE_SECONDS
from tests.faults import disk, injections
from tests.faults.proxy import Ambush, Sight, Way
from tests.faults.stack import FaultStack, Member

AMBUSH_SECONDS = 8.0
"""How long an ambush waits for its moment; then it is given up and tried again later."""
PRODUCES = b"ce_type"
"""Stands in the records that a relay sends, and in no other request to a broker."""
WRITES = b".v1"
"""Stands in what a server, a consumer of the feed or the ledger writes about an event, and in none of their reading."""
COMMITS = b"COMMIT"
RELAYS = ("work complaints", "work complaints 2", "work recognition", "work recognition 2")
CONSUMERS = ("work gateway", "work gateway 2", "work discipline", "work reconciliation", "work complaints", "ledger")


class Struck(NamedTuple):
    """A fault that was done."""

    fault: str
    at: float
    """Seconds since the epoch, when it began."""
    healed: float
    """When the harness had done its part: started the process again, opened the hole."""
    kills: int
    """Processes that were ended with SIGKILL for it."""
    victim: str


@dataclass
class Nemesis:
    """What hurts one stack."""

    stack: FaultStack
    chance: Random
    injections: injections.Injections
    away_seconds: float
    """How long the broker stays away in the fault of that name."""
    struck: list[Struck] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    """Set when a lane has failed: the others need not go on."""

    def strike(self, fault: "Fault") -> bool:
        """Do one fault, and say whether it came to it."""
        begun = time.time()
        done = fault.act(self)
        if done is not None:
            kills, victim = done
            self.struck.append(Struck(fault.name, begun, time.time(), kills, victim))
        return done is not None

    def run(self, lanes: Mapping[str, Sequence["Fault"]], times: int, until: float) -> None:
        """Let every fault of every lane happen so many times, or stop at `until` (of the monotonic clock)."""
        with ThreadPoolExecutor(len(lanes)) as threads:
            running = [threads.submit(self._lane, faults, times, until) for faults in lanes.values()]
            wait(running, return_when=FIRST_EXCEPTION)
            self.over.set()
        for lane in running:
            lane.result()

    def _lane(self, faults: Sequence["Fault"], times: int, until: float) -> None:
        left = [fault for fault in faults for _ in range(-(-times // fault.lanes))]
        self.chance.shuffle(left)
        while left and time.monotonic() < until and not self.over.is_set():
            fault = left.pop()
            if not self.strike(fault):
                left.insert(0, fault)
            time.sleep(self.chance.uniform(*fault.rest))

    def one_of(self, names: Sequence[str]) -> Member:
        """Return a process that nobody else handles now, held until it is let go."""
        while True:
            member = self.stack.members[self.chance.choice(names)]
            if member.handling.acquire(blocking=False):
                return member
            time.sleep(0.05)


Done = tuple[int, str] | None
"""The number of processes killed and the victim; None when the moment did not come."""


@dataclass(frozen=True)
class Fault:
    """A row of the fault table, or a part of one."""

    name: str
    act: Callable[[Nemesis], Done]
    rest: tuple[float, float] = (0.0, 0.5)
    """Seconds of peace after it in its lane, at least and at most, so that the house comes to its work in between."""
    lanes: int = 1
    """In how many lanes it stands, which share the times that it is to happen."""


def kill_at_random(names: Sequence[str]) -> Callable[[Nemesis], Done]:
    """Kill one of these processes at whatever it is doing."""

    def act(nemesis: Nemesis) -> Done:
        member = nemesis.one_of(names)
        try:
            time.sleep(nemesis.chance.uniform(0.0, 0.2))
            member.kill()
            member.start()
        finally:
            member.handling.release()
        return 1, member.name

    return act


def kill_when(names: Sequence[str], *sights: tuple[str, Way, bytes]) -> Callable[[Nemesis], Done]:
    """Kill one of these processes at the moment when messages of its own passed one after the other."""

    def act(nemesis: Nemesis) -> Done:
        member = nemesis.one_of(names)
        try:
            fired = lie_in_wait(member, signal.SIGKILL, sights)
            if fired:
                member.kill()
                member.start()
        finally:
            member.handling.release()
        return (1, member.name) if fired else None

    return act


def lie_in_wait(member: Member, number: signal.Signals, sights: Sequence[tuple[str, Way, bytes]]) -> bool:
    """Send the process a signal when the messages have passed, and say whether they did in time."""
    if any(link not in member.links for link, _, _ in sights):
        return False
    ambush = Ambush(member.pid, number, [Sight(member.links[link], way, pattern) for link, way, pattern in sights])
    for link in member.links.values():
        link.ambush = ambush
    fired = ambush.fired.wait(AMBUSH_SECONDS)
    for link in member.links.values():
        link.ambush = None
    return fired


def stop_past_the_lease(nemesis: Nemesis) -> Done:
    """Freeze a relay that has sent and not marked, until its lease has run out; others go on meanwhile, and then it."""
    sent = (("kafka", Way.OUT, PRODUCES), ("kafka", Way.BACK, b""))
    member = nemesis.one_of(("work complaints", "work recognition"))
    try:
        stopped = lie_in_wait(member, signal.SIGSTOP, sent)
        if stopped:
            time.sleep(LEASE_SECONDS + 2)
            os.kill(member.pid, signal.SIGCONT)
    finally:
        member.handling.release()
    return (0, member.name) if stopped else None


def come_and_go(nemesis: Nemesis) -> Done:
    """Let one more consumer join, and leave after five seconds."""
    name = nemesis.chance.choice(("work gateway 3", "work discipline 3", "work complaints 3"))
    member = nemesis.stack.add(name)
    time.sleep(5)
    with member.handling:
        nemesis.stack.remove(name)
    return 0, name


def kill_broker(nemesis: Nemesis) -> Done:
    """Kill the broker and start it again at once."""
    if nemesis.stack.broker is None:
        return None
    nemesis.stack.broker.kill()
    nemesis.stack.broker.start()
    return 1, "broker"


def broker_away(nemesis: Nemesis) -> Done:
    """Kill the broker and leave it away for a while."""
    if nemesis.stack.broker is None:
        return None
    nemesis.stack.broker.kill()
    time.sleep(nemesis.away_seconds)
    nemesis.stack.broker.start()
    return 1, "broker"


def kill_postgres(nemesis: Nemesis) -> Done:
    """Kill every process of PostgreSQL and start it again."""
    nemesis.stack.postgres.kill()
    nemesis.stack.postgres.start()
    return 1, "PostgreSQL"


def fill_disk(nemesis: Nemesis) -> Done:
    """Fill the disk of PostgreSQL and the broker for a while; whichever of them has ended itself is started again."""
    stack = nemesis.stack
    disk.fill(stack.disk)
    time.sleep(nemesis.chance.uniform(2, 5))
    disk.empty(stack.disk)
    ended = []
    if stack.broker is not None and not stack.broker.runs:
        ended.append("broker")
        stack.broker.start()
    if not stack.postgres.runs:
        ended.append("PostgreSQL")
        stack.postgres.start()
    return 0, f"disk ({' and '.join(ended) or 'neither server'} had ended)"


def delay(nemesis: Nemesis) -> Done:
    """Let every message on a link take up to half a second longer."""
    link = nemesis.chance.choice(nemesis.stack.links)
    link.delay = nemesis.chance.uniform(0.05, 0.5)
    time.sleep(nemesis.chance.uniform(1, 3))
    link.delay = 0.0
    return 0, link.name


def reset(nemesis: Nemesis) -> Done:
    """Break the connections of a link."""
    link = nemesis.chance.choice(nemesis.stack.links)
    link.reset()
    return 0, link.name


def black_hole(nemesis: Nemesis) -> Done:
    """Let nothing through on a link for a while, without breaking it."""
    link = nemesis.chance.choice(nemesis.stack.links)
    link.open_hole()
    time.sleep(nemesis.chance.uniform(2, 6))
    link.close_hole()
    return 0, link.name


def injected(inject: Callable[[injections.Injections, Random], str]) -> Callable[[Nemesis], Done]:
    """Put something onto a topic or into an outbox that should not be there, unless its server is away just now."""

    def act(nemesis: Nemesis) -> Done:
        try:
            return 0, inject(nemesis.injections, nemesis.chance)
        except (BusAwayError, psycopg.OperationalError):
            return None

    return act


SERVERS = ("serve gateway", "serve complaints", "serve discipline", "serve recognition", "serve reconciliation")
BUSY = ("serve complaints", "serve recognition")
APPLYING = ("work gateway", "work gateway 2", "work discipline", "work reconciliation", "ledger")
SENDS = ("kafka", Way.OUT, PRODUCES)
CONFIRMED = ("kafka", Way.BACK, b"")
TALKS = ("postgres", Way.OUT, b"")
WRITING = ("postgres", Way.OUT, WRITES)
COMMITTING = ("postgres", Way.OUT, COMMITS)
COMMITTED = ("postgres", Way.BACK, b"")
AFTER_BROKER = (8.0, 12.0)
"""Consumers join again when the session of their former selves has run out, ten seconds after; then they work."""

LANES: Mapping[str, Sequence[Fault]] = {
    "servers": (
        Fault("a server is killed at random", kill_at_random(SERVERS)),
        Fault("a server is killed before it commits", kill_when(BUSY, WRITING, COMMITTING)),
        Fault("a server is killed before it answers", kill_when(BUSY, WRITING, COMMITTING, COMMITTED)),
    ),
    "relays": (
        Fault("a relay is killed before it sends", kill_when(RELAYS, SENDS)),
        Fault("a relay is killed after it sent, before it is told so", kill_when(RELAYS, SENDS, CONFIRMED)),
    ),
    "relays that mark": (
        Fault("a relay is killed before it marks", kill_when(RELAYS, SENDS, CONFIRMED, TALKS)),
        Fault("a relay is killed while it marks", kill_when(RELAYS, SENDS, CONFIRMED, COMMITTING, COMMITTED)),
    ),
    "consumers": (
        Fault("a consumer is killed at random", kill_at_random(CONSUMERS)),
        Fault("a consumer is killed before its commit", kill_when(APPLYING, WRITING, COMMITTING)),
        Fault("a consumer is killed after its commit", kill_when(APPLYING, WRITING, COMMITTING, COMMITTED)),
    ),
    "broker": (
        Fault("the broker is killed", kill_broker, AFTER_BROKER),
        Fault("the broker is away", broker_away, AFTER_BROKER),
    ),
    "PostgreSQL": (Fault("PostgreSQL is killed", kill_postgres, (5, 10)),),
    "connections": (
        Fault("connections are delayed", delay),
        Fault("connections are reset", reset),
        Fault("connections are black-holed", black_hole),
    ),
    "records": (
        Fault("a record that is no event", injected(injections.no_event)),
        Fault("an event whose body is wrong", injected(injections.wrong_body)),
        Fault("an event of an unknown version", injected(injections.unknown_version)),
        Fault("an event that no broker takes", injected(injections.oversized)),
        Fault("events are delivered again, in another order", injected(injections.again)),
    ),
    "consumers come and go": (Fault("a consumer joins and leaves after 5 s", come_and_go),),
    **{
        f"frozen relays {number}": (
            Fault("a relay stands still past its lease, then goes on", stop_past_the_lease, lanes=2),
        )
        for number in (1, 2)
    },
}
"""Lane → its faults. Two relays stand still at once, each with another beside it that goes on."""

SMALL_DISK: Mapping[str, Sequence[Fault]] = {"disk": (Fault("the disk is full", fill_disk, (4, 8)),)}
"""For a stack whose data is on a small disk of its own."""
