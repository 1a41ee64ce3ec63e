"""How tests speak as whoever complained and as staff."""

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import text

from tests.complaints.conftest import COMPLAINTS, Desk
from tests.make import make_filing, make_findings
from tests.rooms import House, Person, outbox_of

Answer = tuple[int, dict[str, Any]]


def receipt(filed: dict[str, Any]) -> dict[str, str]:
    return {"Receipt-Code": filed["receipt_code"]}


def told(client: TestClient, filed: dict[str, Any], what: str = "", **body: Any) -> Answer:
    """Do what whoever holds the receipt code does; without a body they look."""
    path, headers = f"{COMPLAINTS}/track{what}", receipt(filed)
    answer = client.post(path, json=body, headers=headers) if body else client.get(path, headers=headers)
    return answer.status_code, answer.json()


def staff(desk: Desk, filed: dict[str, Any], by: Person, what: str, body: dict[str, Any] | None = None) -> Answer:
    """Do what staff do; without a body they look."""
    path, headers = f"{COMPLAINTS}/{filed['id']}/{what}", dict(by.headers)
    answer = (
        desk.client.get(path, headers=headers) if body is None else desk.client.post(path, json=body, headers=headers)
    )
    return answer.status_code, answer.json()


def published(desk: Desk, filed: dict[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Return topic and payload of what was published under this name about a complaint."""
    rows = outbox_of(desk.house, "complaints", filed["id"])
    return [(topic, payload) for _, topic, name, payload in rows if name == f"complaint.{kind}.v1"]


def named(desk: Desk, **over: Any) -> dict[str, Any]:
    """Return a complaint of somebody who said how to reach them."""
    complainant = {"name": "Ana Ruiz", "contact": "ana@example.org"}
    answer = desk.client.post(COMPLAINTS, json=make_filing(**{"complainant": complainant, **over}))
    assert answer.status_code == 201, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


def decide(desk: Desk, filed: dict[str, Any], finding: str = "not sustained") -> dict[str, Any]:
    """Take a complaint that was filed to its decision, and return it with its receipt code."""
    officer = {"category": "force", "severity": "high", "officer_id": str(desk.officer_id)}
    classified = {"classification": "misconduct", "track": "full investigation", "allegations": [officer]}
    complaint = desk.post(filed, "classification", desk.intake, classified)
    desk.post(filed, "assignment", desk.commander, {"investigator_id": str(desk.investigator.id)})
    for step, by in (("investigation", desk.investigator), ("review", desk.commander), ("decision", desk.adjudicator)):
        desk.post(filed, step, by, make_findings(complaint, finding))
    return filed


def run(house: House, statement: str, *, at: str = "rivertown", **values: Any) -> Any:
    """Run one statement in the complaints' database as the application's role, and return its rows if any."""
    with house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', :agency, true)"), {"agency": at})
        found = connection.execute(text(statement), values)
        return found.all() if found.returns_rows else []
