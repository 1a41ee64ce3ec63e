"""The gateway, put together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

import gateway
from gateway import health
from gateway.database import open_engine
from gateway.edge import Edge
from gateway.feed import api as feed
from gateway.portal import pages as portal
from gateway.proxy import Proxy, doors
from shared.bodies import limit_bodies
from shared.bus.connect import connect
from shared.errors import answer_with_problems
from shared.policy import Policy
from shared.settings import Settings

PATIENCE = 30.0


def create_gateway(settings: Settings, *, patience: float = PATIENCE) -> FastAPI:
    """Return the gateway's application; it opens its database and its connections when it starts.

    Args:
        settings: `services` says where the services are; one that is missing there is answered for as away.
        patience: seconds to wait for a service's next byte.

    Raises:
        WrongPackError: a policy pack does not hold up.
    """
    app = Edge(
        title="Accord",
        description=gateway.__doc__ or "",
        telemetry={"logs": False, "operation_spans": False},
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        lifespan=_lifespan(settings, patience),
    )
    app.state.policy = Policy.read(settings.policy)
    app.state.settings = settings
    answer_with_problems(app)
    limit_bodies(app, settings.max_body_size)
    for router in (feed.router, portal.router, doors(), health.router):
        app.include_router(router)
    return app


def _lifespan(settings: Settings, patience: float) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.engine = open_engine(settings)
        app.state.bus = connect(settings)
        app.state.proxy = Proxy(settings.services, patience)
        yield
        await app.state.proxy.close()
        app.state.bus.close()
        await app.state.engine.dispose()

    return lifespan
