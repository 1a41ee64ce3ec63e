"""The gateway, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import gateway
from gateway import health
from gateway.database import open_engine
from gateway.doorway import doorway
from gateway.edge import Edge
from gateway.feed import api as feed
from gateway.feed import pipeline, stream
from gateway.feed.shelf import Keeping, Shelf
from gateway.feed.watch import Watch
from gateway.log import api as log
from gateway.log.queries import witnesses_of
from gateway.portal import depositing, forms, people, recommendations
from gateway.portal import pages as portal
from gateway.portal.refusals import answer_with_pages
from gateway.proxy import Proxy
from gateway.reference import pages as reference
from gateway.statistics import api as statistics
from gateway.statistics import published
from shared.bodies import limit_bodies
from shared.bus.connect import connect
from shared.errors import answer_with_problems
from shared.policy import Policy
from shared.settings import Settings

PATIENCE = 30.0
ROUTERS = (
    stream.router,
    pipeline.router,
    feed.router,
    log.router,
    published.router,
    statistics.router,
    portal.router,
    recommendations.router,
    people.router,
    forms.router,
    reference.router,
    health.router,
)
"""Of the gateway's own; what a service documents is answered before them."""


def create_gateway(settings: Settings, *, patience: float = PATIENCE) -> Edge:
    """Return the gateway's application; it opens its database and its connections when it starts.

    Args:
        settings: `services` says where the services are; what they can be asked, they document themselves.
        patience: seconds to wait for a service's next byte.

    Raises:
        WrongPackError: a policy pack does not hold up.
    """
    app = Edge(
        settings,
        title="Accord",
        description=gateway.__doc__ or "",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(settings, patience),
    )
    app.state.policy = Policy.read(settings.policy)
    app.state.witnesses = witnesses_of(settings.log_witnesses.split())
    answer_with_problems(app)
    answer_with_pages(app)
    limit_bodies(app, settings.max_body_size)
    shelf = Shelf(app.state)
    app.fronts = (shelf,)
    app.add_middleware(Keeping, shelf=shelf)
    app.include_router(depositing.router, max_body_size=depositing.COUNTED_HERE)
    for router in ROUTERS:
        app.include_router(router)
    return app


def _lifespan(settings: Settings, patience: float) -> Callable[[Edge], Any]:
    @asynccontextmanager
    async def lifespan(app: Edge) -> AsyncIterator[None]:
        app.state.engine = open_engine(settings)
        app.state.bus = connect(settings)
        app.state.proxy = Proxy(settings.services, patience)
        app.state.watch = Watch(app.state.engine, settings.postgres, app.state.policy)
        watching = asyncio.create_task(app.state.watch.run())
        async with doorway(app):
            yield
        watching.cancel()
        await asyncio.wait([watching])
        await app.state.proxy.close()
        app.state.bus.close()
        await app.state.engine.dispose()

    return lifespan
