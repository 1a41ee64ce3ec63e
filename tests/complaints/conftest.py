"""The complaints service, running."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.rooms import House


@pytest.fixture(scope="session")
def complaints(house: House) -> Iterator[TestClient]:
    """Yield a client of the complaints service."""
    with house.service("complaints") as client:
        yield client
