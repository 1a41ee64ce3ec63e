"""PostgreSQL: one transaction per request, walled by agency, committed before the response leaves."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Request, Response
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from shared.actors import Actor
from shared.errors import Away, Malformed
from shared.idempotency import belongs_to, remember
from shared.occasion import Occasion, noted_version, occasion
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


SEE = text("select set_config('accord.agency', :agency, true)")

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
        event.listen(self._sessions, "after_begin", _see_own_agency)

    @contextmanager
    def transaction(self, told: Occasion) -> Iterator[Session]:
        """Commit everything in the block together at its end, or nothing; only the occasion's agency is seen.

        A connection is taken with the first statement.
        """
        with self._sessions(info={"occasion": told}) as session, session.begin():
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


def see_agency(connection: Session | Connection, agency: str) -> None:
    """Let the transaction see the rows of one agency, until its end or until it sees another."""
    connection.execute(SEE, {"agency": agency})


def _see_own_agency(session: Session, _: SessionTransaction, connection: Connection) -> None:
    """Begin every transaction behind the walls of its agency."""
    see_agency(connection, occasion(session).agency)


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


T = TypeVar("T")

Turn = Annotated[None, Depends(turn, scope="function")]
"""One of as many requests as there are connections."""


async def first_ask(request: Request, question: Callable[[Session], T]) -> T:
    """Answer a question in a transaction of its own, before the request's begins.

    For a request whose body is so large that it is only waited for when the question is answered well.

    Raises:
        Away: too many are waiting.
    """
    database: Database = request.app.state.database
    agency = request.path_params.get("agency", "")

    def answered() -> T:
        with database.transaction(Occasion(database.service, agency, correlation())) as session:
            return question(session)

    async with asynccontextmanager(turn)(request):
        return await anyio.to_thread.run_sync(answered)


async def transaction(request: Request, _: Turn) -> AsyncIterator[Session]:
    """Open the request's transaction; it commits when the endpoint has returned, before the response is sent.

    Here nothing is asked of the database, for which the loop would have to wait: that begins in the endpoint's thread.
    """
    database: Database = request.app.state.database
    actor: Actor = request.state.actor
    told = Occasion(
        service=database.service,
        agency=request.path_params.get("agency", ""),
        correlation=correlation(),
        if_match=_version_read(request.headers.get("if-match", "*")),
    )
    work = ExitStack()
    session = work.enter_context(database.transaction(told))
    belongs_to(session, request, caller=f"{actor.id} {told.agency}")
    try:
        yield session
    except BaseException as fault:
        await _in_a_thread(work.__exit__, type(fault), fault, fault.__traceback__)
        raise
    await _in_a_thread(_settle, work, session, getattr(request.state, "answer", None))


def _settle(work: ExitStack, session: Session, answer: Response | None) -> None:
    """Give the answer the ETag of its case, keep it for a repeated request, and commit."""
    with work:
        if answer is None:
            return
        version = noted_version(session)
        if version is not None:
            answer.headers["ETag"] = f'"{version}"'
        remember(session, answer)


async def _in_a_thread(call: Callable[..., object], *given: object) -> None:
    """Run this in a thread, whatever the others wait for and whoever gave up: it is what gives a connection back."""
    with anyio.CancelScope(shield=True):
        await anyio.to_thread.run_sync(call, *given, limiter=anyio.CapacityLimiter(1))


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
