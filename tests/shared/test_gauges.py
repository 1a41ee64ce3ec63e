"""What an operator watches is what the database says."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint

from shared.db import Database
from shared.gauges import GAUGES, observe
from tests.rooms import House
from tests.shared.plumbing import Plumbing, Thing


@contextmanager
def metered() -> Iterator[tuple[InMemoryMetricReader, Meter]]:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    yield reader, provider.get_meter("test")
    provider.shutdown()


def measured(reader: InMemoryMetricReader) -> dict[tuple[str, str], float]:
    """Return the gauges by name and service."""
    data = reader.get_metrics_data()
    return {
        (metric.name, str((point.attributes or {})["service"])): point.value
        for resource in (data.resource_metrics if data else ())
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
        if isinstance(point, NumberDataPoint)
    }


def of_plumbing(reader: InMemoryMetricReader) -> dict[str, float]:
    return {name.removeprefix("accord."): value for (name, service), value in measured(reader).items()}


@pytest.fixture
def emptied(plumbing: Plumbing) -> Plumbing:
    """Return the database with nothing in it that is to be sent or waits."""
    plumbing.rows("delete from outbox returning id")
    plumbing.rows("delete from dead_letter returning id")
    return plumbing


def test_the_gauges_tell_what_is_behind_and_what_waits(emptied: Plumbing) -> None:
    with metered() as (reader, meter):
        observe([emptied.database], threading.Event(), meter)
        assert of_plumbing(reader) == {
            "outbox.unsent": 0,
            "outbox.oldest_age_seconds": 0,
            "outbox.parked_cases": 0,
            "dead_letters.waiting": 0,
        }
        refused, behind, sent = Thing(), Thing(), Thing()
        for thing in (refused, behind, sent):
            emptied.tell(thing, 1, 2)
        hour = "created_at = now() - interval '1 hour'"
        emptied.rows(f"update outbox set {hour} where case_id = :id and version = 1 returning id", id=behind.id)
        emptied.rows("update outbox set sent_at = now() where case_id = :id returning id", id=sent.id)
        emptied.rows(f"update outbox set {hour}, parked_at = now() where case_id = :id returning id", id=refused.id)
        emptied.rows("update outbox set parked_at = null where version = 2 returning id")
        for replayed_at in ("null", "null", "now()"):
            emptied.rows(
                'insert into dead_letter (consumer, topic, partition, "offset", key, headers, value, reason,'
                f" replayed_at) values ('t', 't', 0, 0, :key, '{{}}', '', 'r', {replayed_at}) returning id",
                key=str(uuid4()),
            )

        found = of_plumbing(reader)

    age = found.pop("outbox.oldest_age_seconds")
    assert 3600 <= age < 7200
    assert found == {"outbox.unsent": 6, "outbox.parked_cases": 1, "dead_letters.waiting": 2}
    emptied.rows("delete from outbox returning id")
    emptied.rows("delete from dead_letter returning id")


def test_a_database_that_is_away_has_no_gauges_and_hides_no_other(emptied: Plumbing, house: House) -> None:
    with metered() as (reader, meter), closing(Database(house.settings.postgres, "nowhere")) as nowhere:
        observe([nowhere, emptied.database], threading.Event(), meter)

        assert {service for _, service in measured(reader)} == {"plumbing"}
        assert len(measured(reader)) == len(GAUGES)


def test_nothing_is_asked_of_a_database_after_the_worker_has_ended(emptied: Plumbing) -> None:
    ended = threading.Event()
    with metered() as (reader, meter):
        observe([emptied.database], ended, meter)
        assert len(measured(reader)) == len(GAUGES)
        ended.set()
        assert measured(reader) == {}


class Collector(BaseHTTPRequestHandler):
    """Takes what is exported to it."""

    taken: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        """Take one export."""
        self.taken.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_worker_exports_its_gauges_to_the_collector_that_is_named(house: House, tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        worker = subprocess.Popen(
            [Path(sys.executable).parent / "accord", "work", "recognition"],
            env={
                **os.environ,
                "ACCORD_POSTGRES": house.settings.postgres,
                "ACCORD_FOLDER": str(tmp_path),
                "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
                "OTEL_METRIC_EXPORT_INTERVAL": "200",
            },
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while not any(path == "/v1/metrics" for path, _ in Collector.taken) and time.monotonic() < deadline:
            time.sleep(0.05)
        worker.terminate()
        assert worker.wait(30) == 0
        server.shutdown()
        thread.join()

    exported = b"".join(body for path, body in Collector.taken if path == "/v1/metrics")
    assert [name for name in GAUGES if name.encode() not in exported] == []
    assert b"recognition" in exported
