"""PostgreSQL: one transaction per request, walled by agency, committed before the response leaves."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated

import anyio
from fastapi import Depends, Request
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session, sessionmaker

from shared.actors import Actor
from shared.errors import Away, Malformed
from shared.idempotency import refuse_or_replay
from shared.occasion import Occasion, occasion
from shared.telemetry import correlation

APPLICATION = "accord_app"
"""The role that services connect as: it owns nothing and cannot step over a wall."""

LEASE_SECONDS = 30
"""How long a transaction may stand still before PostgreSQL ends it and frees what it holds: a relay's lease of a shard,
and longer than any adapter of the bus takes to publish or give up."""

CONNECT = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "tcp_user_timeout": 20_000,
    "options": f"-c idle_in_transaction_session_timeout={LEASE_SECONDS}s -c lock_timeout=10s -c statement_timeout=60s",
}
"""How long anything may wait: for a server that does not answer, for a lost host, for another transaction that stands
still, for a lock, for a statement. Without these one frozen process would stop its agency's filing for good."""


LONGEST_WAIT = 10.0
"""Seconds that a request waits for its turn."""
SPARE = 2
"""Connections that no request takes, so that readiness can be told under load."""


def database_url(server: str, service: str) -> URL:
    """Return the URL of a service's own database on `server`."""
    return make_url(server).set(drivername="postgresql+psycopg", database=f"accord_{service}")


class Database:
    """A service's own database, as the role that owns nothing."""

    def __init__(self, server: str, service: str, *, connections: int = 12) -> None:
        self.service = service
        url = database_url(server, service)
        self.connections = connections
        self.engine = create_engine(
            url, pool_size=connections, max_overflow=0, pool_pre_ping=True, connect_args=CONNECT
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self, told: Occasion) -> Iterator[Session]:
        """Commit everything in the block together at its end, or nothing; only the occasion's agency is seen."""
        with self._sessions(info={"occasion": told}) as session, session.begin():
            see_agency(session, told.agency)
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def turn_to(session: Session, told: Occasion) -> None:
    """Go on in the same transaction on another occasion, perhaps of another agency."""
    before = occasion(session)
    session.info["occasion"] = told
    if told.agency != before.agency:
        session.flush()
        see_agency(session, told.agency)


def see_agency(session: Session, agency: str) -> None:
    """Let the transaction see the rows of one agency, until its end or until it sees another."""
    session.execute(text("select set_config('accord.agency', :agency, true)"), {"agency": agency})


async def turn(request: Request) -> AsyncIterator[None]:
    """Wait for a connection without holding a thread.

    Whoever holds a connection needs a thread to go on; were the others to wait in threads, nobody could.

    Raises:
        Away: too many are waiting.
    """
    turns: anyio.Semaphore = request.app.state.turns
    try:
        with anyio.fail_after(LONGEST_WAIT):
            await turns.acquire()
    except TimeoutError:
        raise Away("Too many requests are being dealt with; nothing was stored. Try again in a few seconds.") from None
    try:
        yield
    finally:
        turns.release()


Turn = Annotated[None, Depends(turn, scope="function")]
"""One of as many requests as there are connections."""


def transaction(request: Request, _: Turn) -> Iterator[Session]:
    """Open the request's transaction; it commits when the endpoint has returned, before the response is sent."""
    database: Database = request.app.state.database
    actor: Actor = request.state.actor
    told = Occasion(
        service=database.service,
        agency=request.path_params.get("agency", ""),
        correlation=correlation(),
        if_match=_version_read(request.headers.get("if-match", "*")),
    )
    with database.transaction(told) as session:
        refuse_or_replay(session, request, caller=f"{actor.id} {told.agency}")
        request.state.session = session
        yield session


ETAG = re.compile(r'(?:W/)?"([0-9]{1,18})"', re.ASCII)


def _version_read(if_match: str) -> int | None:
    if if_match.strip() == "*":
        return None
    etag = ETAG.fullmatch(if_match.strip())
    if etag is None:
        raise Malformed('If-Match takes the ETag of the case as you read it, for example "3".')
    return int(etag[1])


Tx = Annotated[Session, Depends(transaction, scope="function")]
"""The request's transaction. Without the function scope the response would leave before the commit."""
