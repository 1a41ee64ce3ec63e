"""What an officer was accused of is seen by those who judge and keep records, and by no officer of themselves."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.actors import Role
from shared.policy import Policy
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.test_finding import audited
from tests.make import make_classification
from tests.rooms import Person

TODAY = str(Policy.read().agencies["rivertown"].today(datetime.now(UTC)))


def history(desk: Desk, by: Person, officer_id: UUID | None = None, **page: Any) -> dict[str, Any]:
    path = f"{COMPLAINTS}/officers/{officer_id or desk.officer_id}/history"
    answer = desk.client.get(path, params=page, headers=dict(by.headers))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def legacy(desk: Desk, **over: Any) -> dict[str, Any]:
    """Return a legacy record against the officer, entered."""
    found = {"finding": "exonerated", "found_on": "2019-06-20", "officer_id": str(desk.officer_id)}
    record = {
        "legacy_id": f"old {uuid4()}",
        "received_on": "2019-05-04",
        "closed_on": "2019-07-01",
        "allegations": [{"category": "discourtesy", **found}, {"category": "force", "finding": "unfounded"}],
        **over,
    }
    headers = dict(desk.house.person(Role.RECORDS).headers)
    answer = desk.client.post(f"{COMPLAINTS}/legacy", json=record, headers=headers)
    assert answer.status_code == 201, answer.text
    entered: dict[str, Any] = answer.json()
    return entered


def test_a_history_tells_every_allegation_with_its_finding_and_its_days(desk: Desk) -> None:
    old, decided, begun = legacy(desk), desk.decided("sustained"), desk.classified()

    told = history(desk, desk.commander)

    same = {"received_on": TODAY, "incident_on": None, "category": "force", "severity": "high", "closed_on": None}
    assert told["allegations"] == [
        {**case(begun), **same, "finding": None, "found_on": None},
        {**case(decided), **same, "finding": "sustained", "found_on": TODAY},
        {
            **case(old),
            "received_on": "2019-05-04",
            "incident_on": None,
            "category": "discourtesy",
            "severity": "medium",
            "finding": "exonerated",
            "found_on": "2019-06-20",
            "closed_on": "2019-07-01",
        },
    ]
    assert (told["officer_id"], told["next"]) == (str(desk.officer_id), None)


def case(complaint: dict[str, Any]) -> dict[str, Any]:
    return {"complaint_id": complaint["id"], "number": complaint["number"], "state": complaint["state"]}


def test_a_history_goes_page_by_page(desk: Desk) -> None:
    allegation = make_classification(desk.officer_id)["allegations"][0]
    body = make_classification(allegations=[allegation, {**allegation, "category": "discourtesy"}])
    complaints = [desk.post(desk.filed(), "classification", desk.intake, body) for _ in range(3)]

    seen: list[tuple[str, str]] = []
    page: dict[str, Any] = {"limit": 4}
    while "after" not in page or page["after"]:
        told = history(desk, desk.commander, **page)
        seen += [(one["complaint_id"], one["category"]) for one in told["allegations"]]
        page["after"] = told["next"]

    assert [complaint for complaint, _ in seen] == [one["id"] for one in reversed(complaints) for _ in range(2)]
    assert len(set(seen)) == 6


def test_no_officer_looks_over_their_own_history(desk: Desk) -> None:
    desk.classified()
    accused = desk.house.person(Role.COMMANDER, id=desk.officer_id)

    assert history(desk, accused)["allegations"] == []


def test_a_complaint_against_two_is_hidden_from_either(desk: Desk) -> None:
    other = uuid4()
    allegation = make_classification(desk.officer_id)["allegations"][0]
    body = make_classification(allegations=[allegation, {**allegation, "officer_id": str(other)}])
    desk.post(desk.filed(), "classification", desk.intake, body)
    accused = desk.house.person(Role.COMMANDER, id=desk.officer_id)

    assert history(desk, accused, other)["allegations"] == []
    assert len(history(desk, desk.commander, other)["allegations"]) == 1


def test_who_looked_at_whose_history_is_in_the_audit(desk: Desk) -> None:
    history(desk, desk.adjudicator)

    assert audited(desk, "read officer history", desk.adjudicator) == [f"officer {desk.officer_id}"]


@pytest.mark.parametrize("role", [Role.INTAKE, Role.INVESTIGATOR, Role.LIAISON, Role.OFFICER, Role.SUPERVISOR])
def test_others_see_no_history(desk: Desk, role: Role) -> None:
    path = f"{COMPLAINTS}/officers/{desk.officer_id}/history"

    answer = desk.client.get(path, headers=dict(desk.house.person(role).headers))

    assert answer.status_code == 403


def test_an_agency_does_not_see_what_an_officer_did_in_another(desk: Desk) -> None:
    desk.classified()
    theirs = desk.house.person(Role.COMMANDER, agencies=("lansing-mi",))
    path = f"/agencies/lansing-mi/complaints/officers/{desk.officer_id}/history"

    answer = desk.client.get(path, headers=dict(theirs.headers))

    assert answer.json()["allegations"] == []
