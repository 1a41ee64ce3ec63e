"""How large a request may be: one limit for an application, answered with a problem document.

A router that takes files is included with a limit of its own, which then counts instead.
"""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY, RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import language_in, too_large


class LargeBodyProblem:
    """Turns the limiter's plain refusal into a problem document."""

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, except a refusal for size."""
        refused = False

        async def answered(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                refused = is_plain_refusal(message)
                if refused:
                    largest = scope.get(MAX_BODY_SIZE_SCOPE_KEY, self.largest)
                    await too_large(largest, language_in(scope))(scope, receive, send)
            if not refused:
                await send(message)

        await self.app(scope, receive, answered)


def is_plain_refusal(start: Message) -> bool:
    """Whether an answer refuses a body for its size and does not say so in a problem document already."""
    told = Headers(raw=start["headers"]).get("content-type") == "application/problem+json"
    return start["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and not told


def limit_bodies(app: FastAPI, largest: int) -> None:
    """Refuse request bodies of more than `largest` bytes, announced or not, before anything is done about them."""
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=largest)
    app.add_middleware(LargeBodyProblem, largest=largest)
