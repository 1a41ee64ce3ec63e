"""The bus is away, and nobody at the counter is turned away for it: what is accepted is told when the bus is back."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accord.installation import ports, with_addresses
from accord.preparing import prepare
from accord.rooms import NAMES
from accord.serving import servers
from accord.working import workers
from shared.settings import Settings
from tests.broker import Broker, missing_for_a_local_broker
from tests.conftest import skip_or_fail
from tests.database import embedded_postgres
from tests.journeys.stack import free_ports
from tests.make import AGENCY, make_filing
from tests.rooms import settings_on

PATIENCE = 60.0
"""Seconds until a test gives up."""
FILE = f"/agencies/{AGENCY}/complaints"
RUNNING = ("gateway", "complaints")
WHOLE = ["complaint.received.v1", "complaint.withdrawn.v1"]
"""What the public hears of a complaint that was filed and taken back, in order."""


@dataclass(frozen=True)
class Counter:
    """Where complaints are filed, in an installation with a broker of its own."""

    settings: Settings
    broker: Broker
    client: httpx.Client

    def file_and_withdraw(self) -> str:
        """File a complaint and take it back; returns its public reference."""
        filed = self.client.post(FILE, json=make_filing(), headers={"Idempotency-Key": str(uuid4())})
        assert filed.status_code == 201, filed.text
        headers = {"Receipt-Code": filed.json()["receipt_code"]}
        withdrawn = self.client.post(f"{FILE}/track/withdrawal", json={"because": "We have talked."}, headers=headers)
        assert withdrawn.status_code == 200, withdrawn.text
        return str(filed.json()["public_ref"])

    @contextmanager
    def busy(self) -> Iterator[list[str]]:
        """File one complaint after another while the block lasts; yields their references, of which there come more."""
        told, stop = list[str](), threading.Event()

        def file() -> None:
            while not stop.wait(0.02):
                told.append(self.file_and_withdraw())

        thread = threading.Thread(target=file)
        thread.start()
        try:
            yield told
        finally:
            stop.set()
            thread.join()

    def ready(self) -> list[tuple[int, dict[str, str]]]:
        """Return what the servers say of their readiness."""
        urls = [f"http://127.0.0.1:{ports(self.settings)[name]}/health/ready" for name in RUNNING]
        answers = [httpx.get(url, timeout=20, trust_env=False) for url in urls]
        return [(answer.status_code, answer.json()) for answer in answers]

    def feed(self) -> list[dict[str, Any]]:
        """Return every entry of the feed, the oldest first."""
        entries: list[dict[str, Any]] = []
        url: str | None = "/feed.json"
        while url:
            page = self.client.get(url).raise_for_status().json()
            entries += [item["_accord"] for item in page["items"]]
            url = page.get("next_url")
        return sorted(entries, key=lambda entry: int(entry["index"]))

    def told(self, references: list[str]) -> list[list[str]]:
        """Return what the public heard of each complaint, in order."""
        feed = self.feed()
        return [[entry["type"] for entry in feed if entry["reference"] == reference] for reference in references]


def wait_until(holds: Callable[[], bool]) -> None:
    """Return when something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_until_more(filed: list[str]) -> None:
    """Return when ten complaints more have been filed."""
    begun = len(filed)
    wait_until(lambda: len(filed) >= begun + 10)


@pytest.fixture(scope="module")
def counter() -> Iterator[Counter]:
    """Yield a counter that is open: one service with its worker, and the gateway with its own."""
    missing = missing_for_a_local_broker()
    if missing is not None:
        skip_or_fail(f"no Kafka broker that may be killed: {missing}")
    with tempfile.TemporaryDirectory(prefix="accord-away-") as folder, embedded_postgres() as postgres:
        broker = Broker(Path(folder) / "kafka")
        broker.start()
        settings = settings_on(postgres, Path(folder), kafka=broker.address, port=free_ports(len(NAMES)))
        prepare(settings)
        with (
            servers(RUNNING, with_addresses(settings)),
            workers(RUNNING, settings),
            httpx.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=20, trust_env=False) as client,
        ):
            yield Counter(settings, broker, client)
        broker.stop()


def test_what_is_filed_while_the_bus_is_away_is_told_once_and_in_order_when_it_is_back(counter: Counter) -> None:
    before = [counter.file_and_withdraw()]
    wait_until(lambda: counter.told(before) == [WHOLE])
    counter.broker.stop()

    filed = [counter.file_and_withdraw() for _ in range(10)]

    assert counter.ready() == [(503, {"database": "reachable", "bus": "away"})] * len(RUNNING)
    assert counter.told(filed) == [[]] * len(filed)

    counter.broker.start()
    wait_until(lambda: all(len(heard) >= len(WHOLE) for heard in counter.told(filed)))

    after = [counter.file_and_withdraw()]
    wait_until(lambda: counter.told(after) == [WHOLE])
    assert counter.told([*before, *filed]) == [WHOLE] * (1 + len(filed))
    assert [entry["index"] for entry in counter.feed()] == list(range(len(counter.feed())))
    assert counter.ready() == [(200, {"database": "reachable", "bus": "reachable"})] * len(RUNNING)


def test_everything_is_told_once_and_in_order_when_the_broker_is_killed_in_the_middle(counter: Counter) -> None:
    with counter.busy() as filed:
        wait_until_more(filed)
        counter.broker.kill()
        wait_until_more(filed)
        counter.broker.start()
        wait_until_more(filed)
    wait_until(lambda: all(len(heard) >= len(WHOLE) for heard in counter.told(filed)))
    last = [counter.file_and_withdraw()]
    wait_until(lambda: counter.told(last) == [WHOLE])

    assert counter.told(filed) == [WHOLE] * len(filed)
    assert [entry["index"] for entry in counter.feed()] == list(range(len(counter.feed())))
