"""How large a request may be: one limit for an application, answered with a problem document."""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import too_large


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
                refused = message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
                if refused:
                    await too_large(self.largest)(scope, receive, send)
            if not refused:
                await send(message)

        await self.app(scope, receive, answered)


def limit_bodies(app: FastAPI, largest: int) -> None:
    """Refuse request bodies of more than `largest` bytes, announced or not, before anything is done about them."""
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=largest)
    app.add_middleware(LargeBodyProblem, largest=largest)
