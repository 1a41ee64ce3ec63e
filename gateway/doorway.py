"""Passing requests on to the services: what they document and nothing else, without holding bodies.

It stands before the framework, since a request that is passed on needs nothing of it. Nothing about the caller is
passed on but what a service needs, so that an anonymous complaint stays one.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from http import HTTPStatus

from aiohttp import ClientResponse
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.bodies import Body, begun
from gateway.documents import Documents
from gateway.edge import Edge
from gateway.leaving import departure
from gateway.proxy import CONNECTIONS, Content, Proxy, Unavailable
from gateway.table import OPEN, Operation
from shared.access import served
from shared.errors import PLAIN, Away, Malformed, NotFound, language_in, problem
from shared.files import ENVELOPE
from shared.policy import Policy
from shared.settings import Settings
from shared.telemetry import traceparent
from shared.tongues import told

ASKED = frozenset(
    {
        b"accept",
        b"accept-language",
        b"authorization",
        b"content-length",
        b"content-type",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"receipt-code",
        b"transfer-encoding",
    }
)
"""Headers of a request that matter to a service. Its trace goes on as the gateway's own span."""
LISTS = frozenset({b"accept", b"accept-language", b"if-match", b"if-none-match"})
"""Headers that may stand there several times."""
LENGTHS = frozenset({b"content-length", b"transfer-encoding"})

ANSWERED = frozenset(
    {
        b"allow",
        b"cache-control",
        b"content-disposition",
        b"content-encoding",
        b"content-language",
        b"content-length",
        b"content-type",
        b"etag",
        b"last-modified",
        b"retry-after",
        b"www-authenticate",
    }
)
"""Headers of an answer that the caller needs; `location` is made relative first."""

QUERY = re.compile(rb"[!-~]*")
VALUE = re.compile(rb"[ -~]*")
OPENING = OPEN.split("{", maxsplit=1)[0].encode()
WIRE = "accord.wire"
"""Where a scope holds how the caller is heard and answered without the framework: a body with a file may be larger."""
AGENCY = 2
"""Where the agency stands in an address."""


UNKNOWN = (
    "It is not known yet whether this address exists, since there is no answer from: {services}. Nothing was stored; "
    "try again in a few seconds."
)

CROWDED = "Too many large bodies are on their way at the moment, and nothing was stored; try again in a few seconds."
ARRIVING = CONNECTIONS // 2
"""Bodies that are passed on at once while they arrive: slow senders leave connections to everybody else."""


class Crowded(Away):
    """A large body has to wait for others."""


class Doorway:
    """Answers what is for a service."""

    def __init__(self, proxy: Proxy, documents: Documents, policy: Policy, settings: Settings) -> None:
        self._proxy = proxy
        self._documents = documents
        self._agencies = policy.agencies
        self._largest = {False: settings.max_body_size, True: settings.max_file_size + ENVELOPE}
        self._seconds = settings.body_seconds
        self._now_arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer a request, if its address is a service's; return whether it is.

        Raises:
            Refusal: it is, and there is no answer.
        """
        raw: bytes = scope["raw_path"]
        if not raw.startswith(OPENING):
            return False
        scope.setdefault(WIRE, (receive, send))
        path = raw.decode("latin-1")
        methods = self._documents.table.find(path)
        if methods is None:
            return False
        served(path.split("/", AGENCY + 1)[AGENCY], self._agencies)
        operation = methods.get(scope["method"])
        if operation is None:
            await without(methods, scope)(scope, receive, send)
            return True
        scope["route"] = operation
        with suppress(ClientDisconnect):
            await self._pass_on(operation, scope, receive, send)
        return True

    async def otherwise(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer where nobody else does: a service of which nothing is known yet may have an address here.

        Raises:
            NotFound: there is nothing at this address.
            Unavailable: that is not known, since a service is away.
        """
        if scope["raw_path"].startswith(OPENING):
            if self._documents.missing:
                await self._documents.seek()
            if await self(scope, *scope.get(WIRE, (receive, send))):  # what was missing may have come meanwhile
                return
            if missing := self._documents.missing:
                raise Unavailable(UNKNOWN, services=", ".join(missing))
        raise NotFound(PLAIN[HTTPStatus.NOT_FOUND])

    async def _pass_on(self, operation: Operation, scope: Scope, receive: Receive, send: Send) -> None:
        headers = asked(scope["headers"])
        target = target_of(scope)
        body = await begun(receive, headers, self._largest[operation.takes_file], self._seconds)
        passed, content = passed_on(headers, body), content_of(body)
        with self._arriving(body):
            try:
                answer = await self._proxy.ask(operation.service, scope["method"], target, passed, content)
            except Away:
                if body and body.fault:
                    raise body.fault from None
                raise
            gone = body is None or body.whole  # else what is received belongs to the service
            await pass_back(answer, self._proxy.addresses[operation.service], receive if gone else None, send)

    @contextmanager
    def _arriving(self, body: Body | None) -> Iterator[None]:
        """Count a body that is passed on while it arrives, for as long as that takes its sender.

        Raises:
            Crowded: there are too many of them; the service has not seen the request.
        """
        if body is None or body.whole:
            yield
            return
        if self._now_arriving >= ARRIVING:
            raise Crowded(CROWDED)
        self._now_arriving += 1
        try:
            yield
        finally:
            self._now_arriving -= 1


def without(methods: Mapping[str, Operation], scope: Scope) -> Response:
    """Return the answer to a method that an address does not take."""
    status = HTTPStatus.METHOD_NOT_ALLOWED
    headers = {"allow": ", ".join(methods)}
    return problem(status, "request", told(PLAIN[status], language_in(scope)), headers=headers)


def target_of(scope: Scope) -> str:
    """Return path and query as they were sent.

    Raises:
        Malformed: the query holds something that an address cannot hold.
    """
    query: bytes = scope["query_string"]
    if not QUERY.fullmatch(query):
        raise Malformed("The query holds characters that an address cannot hold; encode them.")
    path: bytes = scope["raw_path"]
    return (path + b"?" + query if query else path).decode("ascii")


def asked(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return the headers of a request that matter to a service.

    Raises:
        Malformed: one can be read in two ways, or holds what a header cannot hold.
    """
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name not in ASKED:
            continue
        if not VALUE.fullmatch(value):
            said = "The header {strange!r} holds characters that a header cannot hold."
            raise Malformed(said, strange=name.decode())
        if name in found and name not in LISTS:
            raise Malformed("The header {twice!r} stands there twice; send it once.", twice=name.decode())
        found[name] = found[name] + b", " + value if name in found else value
    return found


def passed_on(headers: Mapping[bytes, bytes], body: Body | None) -> list[tuple[str, str]]:
    """Return the headers that the service gets; the length of a body that is there as a whole is known without them."""
    passed = [(name.decode(), value.decode()) for name, value in headers.items() if name not in LENGTHS]
    if body and not body.whole and b"content-length" in headers:
        passed.append(("content-length", headers[b"content-length"].decode()))
    if trace := traceparent():
        passed.append(("traceparent", trace))
    passed.append(("accept-encoding", "identity"))
    return passed


def content_of(body: Body | None) -> Content:
    """Return what is sent on of a body: all of it at once when it is there."""
    return body.held if body and body.whole else body


async def pass_back(answer: ClientResponse, address: str, receive: Receive | None, send: Send) -> None:
    """Send a service's answer on as it arrives, and give the connection back; end when the caller is gone.

    Args:
        answer: its head has come.
        address: of the service, which is not told.
        receive: tells when the caller is gone.
        send: where the answer goes.
    """
    watched: asyncio.Task[None] | None = None
    try:
        headers = passed_back(answer.raw_headers, address.encode())
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        left = int(answer.headers.get("content-length", -1))
        async for part in answer.content.iter_any():
            left -= len(part)
            await send({"type": "http.response.body", "body": part, "more_body": left != 0})
            if left == 0 or (watched and watched.done()):
                return
            if receive and not watched:
                watched = asyncio.create_task(departure(receive))
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        if watched:
            watched.cancel()
        answer.release()


def passed_back(headers: Iterable[tuple[bytes, bytes]], address: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers of the answer that the caller gets."""
    passed = []
    for key, value in headers:
        name = key.lower()
        if name in ANSWERED:
            passed.append((name, value))
        elif name == b"location":
            location = value.removeprefix(address)
            if location.startswith(b"/") and not location.startswith(b"//"):
                passed.append((name, location))
    return passed


@asynccontextmanager
async def doorway(app: Edge) -> AsyncIterator[None]:
    """Let `app` pass requests on while the block lasts."""
    documents = Documents(app.state.proxy)
    front = Doorway(app.state.proxy, documents, app.state.policy, app.state.settings)
    app.state.documents = documents
    app.fronts, app.router.default = (front, *app.fronts), front.otherwise
    asking = asyncio.create_task(documents.keep_asking())
    yield
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
