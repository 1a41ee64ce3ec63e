"""The complaints service as an example of a running service."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.rooms import House


@pytest.fixture(scope="session")
def service(house: House) -> Iterator[TestClient]:
    """Yield a client of a running service."""
    with house.service("complaints") as client:
        yield client
