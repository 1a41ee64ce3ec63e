"""One way to make a service's application out of its parts."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from http import HTTPStatus
from inspect import iscoroutinefunction
from typing import Any

import anyio
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from shared import idempotency
from shared.access import reads
from shared.actors import Role
from shared.bodies import limit_bodies
from shared.bus.connect import connect
from shared.db import SPARE, Database
from shared.errors import answer_with_problems, problem
from shared.files import ENVELOPE, Files
from shared.migrations.state import condition
from shared.openapi import DOCUMENT, Described
from shared.policy import Policy
from shared.service import Service
from shared.settings import Settings
from shared.throttling import Guesses
from shared.tokens import Verifier
from shared.vault import Vault

Answer = Callable[[Request], Coroutine[Any, Any, Response]]


class CaseRoute(APIRoute):
    """A route about cases: a repeated request gets its first answer, and the ETag is the case's version."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **named: Any) -> None:  # noqa: ANN401 - the framework's
        super().__init__(path, in_one_thread(endpoint), **named)

    def get_route_handler(self) -> Answer:
        """Return the framework's handler, with the answer noted for its transaction, which is still open then."""
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if request.method == "PATCH" and "if-match" not in request.headers:
                detail = "A change takes If-Match with the ETag of the case as you read it."
                return problem(HTTPStatus.PRECONDITION_REQUIRED, "unconditional", detail)
            await self.note_attempt(request)
            try:
                response = await answer(request)
            except idempotency.AlreadyAnswered as before:
                return before.response
            request.state.answer = response
            return response

        return handle

    async def note_attempt(self, request: Request) -> None:
        """Note whether the request was sent before."""
        await idempotency.note_attempt(request)


class FileRoute(CaseRoute):
    """A route about files, whose bodies are not waited for as a whole."""

    async def note_attempt(self, request: Request) -> None:
        """Leave it to `shared.uploads` to say what the request was; a file that is read is read anew each time."""
        request.state.attempt = None


def in_one_thread(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Return an endpoint that takes one thread for itself and for what goes before it in its transaction.

    Every change of threads has to wait for whoever runs Python just then. The framework would change four times.

    Raises:
        TypeError: the endpoint is a coroutine, which would do its statements in the loop, for which everybody waits.
    """
    if iscoroutinefunction(endpoint):
        if hasattr(endpoint, "__wrapped__"):
            return endpoint  # the framework builds a route anew when its router is included
        raise TypeError(f"{endpoint.__name__} is about a case, so it is written `def`, not `async def`")

    def carried_out(**given: object) -> object:
        for session in given.values():
            if isinstance(session, Session):
                idempotency.refuse_or_replay(session)
        return endpoint(**given)

    @wraps(endpoint)
    async def awaited(**given: object) -> object:
        return await run_in_threadpool(carried_out, **given)

    return awaited


def create_app(service: Service, settings: Settings) -> FastAPI:
    """Return the application of `service`; it opens its database when it starts.

    Raises:
        WrongPackError: a policy pack does not hold up.
    """
    app = Described(
        title=f"Accord {service.name}",
        description=service.about,
        telemetry={"logs": False, "operation_spans": False},
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan(service, settings),
    )
    app.state.policy = Policy.read(settings.policy)
    app.state.settings = settings
    app.state.migrations = service.migrations
    app.state.guesses = Guesses()
    answer_with_problems(app)
    limit_bodies(app, settings.max_body_size)
    for router in (*service.routers, HEALTH, DOCUMENT):
        app.include_router(router)
    for router in service.file_routers:
        app.include_router(router, max_body_size=settings.max_file_size + ENVELOPE)
    return app


def _lifespan(service: Service, settings: Settings) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.verifier = Verifier.of(settings)
        app.state.vault = Vault.of(settings)
        app.state.files = Files.of(settings, service.name)
        app.state.database = database = Database(settings.postgres, service.name)
        app.state.turns = anyio.Semaphore(database.connections - SPARE)
        app.state.bus = connect(settings)
        yield
        app.state.bus.close()
        app.state.database.close()

    return lifespan


HEALTH = APIRouter(prefix="/health", tags=["health"])


@HEALTH.get("/live", dependencies=[reads("whether the process runs", Role.PUBLIC)])
async def live() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "running"}


@HEALTH.get("/ready", dependencies=[reads("whether requests can be served", Role.PUBLIC)])
def ready(request: Request) -> JSONResponse:
    """Say whether the database and the bus can be reached; the bus being away does not stop requests."""
    state = request.app.state
    return readiness(condition(state.database.engine, state.migrations), bus=state.bus.reachable())


def readiness(database: str, *, bus: bool) -> JSONResponse:
    """Return the answer to whoever sends requests here, or waits with them."""
    found = {"database": database, "bus": "reachable" if bus else "away"}
    ready = set(found.values()) == {"reachable"}
    return JSONResponse(found, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)
