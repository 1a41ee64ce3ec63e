"""The gateway, running."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from accord.rooms import SERVICES
from gateway.feed.consumers import append, append_all, feed_reader
from gateway.feed.watch import Watch
from gateway.log.keys import KeyRing
from gateway.log.second_place import FILE
from gateway.log.sequencer import Sequencer
from gateway.main import create_gateway
from shared.bus import Record
from shared.bus.connect import connect
from shared.db import Database, database_url
from shared.events.envelope import Envelope
from shared.occasion import Occasion
from tests.gateway.servers import PATIENCE, serving
from tests.rooms import House


class Reader(TestClient):
    """A client that asks once the gateway has heard of all that was entered, which else takes it milliseconds."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request."""
        engine = create_engine(database_url(self.app.state.settings.postgres, "gateway"), poolclass=NullPool)  # type: ignore[attr-defined]
        watch: Watch = self.app.state.watch  # type: ignore[attr-defined]
        deadline = time.monotonic() + PATIENCE
        with engine.connect() as connection:
            head = tuple(connection.execute(text("select next_index, acts from feed_head")).one())
        while watch.state() != head and time.monotonic() < deadline:
            time.sleep(0.005)
        return super().request(*args, **kwargs)


FORGOTTEN = (
    *("entry", "pending", "inbox", "dead_letter"),
    *("log_node", "log_checkpoint", "log_cosignature", "log_keys", "log_refusal"),
)
"""Tables that are empty where a test begins with an empty feed."""


class Feed:
    """The gateway's database and its reader, for a test that begins with an empty feed."""

    def __init__(self, house: House, database: Database) -> None:
        self.settings = house.settings
        self.database = database
        self.bus = connect(house.settings)
        self.reader = feed_reader(database, self.bus)

    def tell(self, *records: Record) -> None:
        """Publish records and let the reader apply everything that is on the bus."""
        self.bus.publish(records)
        member = self.reader.join()
        while self.reader.read(member, wait=0.3):
            pass
        member.close()

    def append(self, *told: tuple[Envelope, bytes]) -> None:
        """Append entries in one transaction, past the bus."""
        with self.database.transaction(Occasion(service="gateway", agency="")) as session:
            for envelope, value in told:
                append(session, envelope, value)
                session.flush()

    def append_all(self, told: Sequence[tuple[Envelope, bytes]]) -> None:
        """Append entries at once, past the bus."""
        with self.database.transaction(Occasion(service="gateway", agency="")) as session:
            append_all(session, told)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Return what the owner of the tables reads."""
        with self._as_owner() as connection:
            return connection.execute(question).fetchall()

    def empty(self) -> None:
        """Forget everything, as nobody but the owner of the tables can."""
        with self._as_owner() as connection:
            connection.execute(f"truncate {', '.join(FORGOTTEN)}")
            connection.execute("update feed_head set next_index = 0, acts = acts + 1")
            connection.execute("notify feed")
        (self.settings.folder / FILE).unlink(missing_ok=True)

    def uncount(self) -> None:
        """Forget everything that was counted or released, so that it is counted from the beginning."""
        with self._as_owner() as connection:
            connection.execute("truncate figure, counted_case, crossed, released_table, release")
            connection.execute("update counting set next_index = 0, closed_year = 0")

    def sign(self) -> int:
        """Take everything into the log, and return how many entries that were."""
        sequencer = Sequencer.of(self.database, self.settings, KeyRing.of(self.settings))
        return sum(iter(sequencer.advance, 0))

    def change(self, statement: str) -> None:
        """Do what only the owner of the tables can."""
        with self._as_owner() as connection:
            connection.execute(statement)
            connection.execute("update feed_head set acts = acts + 1")
            connection.execute("notify feed")

    def _as_owner(self) -> psycopg.Connection:
        owner = make_url(self.settings.postgres_owner).set(drivername="postgresql", database="accord_gateway")
        return psycopg.connect(owner.render_as_string(hide_password=False))


@pytest.fixture
def feed(house: House) -> Iterator[Feed]:
    """Yield an empty feed; what other tests have published is behind it, and nothing of it is left to them."""
    with house.database("gateway") as database:
        feed = Feed(house, database)
        feed.tell()
        feed.empty()
        yield feed
        feed.empty()
        feed.bus.close()


@pytest.fixture
def counted(feed: Feed) -> Feed:
    """Return an empty feed of which nothing is counted, and nothing is released."""
    feed.uncount()
    return feed


@pytest.fixture(scope="session")
def public(house: House) -> Iterator[TestClient]:
    """Yield a client of the gateway for what the public reads."""
    with Reader(create_gateway(house.settings), raise_server_exceptions=False) as client:
        yield client


OpenGateway = Callable[..., str]


@pytest.fixture
def open_gateway(house: House) -> Iterator[OpenGateway]:
    """Serve gateways before one address for all services; returns their base URLs."""
    with ExitStack() as stack:

        def serve(address: str, patience: float = 20.0, **over: Any) -> str:
            services = dict.fromkeys(SERVICES, address) if address else {}
            settings = house.settings.model_copy(update={"services": services, **over})
            return stack.enter_context(serving(create_gateway(settings, patience=patience)))

        yield serve
