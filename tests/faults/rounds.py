"""One round: a fresh stack, clients at work, a nemesis, then quiet, evidence and the checker's word."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import uuid4

from pydantic import BaseModel

from accord.demo.people import meet
from shared.bus.connect import connect
from shared.issuer import DevelopmentIssuer
from tests.faults.checker import check
from tests.faults.client import Client, Step
from tests.faults.disk import small_disk
from tests.faults.evidence import Evidence, Seen, collect, quiet
from tests.faults.history import Attempt, History, attempts_in
from tests.faults.injections import Injections, mend
from tests.faults.journeys import DESKS, JOURNEYS, PROBED, Journey, attend, travel
from tests.faults.nemesis import FULL_DISK, LANES, Fault, Nemesis, Struck
from tests.faults.stack import USUAL, FaultStack, fault_stack
from tests.make import make_filing

LOOK_SECONDS = 0.2
"""How often it is looked whether the public has heard."""
TRAVELLERS = 4
"""Clients that go on journeys."""
CALM_SECONDS = 4.0
"""How long the house works before the first fault."""
ILL_SECONDS = 5.0
"""How long the house gets to become quiet by itself before the operator mends what waits, again and again."""
QUIET_SECONDS = 90.0
"""How long sending and applying what is left may take, with all mending."""


class Probe(NamedTuple):
    """A complaint that was filed only to see how long it takes until the public hears of it."""

    begun: float
    """Seconds since the epoch, when it was first tried to file it."""
    filed: float
    seen: float
    """When its entry was in the feed."""


class Plan(BaseModel):
    """What a round does."""

    seed: int
    bus: str = "kafka"
    times: int
    """How often every fault happens."""
    seconds: float
    """When the nemesis stops at the latest."""
    away_seconds: float = 60.0
    one_by_one: bool = False
    """Whether a fault waits until the house has recovered from the one before."""
    small_disk: bool = False
    """Whether the data is on a small disk, which becomes full now and then."""

    @property
    def lanes(self) -> Mapping[str, Sequence[Fault]]:
        """What happens."""
        return {
            lane: [fault for fault in faults if self.small_disk or fault is not FULL_DISK]
            for lane, faults in LANES.items()
        }


class Result(BaseModel):
    """What came of a round."""

    plan: Plan
    seconds: float
    struck: list[Struck]
    probes: list[Probe]
    operations: int
    acknowledged: int
    refused: int
    unknown: int
    events: int
    told_again: int
    """Records that were on a topic more than once, as delivery at least once allows."""
    violations: list[tuple[str, str]]

    @property
    def kills(self) -> int:
        """Processes ended with SIGKILL."""
        return sum(one.kills for one in self.struck)


def run_round(plan: Plan, folder: Path, stand_ins: Mapping[str, str] | None = None) -> Result:
    """Run one round in `folder`, which is empty, and return what came of it; the evidence stays in the folder."""
    began = time.monotonic()
    history = folder / "history.jsonl"
    with (
        small_disk(folder / "disk") if plan.small_disk else nullcontext(None) as data,
        fault_stack(folder, plan.bus, USUAL, stand_ins, data, copies=not plan.one_by_one) as stack,
        closing(connect(stack.settings)) as bus,
    ):
        injections = Injections(stack.settings, bus)
        nemesis = Nemesis(stack, Random(plan.seed), injections, plan.away_seconds)
        with at_work(stack, history, plan.seed) as probes:
            hurt(nemesis, plan, probes)
        injections_mended(nemesis)
        seen = Seen(injections.events, injections.copied, nemesis.struck[0].at if nemesis.struck else time.time())
        evidence = collect(stack.settings, stack.direct, attempts_in(history), seen)
    (folder / "evidence.json").write_text(evidence.model_dump_json(), encoding="utf-8")
    return result_of(plan, time.monotonic() - began, nemesis.struck, probes, evidence)


def hurt(nemesis: Nemesis, plan: Plan, probes: Sequence[Probe]) -> None:
    """Let the nemesis do its faults: all lanes at once, or one fault after the other with time to recover."""
    time.sleep(CALM_SECONDS)
    until = time.monotonic() + plan.seconds
    if not plan.one_by_one:
        nemesis.run(plan.lanes, plan.times, until)
        return
    for fault in {fault.name: fault for lane in plan.lanes.values() for fault in lane}.values():
        for _ in range(plan.times):
            hurt_once(nemesis, fault, probes, until)


def hurt_once(nemesis: Nemesis, fault: Fault, probes: Sequence[Probe], until: float) -> None:
    """Do one fault, and wait until a complaint that was filed after it is in the feed."""
    while time.monotonic() < until and not nemesis.strike(fault):
        pass
    healed = time.time()
    while time.monotonic() < until and not any(probe.begun >= healed for probe in probes):
        time.sleep(0.1)


def injections_mended(nemesis: Nemesis) -> None:
    """Heal what can still be ill, let the operator do their part, and wait until all is quiet."""
    stack = nemesis.stack
    for link in stack.links:
        link.delay, link.ambush = 0.0, None
        link.close_hole()
    stack.wait_until_ready()
    until = time.monotonic() + QUIET_SECONDS
    while not quiet(stack.settings, ILL_SECONDS) and time.monotonic() < until:
        mend(nemesis.injections)
    mend(nemesis.injections)


@contextmanager
def at_work(
    stack: FaultStack, history: Path, seed: int, journeys: Mapping[Journey, int] | None = None
) -> Iterator[list[Probe]]:
    """Keep clients at work while the block lasts; yields the probes, of which there come more.

    A client that gets what it cannot make sense of fails the round. With `journeys` of one service the other services
    may be missing: nobody is at the desks, and nothing is probed.
    """
    people, stop, done = meet(DevelopmentIssuer(stack.settings)), threading.Event(), threading.Event()
    probes: list[Probe] = []
    with History(history) as book:
        tasks: list[Callable[[Client], None]] = [
            partial(travel, journeys=journeys or JOURNEYS, done=done) for _ in range(TRAVELLERS)
        ]
        if journeys is None:
            tasks += [
                *(partial(attend, desk=desk, done=done) for desk in DESKS),
                partial(probe, probes=probes, done=done),
            ]
        clients = [Client(stack.url, book, people, seed * 100 + number, stop) for number in range(len(tasks))]
        with ThreadPoolExecutor(len(tasks) + 1) as threads:
            working = [threads.submit(task, client) for task, client in zip(tasks, clients, strict=True)]
            working.append(threads.submit(stack.supervise, done))
            try:
                yield probes
            finally:
                done.set()
        for client in clients:
            client.close()
        for one in working:
            one.result()  # whoever has stumbled over an answer says so


def probe(client: Client, probes: list[Probe], done: threading.Event) -> None:
    """File a complaint, wait until the public hears of it, and do so again."""
    while not done.is_set():
        begun, marker = time.time(), uuid4().hex
        path, body = f"/agencies/{PROBED}/complaints", make_filing(narrative=f"A probe. {marker}", categories=[])
        filed = client.take(Step("complaint.received.v1", path, body=body, marker=marker))
        at = time.time()
        while filed and not done.is_set():
            page = client.read(f"/agencies/{PROBED}/feed.json")
            if page and any(item["_accord"]["reference"] == filed["public_ref"] for item in page["items"]):
                probes.append(Probe(begun, at, time.time()))
                break
            client.stop.wait(LOOK_SECONDS)
        client.stop.wait(LOOK_SECONDS)


def result_of(
    plan: Plan, seconds: float, struck: Sequence[Struck], probes: Sequence[Probe], evidence: Evidence
) -> Result:
    """Count what happened, and let the checker speak."""
    outcomes = Counter(outcomes_of(evidence.attempts).values())
    told = Counter((record.topic, record.event) for record in evidence.told if record.event)
    return Result(
        plan=plan,
        seconds=seconds,
        struck=list(struck),
        probes=list(probes),
        operations=sum(outcomes.values()),
        acknowledged=outcomes["acknowledged"],
        refused=outcomes["refused"],
        unknown=outcomes["unknown"],
        events=sum(len(kept.events) for kept in evidence.services.values()),
        told_again=sum(count - 1 for count in told.values()),
        violations=[tuple(found) for found in check(evidence)],
    )


def outcomes_of(attempts: Sequence[Attempt]) -> dict[str, str]:
    """Return what is known of each operation: acknowledged if it ever was, else refused if it was, else unknown.

    All attempts at one carry one idempotency key, so a refusal after silence says that nothing was done in the silence.
    """
    heard: dict[str, set[str]] = defaultdict(set)
    for one in attempts:
        heard[one.operation].add(one.outcome)
    return {
        operation: next(outcome for outcome in ("acknowledged", "refused", "unknown") if outcome in outcomes)
        for operation, outcomes in heard.items()
    }
