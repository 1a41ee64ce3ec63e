"""What holds for every answer that leaves the house, also for refusals and faults."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from shared.settings import Environment, Settings

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Pages of the house run no script, are framed by nobody and send nobody's address on."""

PRODUCTION_HEADERS = {**HEADERS, "Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
"""Two years, as https://hstspreload.org asks; on a developer's machine it would lock out plain HTTP."""


TRACES = frozenset({b"traceparent", b"tracestate", b"baggage"})
"""A trace begins at the edge: a caller's own would tie their cases together, on the public topic too."""


class Edge(FastAPI):
    """An application whose every answer carries the headers of the edge; `state.settings` must be set."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        settings: Settings = self.state.settings

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(message, settings)
            await send(message)

        scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in TRACES]
        await super().__call__(scope, receive, send_with_headers)


def _add_headers(message: Message, settings: Settings) -> None:
    headers = MutableHeaders(scope=message)
    wanted = PRODUCTION_HEADERS if settings.env is Environment.PRODUCTION else HEADERS
    for name, value in wanted.items():
        headers.setdefault(name, value)
