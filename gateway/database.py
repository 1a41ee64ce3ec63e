"""The gateway's own database, read without blocking the loop; `gateway.feed.consumers` writes it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from shared.db import CONNECT, database_url
from shared.migrations.state import is_up_to_date
from shared.settings import Settings

NAME = "gateway"
MIGRATIONS = Path(__file__).parent / "migrations"
CONNECTIONS = 10


def open_engine(settings: Settings) -> AsyncEngine:
    """Return the gateway's database as the role that owns nothing; connections are opened at first use."""
    return create_async_engine(
        database_url(settings.postgres, NAME), pool_size=CONNECTIONS, max_overflow=0, connect_args=CONNECT
    )


async def condition(engine: AsyncEngine) -> str:
    """Return "reachable", or "not migrated", or "away"."""
    try:
        async with engine.connect() as connection:
            migrated = await connection.run_sync(is_up_to_date, MIGRATIONS)
    except OperationalError:
        return "away"
    return "reachable" if migrated else "not migrated"


async def reading(request: Request) -> AsyncIterator[AsyncSession]:
    """Open a session that reads, and ends with the request."""
    async with AsyncSession(request.app.state.engine) as session:
        yield session


Reading = Annotated[AsyncSession, Depends(reading, scope="function")]
"""The request's session, for reading. It is given back before the answer is sent to a slow reader."""
