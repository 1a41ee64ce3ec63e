"""The short form of `make faults`: every fault at least five times, on real Kafka, and the promise is kept."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests.broker import missing_for_a_local_broker
from tests.conftest import skip_or_fail
from tests.faults.disk import NoDiskError
from tests.faults.rounds import Plan, run_round

SEED = 20_261_125
TIMES = 5
AWAY_SECONDS = 2.0
NEMESIS_SECONDS = 480.0
"""A bound; on two quiet cores everything has happened after some 140 s. What did not come to pass fails the test."""


@pytest.mark.timeout(900)
def test_the_promise_is_kept_whatever_is_hurt() -> None:
    assert_kept(Plan(seed=SEED, times=TIMES, seconds=NEMESIS_SECONDS, away_seconds=AWAY_SECONDS))


@pytest.mark.timeout(900)
def test_the_promise_is_kept_when_the_disk_is_full() -> None:
    try:
        assert_kept(Plan(seed=SEED, times=TIMES, seconds=NEMESIS_SECONDS, small_disk=True))
    except NoDiskError as refused:
        pytest.skip(str(refused))


def assert_kept(plan: Plan) -> None:
    """Run a round, in which everything happens and nothing is lost, doubled, out of order or only half written."""
    missing = missing_for_a_local_broker()
    if missing is not None:
        skip_or_fail(f"no Kafka broker that may be killed: {missing}")
    with tempfile.TemporaryDirectory(prefix="accord-faults-") as folder:
        Path(folder).chmod(0o711)  # run by root, PostgreSQL is another user, who must be able to pass through
        result = run_round(plan, Path(folder))

    assert result.violations == []
    assert result.unknown == 0
    struck = Counter(one.fault for one in result.struck)
    wanted = {fault.name for lane in plan.lanes.values() for fault in lane}
    assert {name: struck[name] for name in wanted if struck[name] < plan.times} == {}
