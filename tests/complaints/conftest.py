"""The complaints service, running, and the people who take a complaint through it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from shared.actors import Role
from tests.make import make_classification, make_filing, make_findings
from tests.rooms import House, Person

COMPLAINTS = "/agencies/rivertown/complaints"


@pytest.fixture(scope="session")
def complaints(house: House) -> Iterator[TestClient]:
    """Yield a client of the complaints service."""
    with house.service("complaints") as client:
        yield client


@dataclass
class Desk:
    """The unit: one person per role, and the steps as they take them."""

    client: TestClient
    house: House
    intake: Person
    commander: Person
    investigator: Person
    adjudicator: Person
    officer_id: UUID

    def post(self, complaint: dict[str, Any], step: str, by: Person, body: dict[str, Any]) -> dict[str, Any]:
        """Take one step and return the complaint after it."""
        answer = self.client.post(f"{COMPLAINTS}/{complaint['id']}/{step}", json=body, headers=dict(by.headers))
        assert answer.status_code == 200, answer.text
        after: dict[str, Any] = answer.json()
        return after

    def filed(self) -> dict[str, Any]:
        """Return a complaint that was just filed."""
        answer = self.client.post(COMPLAINTS, json=make_filing())
        assert answer.status_code == 201, answer.text
        filed: dict[str, Any] = answer.json()
        return filed

    def classified(self) -> dict[str, Any]:
        """Return a complaint with one allegation of force against the officer."""
        return self.post(self.filed(), "classification", self.intake, make_classification(self.officer_id))

    def assigned(self) -> dict[str, Any]:
        """Return a complaint that is being investigated."""
        body = {"investigator_id": str(self.investigator.id)}
        return self.post(self.classified(), "assignment", self.commander, body)

    def submitted(self) -> dict[str, Any]:
        """Return a complaint whose investigation is to be reviewed."""
        complaint = self.assigned()
        return self.post(complaint, "investigation", self.investigator, make_findings(complaint))

    def reviewed(self) -> dict[str, Any]:
        """Return a complaint that is to be decided."""
        complaint = self.submitted()
        return self.post(complaint, "review", self.commander, make_findings(complaint))

    def decided(self, finding: str = "sustained") -> dict[str, Any]:
        """Return a decided complaint."""
        complaint = self.reviewed()
        return self.post(complaint, "decision", self.adjudicator, make_findings(complaint, finding))


def ask(desk: Desk, complaint: dict[str, Any], step: str, by: Person, /, **body: Any) -> tuple[int, Any]:
    """Take a step that may be refused, and return status and answer."""
    answer = desk.client.post(f"{COMPLAINTS}/{complaint['id']}/{step}", json=body, headers=dict(by.headers))
    return answer.status_code, answer.json()


def new_desk(house: House, client: TestClient) -> Desk:
    """Return a unit of people who have not met a case yet."""
    return Desk(
        client=client,
        house=house,
        intake=house.person(Role.INTAKE),
        commander=house.person(Role.COMMANDER),
        investigator=house.person(Role.INVESTIGATOR),
        adjudicator=house.person(Role.ADJUDICATOR),
        officer_id=uuid4(),
    )


@pytest.fixture
def desk(house: House, complaints: TestClient) -> Desk:
    """Return a unit of people at the complaints service."""
    return new_desk(house, complaints)
