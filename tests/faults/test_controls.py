"""The checker catches every design that breaks the promise; one that it does not catch fails here."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.faults.checker import DISORDER, DOUBLED, LOST, check
from tests.faults.evidence import Seen, collect, quiet
from tests.faults.history import attempts_in
from tests.faults.injections import Injections
from tests.faults.journeys import Journey, commendation, complaint
from tests.faults.nemesis import COMMITTED, COMMITTING, WRITING, Nemesis, kill_when
from tests.faults.rounds import at_work
from tests.faults.stack import FaultStack, fault_stack

SECONDS = 8.0
"""How long each design works."""
TRIES = 4
"""Some designs fail only when two transactions meet, which one try need not bring about."""
PATIENCE = 12.0
"""How long a design gets to send and apply what it owes."""
GATEWAY = ("serve gateway", "work gateway", "ledger")
AWARDS = (*GATEWAY, "serve recognition", "work recognition")
COMPLAINTS = (*GATEWAY, "serve complaints", "work complaints")

Hurt = Callable[[FaultStack], None]


@dataclass(frozen=True)
class Control:
    """A design that breaks the promise, and how that shows."""

    stand_ins: Mapping[str, str]
    members: tuple[str, ...]
    journeys: Mapping[Journey, int]
    hurt: Hurt
    shows: str


def nothing(_: FaultStack) -> None:
    """Some designs fail without anybody's doing."""
    time.sleep(SECONDS)


def lulls(stack: FaultStack) -> None:
    """Let the relays stand still for a second now and then, so that they have something to catch up on."""
    relays = [member for name, member in stack.members.items() if name.startswith("work recognition")]
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for relay in relays:
                os.kill(relay.pid, number)
            time.sleep(1)


def killed(name: str, *sights: tuple[str, object, bytes]) -> Hurt:
    """Kill a process a few times, each time at the moment when these messages have passed."""

    def hurt(stack: FaultStack) -> None:
        nemesis = Nemesis(stack, Random(1), Injections(stack.settings, None), 0)  # type: ignore[arg-type]
        for _ in range(3):
            kill_when((name,), *sights)(nemesis)  # type: ignore[arg-type]
            time.sleep(1)

    return hurt


THREE = ("work recognition", "work recognition 2", "work recognition 3")
CONTROLS = {
    "a relay behind a cursor": Control(
        {"work recognition": "cursor", "serve recognition": "commits_late"},
        AWARDS,
        {commendation: 1},
        nothing,
        shows=LOST,
    ),
    "a relay behind the oldest transaction": Control(
        {"work recognition": "cursor_behind_xmin", "serve recognition": "writes_before_it_locks"},
        AWARDS,
        {commendation: 1},
        nothing,
        shows=DISORDER,
    ),
    "three relays that claim rows": Control(
        dict.fromkeys(THREE, "rows_claimed"), (*AWARDS, *THREE[1:]), {commendation: 1}, lulls, shows=DISORDER
    ),
    "a consumer without an inbox": Control(
        {"ledger": "without_inbox"},
        COMPLAINTS,
        {complaint: 1},
        killed("ledger", WRITING, COMMITTING, COMMITTED),
        shows=DOUBLED,
    ),
    "a consumer that commits its offset first": Control(
        {"ledger": "offset_first"}, COMPLAINTS, {complaint: 1}, killed("ledger", WRITING, COMMITTING), shows=LOST
    ),
    "a service that publishes after its commit": Control(
        {"serve complaints": "published_after_commit"},
        COMPLAINTS,
        {complaint: 1},
        killed("serve complaints", WRITING, COMMITTING, COMMITTED),
        shows=LOST,
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_the_checker_catches(name: str, tmp_path: Path) -> None:
    found: set[str] = set()
    for number in range(TRIES):
        (tmp_path / str(number)).mkdir()
        found |= kinds_of_violations(CONTROLS[name], tmp_path / str(number))
        if CONTROLS[name].shows in found:
            return
    pytest.fail(f"in {TRIES} tries the checker saw {found or 'nothing'}, and not {CONTROLS[name].shows}")


def kinds_of_violations(control: Control, folder: Path) -> set[str]:
    """Let a design work for a while, and return what the checker says of it."""
    history = folder / "history.jsonl"
    with fault_stack(folder, "postgres", control.members, control.stand_ins) as stack:
        with at_work(stack, history, seed=1, journeys=control.journeys):
            time.sleep(2)
            control.hurt(stack)
        quiet(stack.settings, PATIENCE)
        evidence = collect(stack.settings, stack.direct, attempts_in(history), Seen([], [], 0.0))
    return {violation.kind for violation in check(evidence)}
