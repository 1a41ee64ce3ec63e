"""Rounds go on where they ended, their page tells what they were, and what cannot begin says why and leaves nothing."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from accord.rooms import ROOT
from tests.broker import Broker, missing_for_a_local_broker
from tests.conftest import skip_or_fail
from tests.faults.nemesis import Struck
from tests.faults.report import written
from tests.faults.rounds import Plan, Probe, Result
from tests.faults.stack import StackError, start

KILLED = "a server is killed at random"


def result(seed: int = 1, **over: object) -> Result:
    """Return what came of a small round."""
    usual = {
        "plan": Plan(seed=seed, times=1, seconds=60),
        "seconds": 60.0,
        "struck": [Struck(KILLED, 10.0, 11.0, 1, "serve complaints"), Struck(KILLED, 20.0, 21.0, 1, "serve gateway")],
        "probes": [Probe(9.0, 12.0, 12.5), Probe(11.5, 12.0, 13.0), Probe(22.0, 23.0, 25.0)],
        "operations": 10,
        "acknowledged": 9,
        "refused": 1,
        "unknown": 0,
        "events": 30,
        "told_again": 2,
        "violations": [],
    }
    return Result.model_validate({**usual, **over})


def harness(*arguments: str | Path, **environment: str) -> tuple[int, str]:
    """Run the harness as a command; returns its exit code and what it said."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults", *map(str, arguments)]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def children() -> set[int]:
    """Return the processes that this one has started and that still run."""
    return {one.pid for one in psutil.Process().children(recursive=True)}


def test_a_folder_with_rounds_goes_on_and_its_page_is_written(tmp_path: Path) -> None:
    kept, page = tmp_path / "kept", tmp_path / "page.md"
    kept.mkdir()
    lines = [result(seed).model_dump_json() + "\n" for seed in (1, 2)]
    (kept / "results.jsonl").write_text("".join(lines), encoding="utf-8")

    assert harness("--minutes", "0", "--folder", kept, "--page", page) == (
        0,
        f"2 rounds, 4 kills, 0 violations; {page}\n",
    )
    assert "No failure in 4 kills" in page.read_text(encoding="utf-8")


def test_recovery_is_the_time_until_a_complaint_filed_after_the_fault_is_in_the_feed() -> None:
    assert f"| {KILLED} | 2 | 2 | not seen | 3.0, 4.0 |" in written([result()])
    alone = result(plan=Plan(seed=1, times=1, seconds=60, one_by_one=True))
    assert f"| {KILLED} | 2 | 2 | 3.0, 4.0 | not seen |" in written([alone])


def test_a_broken_promise_is_told_and_proves_nothing() -> None:
    page = written([result(violations=[("lost", "an event")])])

    assert "| **lost** | **1** |" in page
    assert "The promise was broken 1 times" in page
    assert "confidence. It does not" not in page


def test_without_java_nothing_begins(tmp_path: Path) -> None:
    code, said = harness("--minutes", "5", "--folder", tmp_path / "kept", "--bus", "kafka", PATH="/nowhere")

    assert (code, said) == (
        2,
        "faults: there is no Kafka broker to kill: java and mvn not found; install them, or give --bus postgres.\n",
    )


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")

    code, said = harness("--minutes", "5", "--folder", tmp_path)

    assert (code, said) == (
        2,
        f"faults: {tmp_path} holds thesis.txt, which is not of a campaign; choose another --folder.\n",
    )


def test_too_little_time_is_refused(tmp_path: Path) -> None:
    code, said = harness("--minutes", "0.5", "--folder", tmp_path / "kept")

    assert (code, said) == (2, "faults: 0.5 minutes are not enough for a round; give at least 2.\n")


def test_what_is_no_evidence_is_not_checked(tmp_path: Path) -> None:
    code, said = harness("--evidence", tmp_path / "none.json")

    assert code == 2
    assert said.startswith(f"faults: {tmp_path / 'none.json'} is no evidence of a round: ")


def test_a_taken_port_is_a_sentence_and_leaves_nothing_running(tmp_path: Path) -> None:
    missing = missing_for_a_local_broker()
    if missing is not None:
        skip_or_fail(f"no Kafka broker: {missing}")
    before, broker = children(), Broker(tmp_path)

    with socket.create_server(("127.0.0.1", broker.port)), pytest.raises(StackError) as refused:
        start(broker)

    assert str(refused.value).startswith(f"port {broker.port} for the Kafka broker is taken (")
    assert children() == before
