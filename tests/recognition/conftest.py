"""The recognition service, running, and the people in it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from shared.actors import Role
from tests.recognition.hall import Hall
from tests.rooms import House


@pytest.fixture(scope="session")
def recognition(house: House) -> Iterator[TestClient]:
    """Yield a client of the recognition service."""
    with house.service("recognition") as client:
        yield client


@pytest.fixture
def hall(house: House, recognition: TestClient) -> Hall:
    """Return people who have not met a nomination yet."""
    return Hall(
        client=recognition,
        house=house,
        nominator=house.person(Role.OFFICER),
        supervisor=house.person(Role.SUPERVISOR),
        records=house.person(Role.RECORDS),
        board=[house.person(Role.AWARD_BOARD) for _ in range(7)],
        chief=house.person(Role.ADJUDICATOR),
    )
