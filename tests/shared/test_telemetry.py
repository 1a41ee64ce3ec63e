"""A case can be followed through the house, and nothing that is observed quotes a person."""

import json
import logging
import re
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from sqlalchemy.orm import Session

from accord.rooms import SERVICES
from shared.app import create_app
from shared.events.envelope import Envelope
from shared.reader import Reader
from shared.relay import Relay
from shared.telemetry import JsonLines
from tests.make import make_filing
from tests.rooms import House
from tests.shared.plumbing import Plumbing, drained, send_all

NARRATIVE = "My sentinel is the heron that saw it."
USER_AGENT = "Sentinel/7.3 (of the complainant)"
ADDRESS = "203.0.113.77"
PORT = 40_007


@pytest.fixture
def told(house: House, spans: InMemorySpanExporter) -> dict[str, dict[str, str]]:
    """File a complaint, and return the headers of what was published about it, by topic."""
    app = create_app(SERVICES["complaints"], house.settings)
    with TestClient(app, client=(ADDRESS, PORT), headers={"user-agent": USER_AGENT}) as client:
        filed = client.post("/agencies/rivertown/complaints", json=make_filing(narrative=NARRATIVE))
        assert filed.status_code == 201, filed.text
    assert spans.get_finished_spans()
    with house.database("complaints") as database, database.engine.connect() as connection:
        rows = connection.execute(
            text("select topic, headers from outbox where case_id = :id"), {"id": filed.json()["id"]}
        )
        return {row.topic: row.headers for row in rows}


def served(spans: InMemorySpanExporter) -> ReadableSpan:
    (span,) = [span for span in spans.get_finished_spans() if span.kind is SpanKind.SERVER]
    return span


def trace_id(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def followed(span: ReadableSpan) -> list[str]:
    """Return the traces that a span links back to."""
    return [f"{link.context.trace_id:032x}" for link in span.links]


def deliver(house: House, plumbing: Plumbing, topic: str, failing: str = "") -> None:
    """Send what the complaints service has to send, and apply it; at the case `failing`, fail quoting somebody."""

    def apply(_: Session, envelope: Envelope, __: bytes) -> None:
        if envelope.subject == failing:
            raise RuntimeError(NARRATIVE)

    with house.database("complaints") as database:
        send_all(Relay(database, plumbing.bus))
    drained(Reader(plumbing.database, plumbing.bus, f"test-{uuid4()}", (topic,), apply))


@pytest.mark.parametrize("topic", ["accord.complaints", "accord.public"])
def test_what_a_request_publishes_carries_its_trace_and_is_applied_in_a_trace_of_its_own(
    house: House, plumbing: Plumbing, spans: InMemorySpanExporter, told: dict[str, dict[str, str]], topic: str
) -> None:
    request = trace_id(served(spans))
    assert told[topic]["traceparent"].split("-")[1] == request

    with trace.get_tracer("test").start_as_current_span("something else that is under way"):
        deliver(house, plumbing, topic)

    applied = [span for span in spans.get_finished_spans() if request in followed(span)]
    assert [span.name.split(" ")[1] for span in applied] == ["complaint.received.v1"]
    assert trace_id(applied[0]) != request
    assert applied[0].parent is None


def test_no_span_tells_who_asked_or_what_was_told(
    house: House, plumbing: Plumbing, spans: InMemorySpanExporter, told: dict[str, dict[str, str]]
) -> None:
    deliver(house, plumbing, "accord.complaints", failing=told["accord.complaints"]["ce_subject"])

    written = "\n".join(span.to_json() for span in spans.get_finished_spans())
    assert '"error.type": "RuntimeError"' in written
    assert "/agencies/rivertown/complaints" in written
    assert [quoted for quoted in (NARRATIVE, USER_AGENT, ADDRESS) if quoted in written] == []
    assert re.findall(rf"\b{PORT}\b", written) == []  # a word of its own: the digits may stand in a span's number


def logged(**over: Any) -> dict[str, str]:
    """Return one line of the log as it is read."""
    record = logging.LogRecord("accord", logging.ERROR, __file__, 1, "it failed", None, None)
    vars(record).update(over)
    line: dict[str, str] = json.loads(JsonLines().format(record))
    return line


def test_the_log_tells_a_fault_by_its_kind_and_place_and_never_by_its_text() -> None:
    with pytest.raises(ValueError, match=NARRATIVE) as quoting:
        int(NARRATIVE)

    line = logged(exc_info=(quoting.type, quoting.value, quoting.tb))

    assert (line["level"], line["message"], line["fault"]) == ("error", "it failed", "ValueError")
    assert line["where"].rpartition(":")[0] == __file__
    assert NARRATIVE not in str(line)


def test_the_log_carries_the_trace_that_is_under_way() -> None:
    span = TracerProvider().get_tracer("test").start_span("a request")
    with trace.use_span(span):
        assert logged()["trace"] == trace_id(span)  # type: ignore[arg-type]
    assert "trace" not in logged()
