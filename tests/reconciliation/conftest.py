"""The reconciliation service, running, and a desk with new people for every test."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.reconciliation.make import Desk
from tests.rooms import House


@pytest.fixture(scope="session")
def reconciliation(house: House) -> Iterator[TestClient]:
    """Yield a client of the reconciliation service."""
    with house.service("reconciliation") as client:
        yield client


@pytest.fixture
def desk(house: House, reconciliation: TestClient) -> Desk:
    """Return a desk with new people."""
    return Desk.staffed(house, reconciliation)
