"""The complaints service as an example of a running service, and a database for what runs beside one."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from shared.bus.connect import connect
from shared.migrations.run import create_role_and_databases, migrate
from tests.rooms import House
from tests.shared.plumbing import Plumbing


@pytest.fixture(scope="session")
def service(house: House) -> Iterator[TestClient]:
    """Yield a client of a running service."""
    with house.service("complaints") as client:
        yield client


@pytest.fixture
def plumbing(house: House) -> Iterator[Plumbing]:
    """Yield a database that has nothing but what every service's database has."""
    create_role_and_databases(house.settings.postgres_owner, house.settings.postgres, ("plumbing",))
    migrate(house.settings.postgres_owner, "plumbing", ())
    bus = connect(house.settings)
    with house.database("plumbing") as database:
        yield Plumbing(database, bus)
    bus.close()
