"""`docs/reliability.md`, written from the results of rounds; nothing in it is written by hand."""

import os
import platform
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from statistics import median

from tests.faults.checker import DISORDER, DOUBLED, GAP, LOST, PHANTOM, RULES, UNAUDITED
from tests.faults.nemesis import LANES
from tests.faults.rounds import Probe, Result

CONFIDENCE = 3
"""With no failure in n trials, the rate of failures is below 3/n with 95 % confidence (the rule of three)."""
TESTED = ("kafka-python", "fastapi", "sqlalchemy", "psycopg", "pydantic", "uvicorn")

INTRODUCTION = """# Reliability: what was done to Accord, and what came of it

The promise (`shared/outbox.py`, `shared/relay.py`, `shared/reader.py`): an acknowledged request is never lost, its
events are published once per commit and never for a rollback, in order per case, and every consumer applies each of
them exactly once, whatever process is killed at whatever moment.

This page is written by `make faults` and by nothing else. It starts the stack as an operator would (`accord serve`,
`accord work`, PostgreSQL, a Kafka broker) with a small proxy on every connection, lets outside clients file and decide
with idempotency keys, hurts it, and reads afterwards what the clients were told, every database, every topic and the
feed ([the checker](../tests/faults/checker.py)). That the checker sees what is broken is shown by designs that are
([controls](../tests/faults/test_controls.py)): three other relays, a consumer without an inbox, one that commits its
offset first, and a service that publishes after its commit are each caught, in every run of the tests.

Where faults are done one by one, every process that was killed is started again by its command. In a storm a copy of a
Python that has read the code takes its place ([forks](../tests/faults/forks.py)): a process of its own that runs the
same `main` and is up in half a second, so that the machine has time for more kills.
"""


def written(results: Sequence[Result]) -> str:
    """Return the page about these rounds."""
    parts = (INTRODUCTION, summary(results), faults(results), rounds(results), meanings())
    return "\n".join(part.rstrip() + "\n" for part in parts)


def summary(results: Sequence[Result]) -> str:
    """Return what matters, first."""
    kinds = Counter(kind for result in results for kind, _ in result.violations)
    kills, struck = sum(result.kills for result in results), sum(len(result.struck) for result in results)
    figures = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "rounds": str(len(results)),
        "minutes": f"{sum(result.seconds for result in results) / 60:.0f}",
        "faults": f"{struck:,}",
        "processes killed with SIGKILL": f"{kills:,}",
        "operations that clients asked for": f"{sum(result.operations for result in results):,}",
        "acknowledged": f"{sum(result.acknowledged for result in results):,}",
        "refused, as they should be": f"{sum(result.refused for result in results):,}",
        "outcome unknown to the client to the end": f"{sum(result.unknown for result in results):,}",
        "events committed, counted per topic": f"{sum(result.events for result in results):,}",
        "delivered more than once, and applied once": f"{sum(result.told_again for result in results):,}",
        **{f"**{kind}**": f"**{kinds[kind]}**" for kind in (LOST, PHANTOM, DOUBLED, DISORDER, UNAUDITED, GAP)},
        "anything else that the checker forbids": str(sum(kinds.values()) - sum(kinds[kind] for kind in MAIN)),
    }
    rows = "\n".join(f"| {name} | {figure} |" for name, figure in figures.items())
    return f"## In figures\n\n| | |\n|---|---|\n{rows}\n\n{bound(kills, sum(kinds.values()))}\n"


MAIN = (LOST, PHANTOM, DOUBLED, DISORDER, UNAUDITED, GAP)


def bound(kills: int, failures: int) -> str:
    """Return what the figures prove and what they do not."""
    if failures:
        return f"The promise was broken {failures} times; the evidence of the rounds says where."
    return (
        f"No failure in {kills:,} kills bounds the rate of kills that break the promise to {CONFIDENCE}/{kills} = "
        f"{CONFIDENCE / max(kills, 1):.2%}, with 95 % confidence. It does not show that there is none."
    )


def machine() -> str:
    """Return what the rounds ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in TESTED)
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}; Python "
        f"{platform.python_version()}, PostgreSQL 18, Apache Kafka 4.3; {libraries}"
    )


def faults(results: Sequence[Result]) -> str:
    """Return how often each fault was done, and how long the house took to be whole again."""
    alone, storm = (
        recoveries(r for r in results if r.plan.one_by_one),
        recoveries(r for r in results if not r.plan.one_by_one),
    )
    times = Counter(one.fault for result in results for one in result.struck)
    kills: Counter[str] = Counter()
    for one in chain.from_iterable(result.struck for result in results):
        kills[one.fault] += one.kills
    rows = "\n".join(
        f"| {name} | {times[name]} | {kills[name]} | {seconds(alone[name])} | {seconds(storm[name])} |"
        for name in known(times)
    )
    return f"""## Fault by fault

Recovery is the time in seconds from the moment at which the harness has done its part (started the process again,
opened the connection, thawed the relay) until a complaint that was filed after that moment is in the public feed:
through gateway, service, outbox, relay, broker and reader; median and maximum. *Alone*: one fault at a time. *In a
storm*: faults of all lanes at once, so that the time holds whatever else was hurt meanwhile.

| fault | times | kills | recovery alone | in a storm |
|---|---|---|---|---|
{rows}
"""


def known(times: Counter[str]) -> list[str]:
    """Return the names of the faults in the order of the table, and after them any that stand in no lane."""
    names = [fault.name for lane in LANES.values() for fault in lane]
    return [name for name in dict.fromkeys([*names, *times]) if times[name]]


def recoveries(results: Iterator[Result]) -> dict[str, list[float]]:
    """Return how long it took after each fault until a complaint filed after it was in the feed."""
    found: dict[str, list[float]] = defaultdict(list)
    for result in results:
        for one in result.struck:
            seen = first_seen(result.probes, one.healed)
            if seen is not None:
                found[one.fault].append(seen - one.healed)
    return found


def first_seen(probes: Sequence[Probe], moment: float) -> float | None:
    """Return when the first complaint that was filed after a moment was in the feed."""
    return min((probe.seen for probe in probes if probe.begun >= moment), default=None)


def seconds(took: Sequence[float]) -> str:
    """Return a median and a maximum."""
    return f"{median(took):.1f}, {max(took):.1f}" if took else "not seen"


def rounds(results: Sequence[Result]) -> str:
    """Return one row for each round: enough to run it again."""
    rows = "\n".join(
        f"| {number} | {result.plan.seed} | {result.plan.bus} | {'one by one' if result.plan.one_by_one else 'storm'} |"
        f" {result.seconds:.0f} | {len(result.struck)} | {result.kills} | {result.acknowledged:,} | {result.events:,} |"
        f" {len(result.violations)} |"
        for number, result in enumerate(results, 1)
    )
    return f"""## Round by round

Every round has a fresh PostgreSQL, broker and stack. The seed decides what is left to chance; which instruction a
signal hits is left to the machine.

| round | seed | bus | faults | seconds | faults done | kills | acknowledged | events | violations |
|---|---|---|---|---|---|---|---|---|---|
{rows}
"""


def meanings() -> str:
    """Return the rules of the checker in its own words."""
    rules = "\n".join(
        f"- {rule.__name__.replace('_', ' ')}: {' '.join((rule.__doc__ or '').split())}" for rule in RULES
    )
    return f"## What the checker forbids\n\n{rules}\n"
