"""One id leads from an answer to the trace and the logs of every process that had to do with the request."""

import json
import logging

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from shared.telemetry import JsonLines
from tests.gateway.conftest import OpenGateway
from tests.gateway.servers import documented, mirror, serving

COMPLAINTS = "/agencies/rivertown/complaints"


def served(spans: InMemorySpanExporter) -> dict[str, str]:
    """Return the trace of every request that was served, by the name of its span."""
    return {
        span.name: f"{span.context.trace_id:032x}"
        for span in spans.get_finished_spans()
        if span.kind is SpanKind.SERVER and span.context
    }


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (f"{COMPLAINTS}/0b8c/steps?state=x", "GET /agencies/{agency}/complaints/{case}/steps"),
        ("/feed/12", "GET /feed/{index}"),
        ("/agencies/rivertown/feed.json", "GET /agencies/{agency}/feed.json"),
        ("/nowhere/0b8c", "GET"),
    ],
)
def test_a_request_is_traced_by_its_route_and_not_by_its_address(
    open_gateway: OpenGateway, spans: InMemorySpanExporter, address: str, name: str
) -> None:
    with serving(documented(mirror)) as service:
        answer = httpx.get(open_gateway(service) + address)
    assert served(spans)[name] == answer.headers["request-id"]
    assert "0b8c" not in "".join(span.to_json() for span in spans.get_finished_spans())


@pytest.mark.usefixtures("spans")
def test_the_service_and_a_refusal_have_the_id_of_the_answer(open_gateway: OpenGateway) -> None:
    with serving(documented(mirror)) as service:
        door = open_gateway(service)
        passed = httpx.get(door + COMPLAINTS)
        assert dict(passed.json()["headers"])["traceparent"].split("-")[1] == passed.headers["request-id"]
        for refused in (
            httpx.get(f"{door}/nowhere"),
            httpx.delete(door + COMPLAINTS),
            httpx.get(f"{door}/a?{'x' * 5000}"),
        ):
            assert refused.json()["request"] == refused.headers["request-id"]


@pytest.mark.usefixtures("spans")
def test_two_requests_have_two_ids_and_a_caller_chooses_none(open_gateway: OpenGateway) -> None:
    chosen = "0af7651916cd43dd8448eb211c80319c"
    asked = {"request-id": chosen, "x-request-id": chosen, "traceparent": f"00-{chosen}-b7ad6b7169203331-01"}
    door = open_gateway("")
    ids = {httpx.get(f"{door}/feed.json", headers=asked).headers["request-id"] for _ in range(3)}
    assert (len(ids), chosen in ids) == (3, False)


def test_a_line_of_the_log_has_it(spans: InMemorySpanExporter) -> None:
    with trace.get_tracer("test").start_as_current_span("a request"):
        line = json.loads(JsonLines().format(logging.makeLogRecord({"msg": "Something happened."})))
    (span,) = spans.get_finished_spans()
    assert span.context
    assert line["trace"] == f"{span.context.trace_id:032x}"
