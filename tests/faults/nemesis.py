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
PAIRS = (("work complaints", "work complaints 2"), ("work recognition", "work recognition 2"))
RELAYS = tuple(name for pair in PAIRS for name in pair)
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
            time.sleep(self.chance.uniform(*fault.rest))
            if not self.strike(fault):
                left.insert(0, fault)

    def one_of(self, names: Sequence[str]) -> Member:
        """Return a process that nobody else handles now, held until it is let go."""
        held = self.all_free(names)
        chosen = self.chance.choice(held)
        for member in held:
            if member is not chosen:
                member.handling.release()
        return chosen

    def all_free(self, names: Sequence[str]) -> list[Member]:
        """Return every process that nobody else handles now, at least one, all held until they are let go."""
        while True:
            members = [self.stack.members[name] for name in names]
            held = [member for member in members if member.handling.acquire(blocking=False)]
            if held:
                return held
            time.sleep(0.05)


Done = tuple[int, str] | None
"""The number of processes killed and the victim; None when the moment did not come."""


@dataclass(frozen=True)
class Fault:
    """A row of the fault table, or a part of one."""

    name: str
    act: Callable[[Nemesis], Done]
    rest: tuple[float, float] = (0.0, 0.5)
    """Seconds of peace before it in its lane, at least and at most, so that the house comes to its work in between."""
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
    """Kill whichever of these processes is the first of which such messages passed, one after the other, just then."""

    def act(nemesis: Nemesis) -> Done:
        members = nemesis.all_free(names)
        try:
            caught = lie_in_wait(members, signal.SIGKILL, sights)
            if caught is not None:
                caught.kill()
                caught.start()
        finally:
            for member in members:
                member.handling.release()
        return (1, caught.name) if caught else None

    return act


def lie_in_wait(
    members: Sequence[Member], number: signal.Signals, sights: Sequence[tuple[str, Way, bytes]]
) -> Member | None:
    """Send a signal to the process of which the messages pass first, and return it; None when none did so in time."""
    fired = threading.Event()
    ambushes = {
        member.name: Ambush(member.pid, number, [Sight(member.links[on], way, text) for on, way, text in sights], fired)
        for member in members
        if all(on in member.links for on, _, _ in sights)
    }
    for member in members:
        for link in member.links.values():
            link.ambush = ambushes.get(member.name)
    fired.wait(AMBUSH_SECONDS if ambushes else 0)
    for member in members:
        for link in member.links.values():
            link.ambush = None
    return next((member for member in members if member.name in ambushes and ambushes[member.name].struck), None)


def stop_past_the_lease(names: Sequence[str]) -> Callable[[Nemesis], Done]:
    """Freeze a relay that has sent and not marked, until its lease has run out; others go on meanwhile, and then it."""

    def act(nemesis: Nemesis) -> Done:
        members = nemesis.all_free(names)
        caught = lie_in_wait(members, signal.SIGSTOP, (SENDS, CONFIRMED))
        for member in members:
            if member is not caught:
                member.handling.release()
        if caught is None:
            return None
        try:
            time.sleep(LEASE_SECONDS + 2)
            os.kill(caught.pid, signal.SIGCONT)
        finally:
            caught.handling.release()
        return 0, caught.name

    return act


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
    return replaced_broker(nemesis, 0.0)


def broker_away(nemesis: Nemesis) -> Done:
    """Kill the broker and leave it away for a while."""
    return replaced_broker(nemesis, nemesis.away_seconds)


def replaced_broker(nemesis: Nemesis, away_seconds: float) -> Done:
    """Kill the broker, wait and start it again; there is none where the bus is in PostgreSQL."""
    stack = nemesis.stack
    if stack.broker is None:
        return None
    with stack.broker_handling:
        stack.broker.kill()
        time.sleep(away_seconds)
        stack.broker.start()
    return 1, "broker"


def kill_postgres(nemesis: Nemesis) -> Done:
    """Kill every process of PostgreSQL and start it again."""
    nemesis.stack.postgres.kill()
    nemesis.stack.postgres.start()
    return 1, "PostgreSQL"


def fill_disk(nemesis: Nemesis) -> Done:
    """Fill the disk of PostgreSQL and the broker for a while; whichever of them has ended itself is started again."""
    stack = nemesis.stack
    with stack.broker_handling:
        disk.fill(stack.disk)
        time.sleep(nemesis.chance.uniform(1.5, 3))
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
AFTER_BROKER = (4.0, 5.0)
"""It answers after some three seconds, and consumers join again when the session of their former selves has run out."""
AFTER_START = (2.0, 3.5)
"""A process works again within these; without them the house would do nothing that a fault could interrupt."""
AFTER_POSTGRES = (4.0, 6.0)
FULL_DISK = Fault("the disk is full", fill_disk, AFTER_POSTGRES)
"""Only where the data is on a small disk of its own."""

LANES: Mapping[str, Sequence[Fault]] = {
    "servers": (
        Fault("a server is killed at random", kill_at_random(SERVERS), AFTER_START),
        Fault("a server is killed before it commits", kill_when(BUSY, WRITING, COMMITTING), AFTER_START),
        Fault("a server is killed before it answers", kill_when(BUSY, WRITING, COMMITTING, COMMITTED), AFTER_START),
    ),
    "relays": (
        Fault("a relay is killed before it sends", kill_when(RELAYS, SENDS), AFTER_START),
        Fault(
            "a relay is killed after it sent, before it is told so", kill_when(RELAYS, SENDS, CONFIRMED), AFTER_START
        ),
    ),
    "relays that mark": (
        Fault("a relay is killed before it marks", kill_when(RELAYS, SENDS, CONFIRMED, TALKS), AFTER_START),
        Fault(
            "a relay is killed while it marks", kill_when(RELAYS, SENDS, CONFIRMED, COMMITTING, COMMITTED), AFTER_START
        ),
    ),
    "consumers": (
        Fault("a consumer is killed at random", kill_at_random(CONSUMERS), AFTER_START),
        Fault("a consumer is killed before its commit", kill_when(APPLYING, WRITING, COMMITTING), AFTER_START),
        Fault(
            "a consumer is killed after its commit", kill_when(APPLYING, WRITING, COMMITTING, COMMITTED), AFTER_START
        ),
    ),
    "broker": (
        Fault("the broker is killed", kill_broker, AFTER_BROKER),
        Fault("the broker is away", broker_away, AFTER_BROKER),
    ),
    "PostgreSQL and its disk": (Fault("PostgreSQL is killed", kill_postgres, AFTER_POSTGRES), FULL_DISK),
    "connections": (
        Fault("connections are delayed", delay, AFTER_START),
        Fault("connections are reset", reset, AFTER_START),
        Fault("connections are black-holed", black_hole, AFTER_START),
    ),
    "records": (
        Fault("a record that is no event", injected(injections.no_event), (1, 3)),
        Fault("an event whose body is wrong", injected(injections.wrong_body), (1, 3)),
        Fault("an event of an unknown version", injected(injections.unknown_version), (1, 3)),
        Fault("an event that no broker takes", injected(injections.oversized), (1, 3)),
        Fault("events are delivered again, in another order", injected(injections.again), (1, 3)),
    ),
    "consumers come and go": (Fault("a consumer joins and leaves after 5 s", come_and_go, AFTER_START),),
    **{
        f"frozen relays of {pair[0]}": (
            Fault("a relay stands still past its lease, then goes on", stop_past_the_lease(pair), lanes=len(PAIRS)),
        )
        for pair in PAIRS
    },
}
"""Lane → its faults. Two relays stand still at once, each with its twin beside it that goes on."""
