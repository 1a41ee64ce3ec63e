"""The gateway, running."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import make_url

from gateway.feed.consumers import append, feed_reader
from gateway.main import create_gateway
from gateway.proxy import DOORS
from shared.bus import Record
from shared.bus.connect import connect
from shared.db import Database
from shared.events.envelope import Envelope
from shared.occasion import Occasion
from tests.gateway.servers import serving
from tests.rooms import House


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

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Return what the owner of the tables reads."""
        with self._as_owner() as connection:
            return connection.execute(question).fetchall()

    def empty(self) -> None:
        """Forget everything, as nobody but the owner of the tables can."""
        with self._as_owner() as connection:
            connection.execute("truncate entry, inbox, dead_letter")
            connection.execute("update feed_head set next_index = 0")

    def _as_owner(self) -> psycopg.Connection:
        owner = make_url(self.settings.postgres_owner).set(drivername="postgresql", database="accord_gateway")
        return psycopg.connect(owner.render_as_string(hide_password=False))


@pytest.fixture
def feed(house: House) -> Iterator[Feed]:
    """Yield an empty feed; what other tests have published is behind it."""
    with house.database("gateway") as database:
        feed = Feed(house, database)
        feed.tell()
        feed.empty()
        yield feed
        feed.bus.close()


@pytest.fixture(scope="session")
def public(house: House) -> Iterator[TestClient]:
    """Yield a client of the gateway for what the public reads."""
    with TestClient(create_gateway(house.settings), raise_server_exceptions=False) as client:
        yield client


OpenGateway = Callable[..., str]


@pytest.fixture
def open_gateway(house: House) -> Iterator[OpenGateway]:
    """Serve gateways before one address for all services; returns their base URLs."""
    with ExitStack() as stack:

        def serve(address: str, patience: float = 20.0, **over: Any) -> str:
            services = dict.fromkeys(DOORS.values(), address) if address else {}
            settings = house.settings.model_copy(update={"services": services, **over})
            return stack.enter_context(serving(create_gateway(settings, patience=patience)))

        yield serve
