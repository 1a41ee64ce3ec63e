"""Passing requests on to the services: what is on the list, without holding bodies, and nothing about the caller.

A request that may have reached a service is never sent a second time; whoever asks again does so with their
`Idempotency-Key`. Addresses of callers are not passed on, so that an anonymous complaint stays one.
"""

import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from http import HTTPMethod, HTTPStatus

import aiohttp
import httpx
from fastapi import APIRouter, Request, Response
from httpx_aiohttp import AiohttpTransport
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from gateway.bodies import Body, SlowSender, body_of
from gateway.doors import open_to_all
from shared.errors import Away, Malformed, NotFound
from shared.telemetry import traceparent

DOORS: Mapping[str, str] = {
    "complaints": "complaints",
    "discipline": "discipline",
    "commendations": "recognition",
    "reconciliation": "reconciliation",
}
"""What follows `/agencies/{agency}/` → the service that answers there. Everything else stays inside."""

METHODS = (HTTPMethod.GET, HTTPMethod.POST, HTTPMethod.PATCH)

ASKED = (
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "receipt-code",
)
"""Headers of a request that a service needs. Its trace goes on as the gateway's own span."""

ANSWERED = (
    "allow",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "etag",
    "last-modified",
    "retry-after",
    "www-authenticate",
)
"""Headers of an answer that the caller needs; `location` is made relative first."""

SAFE_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""Paths that every server reads alike: no dot segments, no empty segments, nothing encoded."""
SAFE_QUERY = re.compile(r"[!-~]{0,4000}")

PRINTABLE = re.compile(r"[ -~]*")

CONNECT_SECONDS = 2.0
CONNECTIONS = 200
IDLE_SECONDS = 30.0
"""How long a connection to a service is kept for the next request; a service keeps it open for longer than that."""


class Unavailable(Away):
    """A service could not be reached; it has not seen the request."""


class Broken(Away):
    """A service was reached and did not answer properly."""

    status = HTTPStatus.BAD_GATEWAY


class TooSlow(Away):
    """A service was reached and has not answered in time."""

    status = HTTPStatus.GATEWAY_TIMEOUT


@dataclass(frozen=True, slots=True)
class Proxy:
    """Connections to the services."""

    addresses: Mapping[str, str]
    """Service → base URL."""
    patience: float
    """Seconds to wait for a service's next byte."""
    transport: AiohttpTransport = field(default_factory=lambda: AiohttpTransport(client=_connections))

    async def ask(self, service: str, request: httpx.Request) -> httpx.Response:
        """Return the service's answer as soon as it begins; the caller closes it.

        Raises:
            Unavailable: the service cannot be reached and has not seen the request.
            TooSlow: it has not answered in time.
            Broken: the connection broke before an answer.
        """
        try:
            return await self.transport.handle_async_request(request)
        except (httpx.HTTPError, aiohttp.ClientError) as fault:
            raise _away(service, fault) from fault

    def request(self, service: str, came: Request, body: Body | None) -> httpx.Request:
        """Return the request as the service gets it.

        Raises:
            NotFound: the path could be read as another one.
            Unavailable: this installation does not say where the service is.
        """
        target = safe_target(came)
        if service not in self.addresses:
            raise Unavailable(f"The {service} service is not set up here; tell the operator.")
        read, connect = self.patience, CONNECT_SECONDS
        headers = passed_on(came)
        if body and not body.whole and "content-length" in came.headers:
            headers["content-length"] = came.headers["content-length"]
        return httpx.Request(
            came.method,
            self.addresses[service].rstrip("/") + target,
            headers=headers,
            content=body.held if body and body.whole else body,
            extensions={"timeout": {"connect": connect, "read": read, "write": read, "pool": connect}},
        )

    async def close(self) -> None:
        """Let go of all connections."""
        await self.transport.aclose()


def _connections() -> aiohttp.ClientSession:
    """Return connections that keep no cookie: what one caller gets must not go out with the next one's request."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("User-Agent", "Content-Type"),
    )


def _away(service: str, fault: Exception) -> Away:
    """Say what happened, judged by the connection's own fault: the transport reports a refusal as a timeout."""
    origin = fault.__cause__ or fault
    if isinstance(origin, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Unavailable(f"The {service} service is away; nothing was stored. Try again in a few seconds.")
    ask_again = "it may have been carried out. Ask again with the same Idempotency-Key."
    if isinstance(origin, TimeoutError):
        return TooSlow(f"The {service} service has not answered in time; {ask_again}")
    return Broken(f"The {service} service broke off before it answered; {ask_again}")


def safe_target(came: Request) -> str:
    """Return path and query as they were sent.

    Raises:
        NotFound: the path could be read as another one.
        Malformed: the query holds something that an address cannot hold.
    """
    path = came.scope["raw_path"].decode("latin-1")
    query = came.scope["query_string"].decode("latin-1")
    if not SAFE_PATH.fullmatch(path):
        raise NotFound("There is nothing at this address.")
    if not SAFE_QUERY.fullmatch(query):
        raise Malformed("The query holds characters that an address cannot hold, or too many; encode or shorten it.")
    return f"{path}?{query}" if query else path


def passed_on(came: Request) -> dict[str, str]:
    """Return the headers of the request that the service gets.

    Raises:
        Malformed: one holds what a header cannot hold.
    """
    headers = {name: came.headers[name] for name in ASKED if name in came.headers}
    if strange := next((name for name, value in headers.items() if not PRINTABLE.fullmatch(value)), None):
        raise Malformed(f"The header {strange!r} holds characters that a header cannot hold.")
    trace = traceparent()
    return {**headers, "accept-encoding": "identity", **({"traceparent": trace} if trace else {})}


class Passed(Response):
    """A service's answer on its way through."""

    def __init__(self, answer: httpx.Response, headers: Mapping[str, str]) -> None:
        self.status_code = answer.status_code
        self.background = None
        self.init_headers(headers)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer on as it arrives, and give the connection back."""
        del scope, receive
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for chunk in self._answer.aiter_raw():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await self._answer.aclose()


def passed_back(answer: httpx.Response, address: str) -> dict[str, str]:
    """Return the headers of the answer that the caller gets; what is not said to be cacheable is not."""
    headers = {"cache-control": "no-store"}
    headers |= {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
    location = answer.headers.get("location", "").removeprefix(address.rstrip("/"))
    if location.startswith("/") and not location.startswith("//"):
        headers["location"] = location
    return headers


async def pass_on(service: str, came: Request) -> Response:
    """Pass a request on to `service` and its answer back.

    Raises:
        Away: there is no answer; the kind of refusal says whether the service has seen the request.
        HTTPException: the body is larger than this installation takes.
        SlowSender: the body does not come.
    """
    proxy: Proxy = came.app.state.proxy
    body = await body_of(came)
    try:
        answer = await proxy.ask(service, proxy.request(service, came, body))
    except Away:
        if body and isinstance(body.fault, HTTPException | SlowSender):
            raise body.fault from None
        raise
    return Passed(answer, passed_back(answer, proxy.addresses[service]))


def door_to(service: str) -> Callable[[Request], Coroutine[None, None, Response]]:
    """Return the endpoint that passes everything on to `service`."""

    async def endpoint(came: Request) -> Response:
        return await pass_on(service, came)

    return endpoint


def doors() -> APIRouter:
    """Return the routes that lead to the services; what they take and answer, the services describe."""
    router = APIRouter()
    for word, service in DOORS.items():
        for path in (f"/agencies/{{agency}}/{word}", f"/agencies/{{agency}}/{word}/{{rest:path}}"):
            router.add_api_route(
                path,
                door_to(service),
                methods=list(METHODS),
                include_in_schema=False,
                dependencies=[open_to_all(f"passed on to {service}, which looks at the caller itself")],
            )
    return router
