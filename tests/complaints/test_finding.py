"""Complaints are found by everything staff know of them, and by nobody who may not see them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from shared.actors import Role
from shared.db import see_agency
from shared.policy import Policy
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.make import AGENCY, make_classification, make_filing
from tests.rooms import Person

TODAY = Policy.read().agencies["rivertown"].today(datetime.now(UTC))


def found(desk: Desk, by: Person | None = None, **wanted: Any) -> list[str]:
    """Return the ids of the complaints that are found, in the order of the list, over all its pages."""
    ids: list[str] = []
    query: dict[str, Any] = {"limit": 2, **wanted}
    while True:
        answer = desk.client.get(COMPLAINTS, params=query, headers=dict((by or desk.commander).headers))
        assert answer.status_code == 200, answer.text
        page = answer.json()
        ids += [line["id"] for line in page["complaints"]]
        if page["next"] is None:
            return ids
        query["after"] = page["next"]


def refused(desk: Desk, **wanted: Any) -> tuple[int, str]:
    answer = desk.client.get(COMPLAINTS, params=wanted, headers=dict(desk.commander.headers))
    return answer.status_code, answer.json()["detail"]


def filed(desk: Desk, **over: Any) -> dict[str, Any]:
    answer = desk.client.post(COMPLAINTS, json=make_filing(**over))
    assert answer.status_code == 201, answer.text
    complaint: dict[str, Any] = answer.json()
    return complaint


def word() -> str:
    """Return a word that no other complaint has."""
    return f"word{uuid4().hex}"


def audited(desk: Desk, deed: str, by: Person) -> list[str]:
    """Return what the audit keeps of somebody's deeds of this kind."""
    query = text("select why from audit where deed = :deed and actor_id = :actor order by id")
    with desk.house.database("complaints") as database, database.engine.begin() as connection:
        see_agency(connection, AGENCY)
        return [row.why for row in connection.execute(query, {"deed": deed, "actor": by.id})]


def test_a_complaint_is_found_by_its_number(desk: Desk) -> None:
    complaint = desk.filed()

    assert found(desk, number=complaint["number"]) == [complaint["id"]]
    assert found(desk, number="C1999-000001") == []


def test_complaints_are_found_by_an_accused_officer_and_their_category(desk: Desk) -> None:
    complaints = [desk.classified()["id"] for _ in range(3)]
    officer = str(desk.officer_id)

    assert found(desk, officer=officer) == complaints[::-1]
    assert found(desk, officer=officer, category="force") == complaints[::-1]
    assert found(desk, officer=officer, category="discourtesy") == []


def test_complaints_are_found_by_state_and_by_investigator(desk: Desk) -> None:
    assigned, submitted = desk.assigned(), desk.submitted()
    investigator = str(desk.investigator.id)

    assert found(desk, investigator=investigator) == [submitted["id"], assigned["id"]]
    assert found(desk, investigator=investigator, state="investigating") == [assigned["id"]]
    assert found(desk, investigator=investigator, state="under review") == [submitted["id"]]


def test_complaints_are_found_by_the_days_on_which_they_were_received(desk: Desk) -> None:
    complaint, officer = desk.classified()["id"], str(desk.officer_id)
    tomorrow = TODAY + timedelta(days=1)

    assert found(desk, officer=officer, received_from=TODAY, received_until=TODAY) == [complaint]
    assert found(desk, officer=officer, received_from=tomorrow) == []
    assert found(desk, officer=officer, received_until=TODAY - timedelta(days=1)) == []


def test_words_of_narrative_and_place_are_found_as_they_are_written(desk: Desk) -> None:
    rare = word()
    first = filed(desk, narrative=f"Él golpeó a {rare.upper()}, junto al río.")["id"]
    second = filed(desk, place=f"{rare} Ave / Cedar St")["id"]

    assert found(desk, text=rare) == [second, first]
    assert found(desk, text=f"{rare} río") == [first]
    assert found(desk, text=f'"cedar st" {rare}') == [second]
    assert found(desk, text=f"{rare} -cedar") == [first]
    assert found(desk, text=f"{rare} cedars") == []
    assert found(desk, text=word()) == []


@pytest.mark.parametrize("sought", ["drop' table", 'an "open quote', "-", "& | !", "a:*b", "x" * 200])
def test_no_text_is_a_fault(desk: Desk, sought: str) -> None:
    answer = desk.client.get(COMPLAINTS, params={"text": sought}, headers=dict(desk.commander.headers))

    assert answer.status_code in (200, 422), answer.text


def test_pages_stay_true_while_complaints_come_in(desk: Desk) -> None:
    rare = word()
    before = [filed(desk, narrative=rare)["id"] for _ in range(5)]
    headers = dict(desk.commander.headers)

    seen: list[str] = []
    query: dict[str, Any] = {"text": rare, "limit": 2}
    while "after" not in query or query["after"]:
        page = desk.client.get(COMPLAINTS, params=query, headers=headers).json()
        seen += [line["id"] for line in page["complaints"]]
        query["after"] = page["next"]
        filed(desk, narrative=rare)

    assert seen == before[::-1]


REFUSALS: Mapping[str, tuple[dict[str, str], str]] = {
    "a number": ({"number": "17"}, "number is not written as it should be: a case number, such as C2026-000123."),
    "an officer": ({"officer": "Smith"}, "officer takes an id (a UUID); a case number is not one."),
    "a day": ({"received_from": "yesterday"}, "received_from takes a date such as 2026-11-23."),
    "days": (
        {"received_from": "2026-03-02", "received_until": "2026-03-01"},
        "received_from is 2026-03-02, which is after received_until, 2026-03-01.",
    ),
    "a category": ({"category": "sorcery"}, "The category 'sorcery' is not known; there is force, "),
    "a state": ({"state": "lost"}, "state: Input should be 'received', 'classified', "),
    "text": ({"text": "?!"}, "The text '?!' has no word that could be looked for."),
    "a question": ({"race": "any"}, "The query parameter 'race' is not known here; leave it out."),
    "a cursor": ({"after": "%%%"}, "This cursor is not one that a list gave you; begin again without it."),
    "another list's cursor": (
        {"after": "WyIyMDI2LTExLTIwVDAwOjAwOjAwKzAwOjAwIiwgIngiXQ=="},
        "This cursor is not one that a list gave you; begin again without it.",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_looked_for_is_a_sentence(desk: Desk, name: str) -> None:
    wanted, sentence = REFUSALS[name]

    status, detail = refused(desk, **wanted)

    assert status == 422
    assert detail.startswith(sentence)


def test_an_investigator_finds_only_the_assigned_complaints(desk: Desk) -> None:
    rare = word()
    complaint = filed(desk, narrative=rare)
    desk.post(complaint, "classification", desk.intake, make_classification(desk.officer_id))
    filed(desk, narrative=rare)
    body = {"investigator_id": str(desk.investigator.id)}
    desk.post(complaint, "assignment", desk.commander, body)

    assert found(desk, desk.investigator, text=rare) == [complaint["id"]]
    assert len(found(desk, text=rare)) == 2


def test_the_accused_find_nothing_about_themselves(desk: Desk) -> None:
    complaint = desk.classified()
    accused = desk.house.person(Role.COMMANDER, id=desk.officer_id)

    assert found(desk, accused, officer=str(desk.officer_id)) == []
    assert found(desk, accused, number=complaint["number"]) == []


def test_no_agency_finds_the_words_of_another(desk: Desk) -> None:
    rare = word()
    theirs = desk.client.post("/agencies/lansing-mi/complaints", json=make_filing(narrative=rare)).json()["id"]
    ours = filed(desk, narrative=rare)["id"]

    assert found(desk, text=rare) == [ours]
    both = desk.house.person(Role.COMMANDER, agencies=("lansing-mi",))
    page = desk.client.get("/agencies/lansing-mi/complaints", params={"text": rare}, headers=dict(both.headers)).json()
    assert [line["id"] for line in page["complaints"]] == [theirs]


def test_what_was_looked_for_is_in_the_audit(desk: Desk) -> None:
    auditor = desk.house.person(Role.AUDITOR)

    found(desk, auditor, state="closed", officer=str(desk.officer_id))
    found(desk, auditor, number="C1999-000001", overdue=True)

    kept = audited(desk, "list complaints", auditor)
    assert kept == [f"state closed, officer {desk.officer_id}", "number C1999-000001, overdue true"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.OVERSIGHT, Role.FACILITATOR])
def test_others_have_no_lists(desk: Desk, role: Role) -> None:
    answer = desk.client.get(COMPLAINTS, headers=dict(desk.house.person(role).headers))

    assert answer.status_code == 403
