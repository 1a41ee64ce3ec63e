"""What holds for every answer that leaves the house, also for refusals and faults: headers, and HEAD and OPTIONS."""

import re
from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import Message, Receive, Scope, Send

from shared.settings import Environment, Settings

Headers = list[tuple[bytes, bytes]]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Pages of the house run no script, are framed by nobody and send nobody's address on."""

PRODUCTION_HEADERS = {**HEADERS, "Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
"""Two years, as https://hstspreload.org asks; on a developer's machine it would lock out plain HTTP."""

OURS = (b"cross-origin-resource-policy", b"same-origin")
ANY_ORIGIN = (b"access-control-allow-origin", b"*")
EVERYBODYS: Headers = [
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-expose-headers", b"etag, link, ratelimit, ratelimit-policy, request-id, retry-after"),
]
"""For what pages of any origin may read; who says so is the route, or the address of what is refused."""
PREFLIGHT: Headers = [
    ANY_ORIGIN,
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"if-none-match, last-event-id"),
    (b"access-control-max-age", b"86400"),
]
READ_BY_EVERYBODY = ("/feed", "/log/", "/statistics", "/data.json", "/openapi.json")
"""How the addresses begin that pages of any origin may read, beside the feeds of the agencies."""
OF_AGENCY = re.compile(r"/agencies/[^/]+/feed(?:[./]|$)")


class Leaving:
    """One answer on its way out.

    Args:
        scope: what is answered; HEAD is answered like GET without what GET would send, and a refused OPTIONS with what
            the address takes.
        always: headers that every answer has unless it says something else itself.
        send: where the answer goes.
    """

    def __init__(self, scope: Scope, always: Headers, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers = list(always)
        self.status = 0
        """0 until the answer begins."""
        self._ended = False
        self._send = send

    async def send(self, message: Message) -> None:
        """Send on what an answer consists of."""
        if self._ended:
            return
        if message["type"] == "http.response.start":
            await self._begin(message)
        else:
            await self._send(message)

    async def _begin(self, message: Message) -> None:
        said: Headers = list(message["headers"])
        self.status = message["status"]
        if self.status == HTTPStatus.METHOD_NOT_ALLOWED:
            said = with_every_method(said)
            if self.method == "OPTIONS":
                self.status = HTTPStatus.NO_CONTENT
                said = [(name, value) for name, value in said if name == b"allow"]
                said += PREFLIGHT if is_read_by_everybody(self.path) else []
        await self._send({**message, "status": self.status, "headers": self._completed(said)})
        if self.method == "HEAD" or (self.method == "OPTIONS" and self.status == HTTPStatus.NO_CONTENT):
            self._ended = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def _completed(self, said: Headers) -> Headers:
        names = {name for name, _ in said}
        said += [header for header in self.headers if header[0] not in names]
        if b"access-control-allow-origin" in names:
            said += EVERYBODYS
        elif self.status >= HTTPStatus.BAD_REQUEST and is_read_by_everybody(self.path):
            said += [ANY_ORIGIN, *EVERYBODYS]
        else:
            said.append(OURS)
        return said

    def heard(self, receive: Receive) -> Receive:
        """Return what is received of the caller, who is gone once the head of an answer was all that they asked for."""
        if self.method != "HEAD":
            return receive

        async def unless_ended() -> Message:
            return {"type": "http.disconnect"} if self._ended else await receive()

        return unless_ended


def headers_of(settings: Settings) -> Headers:
    """Return the headers that every answer of this installation has; it is kept by nobody unless it says so itself."""
    wanted = PRODUCTION_HEADERS if settings.env is Environment.PRODUCTION else HEADERS
    return [
        (b"cache-control", b"no-store"),
        *((name.lower().encode(), value.encode()) for name, value in wanted.items()),
    ]


def with_every_method(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return headers whose `allow` also names what every address takes here."""
    said = dict(headers)
    methods = [one.strip() for one in said.get(b"allow", b"").split(b",") if one.strip()]
    more = ([b"HEAD"] if b"GET" in methods else []) + [b"OPTIONS"]
    return [*{**said, b"allow": b", ".join([*methods, *(one for one in more if one not in methods)])}.items()]


def is_read_by_everybody(path: str) -> bool:
    """Whether pages of any origin may read what is at an address."""
    return path.startswith(READ_BY_EVERYBODY) or OF_AGENCY.match(path) is not None


async def departure(receive: Receive) -> None:
    """Wait until the caller is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
