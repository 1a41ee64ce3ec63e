"""The discipline service, running, and the people in it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from shared.actors import Role
from tests.discipline.bench import Bench
from tests.rooms import House


@pytest.fixture(scope="session")
def discipline(house: House) -> Iterator[TestClient]:
    """Yield a client of the discipline service."""
    with house.service("discipline") as client:
        yield client


@pytest.fixture
def bench(house: House, discipline: TestClient) -> Bench:
    """Return people who have not met a case yet."""
    return Bench(
        client=discipline,
        house=house,
        officer=house.person(Role.OFFICER),
        commander=house.person(Role.COMMANDER),
        adjudicator=house.person(Role.ADJUDICATOR),
        second=house.person(Role.ADJUDICATOR),
        records=house.person(Role.RECORDS),
        supervisor=house.person(Role.SUPERVISOR),
    )
