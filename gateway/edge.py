"""What holds for every request that comes to the house, before anything else is done about it."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from secrets import token_hex
from time import perf_counter
from typing import Any, ClassVar

from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from gateway.callers import address_of
from gateway.leaving import Leaving, headers_of
from gateway.rates import Rates, kind_of
from shared.errors import Refusal, TooMany
from shared.settings import Settings
from shared.telemetry import METER, TRACER, correlation

Front = Callable[[Scope, Receive, Send], Awaitable[bool]]
"""Answers a request, or returns False and leaves it to the next one."""

MOST_HEADERS = 100
HEADER_BYTES = 16_384
TARGET_BYTES = 4_096

DURATION = METER.create_histogram("http.server.request.duration", "s", "how long an answer takes")
NO_TRACE = trace.set_span_in_context(trace.INVALID_SPAN)
"""A trace begins at the edge: a caller's own would tie their cases together, on the public topic too."""


class LongTarget(Refusal):
    """The address is too long."""

    status = HTTPStatus.REQUEST_URI_TOO_LONG
    kind = "too-long"


class ManyHeaders(Refusal):
    """There are too many headers, or they are too long together."""

    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    kind = "too-long"


class StrangeTarget(Refusal):
    """What is asked for is no path."""

    status = HTTPStatus.BAD_REQUEST
    kind = "malformed"


class TwoLengths(Refusal):
    """It is not clear where the body ends, and so not where the next request begins (RFC 9112 section 6.3)."""

    status = HTTPStatus.BAD_REQUEST
    kind = "malformed"
    headers: ClassVar[Mapping[str, str] | None] = {"Connection": "close"}


class Edge(FastAPI):
    """An application at the edge of the house.

    Args:
        settings: what an operator chose.
        named: what the framework takes.
    """

    def __init__(self, settings: Settings, **named: Any) -> None:  # noqa: ANN401 - the framework's
        super().__init__(telemetry={"tracing": False, "metrics": False, "logs": False}, **named)
        self.state.settings = settings
        self.fronts: tuple[Front, ...] = ()
        """What is asked for an answer before the framework is."""
        self._rates = Rates(settings)
        self._headers = headers_of(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        begun = perf_counter()
        leaving = Leaving(scope, self._headers, send)
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        with TRACER.start_as_current_span(
            scope["method"],
            context=NO_TRACE,
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            leaving.headers.append((b"request-id", (correlation() or token_hex(16)).encode()))
            try:
                await self._answer(scope, leaving.heard(receive), leaving)
            finally:
                _note(span, scope, leaving, perf_counter() - begun)

    async def _answer(self, scope: Scope, receive: Receive, leaving: Leaving) -> None:
        try:
            refuse_oversized(scope)
            self._count(scope, leaving)
            for front in self.fronts:
                if await front(scope, receive, leaving.send):
                    return
            await super().__call__(scope, receive, leaving.send)
        except Refusal as refusal:
            await self._refuse(Refusal, refusal, scope, receive, leaving)
        except Exception as fault:
            if not leaving.status:
                await self._refuse(Exception, fault, scope, receive, leaving)
            raise

    async def _refuse(
        self, kind: type[Exception], fault: Exception, scope: Scope, receive: Receive, leaving: Leaving
    ) -> None:
        """Say why not, as the application does: in a problem document, or to a browser on a page."""
        said = self.exception_handlers[kind](Request({**scope, "app": self}), fault)
        answer = await said if isinstance(said, Awaitable) else said
        await answer(scope, receive, leaving.send)

    def _count(self, scope: Scope, leaving: Leaving) -> None:
        kind = kind_of(scope["method"], scope["raw_path"], dict(scope["headers"]))
        verdict = self._rates.ask(kind, address_of(scope, self.state.settings))
        leaving.headers += verdict.headers
        if verdict.wait:
            leaving.headers.append((b"retry-after", str(verdict.wait).encode()))
            raise Often(OFTEN, seconds=verdict.wait)


OFTEN = "Too much was asked from your address in a short time; ask again in {seconds} seconds."


class Often(TooMany):
    """One caller asks too often."""

    headers = None


def refuse_oversized(scope: Scope) -> None:
    """Refuse what no client of ours sends.

    Raises:
        LongTarget: the address is too long.
        ManyHeaders: the headers are.
        StrangeTarget: the address is none of this server's.
        TwoLengths: two things are said about the body's length.
    """
    if not scope["raw_path"].startswith(b"/"):
        raise StrangeTarget("Ask for a path of this server, such as /feed.json, and for nothing else.")
    if len(scope["raw_path"]) + len(scope["query_string"]) > TARGET_BYTES:
        raise LongTarget("The address is longer than {most} bytes; shorten the query.", most=TARGET_BYTES)
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > HEADER_BYTES:
        said = "There are more than {count} headers, or more than {most} bytes of them; send fewer."
        raise ManyHeaders(said, count=MOST_HEADERS, most=HEADER_BYTES)
    named = dict(headers)
    if b"content-length" in named and (b"transfer-encoding" in named or not named[b"content-length"].isdigit()):
        raise TwoLengths("Send either Content-Length, a number, or Transfer-Encoding, and not both.")


def _note(span: trace.Span, scope: Scope, leaving: Leaving, seconds: float) -> None:
    """Tell what was asked for and how it was answered, by the route and not by the address, which may be a case's."""
    route = getattr(scope.get("route"), "path", "")
    said = {"http.request.method": leaving.method, "http.route": route, "http.response.status_code": leaving.status}
    DURATION.record(seconds, said)
    if span.is_recording():
        span.update_name(f"{leaving.method} {route}" if route else leaving.method)
        span.set_attributes(said)
