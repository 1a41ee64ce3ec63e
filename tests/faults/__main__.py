"""``python -m tests.faults``: many rounds of faults, resumable, and the page that tells of them."""

import re
import shutil
import signal
import tempfile
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from accord.rooms import ROOT
from tests.broker import missing_for_a_local_broker
from tests.faults import disk
from tests.faults.checker import check
from tests.faults.evidence import Evidence
from tests.faults.report import written
from tests.faults.rounds import Plan, Result, run_round
from tests.faults.stack import StackError

PAGE = ROOT / "docs" / "reliability.md"
KEPT = ROOT / ".faults"
RESULTS = "results.jsonl"
FIRST_SEED = 20_261_125
ONE_BY_ONE = 1
"""How often each fault is done in the first round, in which the house recovers from each."""
STORM = 20
"""How often each is done in every later round."""
STORM_SECONDS = 300.0
LONG_AWAY, SHORT_AWAY = 60.0, 10.0
"""Seconds for which the broker is away, alone and in a storm."""
TURN = 4
"""Every fourth round has the bus in PostgreSQL."""
SHORTEST = 60.0
"""Seconds that must be left for another round to begin."""


class HarnessError(Exception):
    """Why the harness does not begin, as a sentence."""


class Buses(StrEnum):
    """On which bus the rounds run."""

    BOTH = "both"
    KAFKA = "kafka"
    POSTGRES = "postgres"


def main(
    minutes: Annotated[float, typer.Option(min=0, help="How long to go on.")] = 60,
    folder: Annotated[Path, typer.Option(help="Where results are kept; the same folder again goes on.")] = KEPT,
    page: Annotated[Path, typer.Option(help="Where the page is written.")] = PAGE,
    bus: Annotated[Buses, typer.Option(help="On which bus.")] = Buses.BOTH,
    evidence: Annotated[Path | None, typer.Option(help="Only check the evidence of one round once more.")] = None,
) -> None:
    """Run rounds of faults until the time is up, and write the page; exit code 1 when the promise was broken."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # whoever is told to end puts away what was begun
    try:
        violations = rechecked(evidence) if evidence else continued(folder, minutes, bus, page)
    except HarnessError as wrong:
        typer.echo(f"faults: {wrong}", err=True)
        raise typer.Exit(2) from wrong
    raise typer.Exit(1 if violations else 0)


def continued(folder: Path, minutes: float, bus: Buses, page: Path) -> int:
    """Run rounds, write the page, and return how often the promise was broken."""
    results = campaign(folder, minutes, bus)
    page.write_text(written(results), encoding="utf-8")
    violations = sum(len(result.violations) for result in results)
    kills = sum(result.kills for result in results)
    typer.echo(f"{len(results)} rounds, {kills} kills, {violations} violations; {page}")
    return violations


def rechecked(file: Path) -> int:
    """Let the checker read evidence once more, print what it says, and return how much that is."""
    try:
        found = check(Evidence.model_validate_json(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as wrong:
        raise HarnessError(f"{file} is no evidence of a round: {wrong}") from wrong
    for violation in found:
        typer.echo(f"{violation.kind}: {violation.what}")
    typer.echo(f"{len(found)} violations")
    return len(found)


def campaign(folder: Path, minutes: float, bus: Buses) -> list[Result]:
    """Run rounds for so long, after those that `folder` has kept, and return all of them."""
    results = results_in(folder)
    until = time.monotonic() + minutes * 60
    longest = 0.0
    while time.monotonic() + max(longest, SHORTEST) < until:
        plan = next_plan(len(results), bus, until - time.monotonic(), small_disk=disk.is_possible())
        refuse_impossible(plan)
        began = time.monotonic()
        results.append(one_round(plan, folder))
        longest = max(longest, time.monotonic() - began)
    if not results:
        raise HarnessError(f"{minutes:g} minutes are not enough for a round; give at least {SHORTEST * 2 / 60:g}.")
    return results


def next_plan(done: int, bus: Buses, seconds_left: float, *, small_disk: bool) -> Plan:
    """Return the next round: first one fault after the other, then storms."""
    on = bus if bus is not Buses.BOTH else Buses.POSTGRES if done % TURN == TURN - 1 else Buses.KAFKA
    usual = Plan(
        seed=FIRST_SEED + done,
        bus=on,
        times=STORM,
        seconds=min(STORM_SECONDS, seconds_left),
        away_seconds=SHORT_AWAY,
        small_disk=small_disk,
    )
    if done:
        return usual
    return usual.model_copy(update={"times": ONE_BY_ONE, "away_seconds": LONG_AWAY, "one_by_one": True})


def refuse_impossible(plan: Plan) -> None:
    """Refuse to begin what cannot be done on this machine.

    Raises:
        HarnessError: says what is missing.
    """
    missing = missing_for_a_local_broker() if plan.bus == "kafka" else None
    if missing is not None:
        raise HarnessError(f"there is no Kafka broker to kill: {missing}; install them, or give --bus postgres.")


def one_round(plan: Plan, folder: Path) -> Result:
    """Run one round and keep its result; its evidence is kept when the promise was broken."""
    scratch = Path(tempfile.mkdtemp(prefix="accord-faults-"))
    scratch.chmod(0o711)  # run by root, PostgreSQL is another user, who must be able to pass through
    try:
        result = begun(plan, scratch)
        with (folder / RESULTS).open("a", encoding="utf-8") as file:
            file.write(result.model_dump_json() + "\n")
        if result.violations:
            shutil.copytree(scratch, folder / f"round-{plan.seed}", ignore=shutil.ignore_patterns("data", "kafka"))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    counts = f"{result.kills} kills, {result.acknowledged} acknowledged, {len(result.violations)} violations"
    typer.echo(f"round {plan.seed} on {plan.bus}: {counts}")
    return result


def begun(plan: Plan, scratch: Path) -> Result:
    """Run a round; a stack that does not start is told as a sentence.

    Raises:
        HarnessError: says what did not start.
    """
    try:
        return run_round(plan, scratch)
    except StackError as wrong:
        raise HarnessError(f"the stack did not start, and nothing of it runs any more: {wrong}") from wrong


def results_in(folder: Path) -> list[Result]:
    """Return the rounds that a folder has kept, and create it if it is not there.

    Raises:
        HarnessError: the folder holds something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ours = re.compile(rf"{re.escape(RESULTS)}|round-\d+")
    strangers = [one.name for one in folder.iterdir() if not ours.fullmatch(one.name)]
    if strangers:
        raise HarnessError(f"{folder} holds {strangers[0]}, which is not of a campaign; choose another --folder.")
    file = folder / RESULTS
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [Result.model_validate_json(line) for line in lines]


if __name__ == "__main__":
    typer.run(main)
