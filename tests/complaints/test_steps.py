from typing import Any

import pytest

from shared.actors import Role
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.make import make_classification, make_findings
from tests.rooms import Person, outbox_of


def refusal(desk: Desk, complaint: dict[str, Any], step: str, by: Person, body: dict[str, Any]) -> tuple[int, str]:
    before = outbox_of(desk.house, "complaints", complaint["id"])
    answer = desk.client.post(f"{COMPLAINTS}/{complaint['id']}/{step}", json=body, headers=dict(by.headers))
    assert answer.headers["content-type"] == "application/problem+json"
    assert outbox_of(desk.house, "complaints", complaint["id"]) == before
    return answer.status_code, answer.json()["detail"]


def test_a_sustained_complaint_tells_discipline_the_charges_and_the_public_only_the_counts(desk: Desk) -> None:
    complaint = desk.decided()

    assert complaint["state"] == "decided"
    assert complaint["outcome"] == "sustained"
    public = {
        "findings": [{"category": "force", "finding": "sustained", "count": 1}],
        "outcome": "sustained",
        "days_open": 0,
    }
    charge = {
        "allegation_id": complaint["allegations"][0]["id"],
        "officer_id": str(desk.officer_id),
        "category": "force",
        "severity": "high",
    }
    internal = {**public, "changed": 0, "charges": [charge], "incident_on": None}
    assert outbox_of(desk.house, "complaints", complaint["id"])[-3:] == [
        (6, "accord.complaints", "complaint.decided.v1", internal),
        (6, "accord.oversight", "complaint.decided.v1", {**public, "changed": 0}),
        (6, "accord.public", "complaint.decided.v1", public),
    ]


def test_an_unsustained_complaint_carries_no_charges(desk: Desk) -> None:
    complaint = desk.decided("exonerated")

    payload = outbox_of(desk.house, "complaints", complaint["id"])[-3][3]
    assert payload["charges"] == []
    assert payload["outcome"] == "exonerated"


def test_three_findings_stand_side_by_side(desk: Desk) -> None:
    complaint = desk.submitted()
    complaint = desk.post(complaint, "review", desk.commander, make_findings(complaint, "not sustained"))
    complaint = desk.post(complaint, "decision", desk.adjudicator, make_findings(complaint, "exonerated"))

    allegation = complaint["allegations"][0]
    found = (allegation["recommended"], allegation["reviewed"], allegation["finding"])
    assert found == ("sustained", "not sustained", "exonerated")


def test_whoever_investigated_may_not_decide(desk: Desk) -> None:
    both = desk.house.person(Role.ADJUDICATOR, id=desk.investigator.id)
    complaint = desk.reviewed()

    told = refusal(desk, complaint, "decision", both, make_findings(complaint))

    assert told == (409, "Whoever investigated a complaint may not decide it.")


def test_whoever_reviewed_may_not_decide(desk: Desk) -> None:
    both = desk.house.person(Role.ADJUDICATOR, id=desk.commander.id)
    complaint = desk.reviewed()

    told = refusal(desk, complaint, "decision", both, make_findings(complaint))

    assert told == (409, "Whoever reviewed a complaint may not decide it.")


def test_whoever_investigated_may_not_review(desk: Desk) -> None:
    both = desk.house.person(Role.COMMANDER, id=desk.investigator.id)
    complaint = desk.submitted()

    told = refusal(desk, complaint, "review", both, make_findings(complaint))

    assert told == (409, "Whoever investigated a complaint may not review it.")


def test_a_decision_follows_a_review(desk: Desk) -> None:
    complaint = desk.submitted()

    told = refusal(desk, complaint, "decision", desk.adjudicator, make_findings(complaint))

    assert told == (409, "The investigation has not been reviewed yet.")


def test_whoever_is_accused_cannot_be_assigned(desk: Desk) -> None:
    told = refusal(desk, desk.classified(), "assignment", desk.commander, {"investigator_id": str(desk.officer_id)})

    assert told == (409, "Whoever is accused in a complaint cannot investigate it; assign somebody else.")


def test_the_accused_does_not_learn_that_the_complaint_exists(desk: Desk) -> None:
    accused = desk.house.person(Role.COMMANDER, Role.INTAKE, id=desk.officer_id)
    complaint = desk.classified()

    told = refusal(desk, complaint, "assignment", accused, {"investigator_id": str(desk.investigator.id)})
    listed = desk.client.get(COMPLAINTS, headers=dict(accused.headers)).json()["complaints"]
    read = desk.client.get(f"{COMPLAINTS}/{complaint['id']}", headers=dict(accused.headers))

    assert told == (404, "There is no such complaint here.")
    assert complaint["id"] not in [line["id"] for line in listed]
    assert (read.status_code, read.json()["detail"]) == (404, "There is no such complaint here.")


def test_an_investigator_sees_assigned_complaints_only(desk: Desk) -> None:
    mine, other = desk.assigned(), desk.classified()
    headers = dict(desk.investigator.headers)

    listed = desk.client.get(COMPLAINTS, headers=headers).json()["complaints"]

    assert [line["id"] for line in listed] == [mine["id"]]
    assert desk.client.get(f"{COMPLAINTS}/{mine['id']}", headers=headers).status_code == 200
    assert desk.client.get(f"{COMPLAINTS}/{other['id']}", headers=headers).status_code == 404


def test_only_the_assigned_investigator_submits(desk: Desk) -> None:
    complaint = desk.assigned()
    stranger = desk.house.person(Role.INVESTIGATOR)
    colleague = desk.house.person(Role.INVESTIGATOR, Role.INTAKE)

    unseen = refusal(desk, complaint, "investigation", stranger, make_findings(complaint))
    seen = refusal(desk, complaint, "investigation", colleague, make_findings(complaint))

    assert unseen == (404, "There is no such complaint here.")
    assert seen == (409, "Only the assigned investigator submits the investigation.")


def test_a_step_out_of_order_says_what_can_be_done(desk: Desk) -> None:
    complaint = desk.classified()

    told = refusal(desk, complaint, "classification", desk.intake, make_classification())

    assert told[0] == 409
    assert told[1].startswith("A complaint that is classified cannot be taken through 'classify'; from here: assign")


def test_the_wrong_role_is_told_which_role_it_takes(desk: Desk) -> None:
    told = refusal(desk, desk.filed(), "classification", desk.investigator, make_classification())

    assert told == (403, "This takes one of the roles intake.")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"findings": []}, "findings: List should have at least 1 item"),
        ({"verdict": "guilty"}, "The field 'verdict' is not known here; leave it out."),
    ],
)
def test_findings_that_cannot_be_read_are_refused(desk: Desk, change: dict[str, Any], sentence: str) -> None:
    complaint = desk.assigned()

    status, detail = refusal(
        desk, complaint, "investigation", desk.investigator, {**make_findings(complaint), **change}
    )

    assert status == 422
    assert sentence in detail


def test_every_allegation_needs_its_finding(desk: Desk) -> None:
    complaint = desk.assigned()
    twice = make_findings(complaint)["findings"] * 2
    foreign = make_findings(desk.assigned())

    assert refusal(desk, complaint, "investigation", desk.investigator, {"findings": twice}) == (
        422,
        "An allegation has two findings; give one for each.",
    )
    status, detail = refusal(desk, complaint, "investigation", desk.investigator, foreign)
    assert (status, detail.split(" ", 1)[1]) == (422, "is no allegation of this complaint.")


def test_a_returned_investigation_is_reviewed_anew(desk: Desk) -> None:
    complaint = desk.reviewed()
    complaint = desk.post(complaint, "return", desk.adjudicator, {"because": "The second witness was not heard."})
    assert complaint["state"] == "investigating"
    complaint = desk.post(complaint, "investigation", desk.investigator, make_findings(complaint))

    told = refusal(desk, complaint, "decision", desk.adjudicator, make_findings(complaint))

    assert told == (409, "The investigation has not been reviewed yet.")


def test_whoever_investigated_may_not_judge_after_the_case_has_changed_hands(desk: Desk) -> None:
    first = desk.house.person(Role.ADJUDICATOR, Role.COMMANDER, id=desk.investigator.id)
    complaint = desk.submitted()
    complaint = desk.post(complaint, "return", desk.commander, {"because": "Somebody else should look."})
    second = desk.house.person(Role.INVESTIGATOR)
    desk.post(complaint, "assignment", desk.commander, {"investigator_id": str(second.id), "because": "On leave."})
    complaint = desk.post(complaint, "investigation", second, make_findings(complaint))
    told = refusal(desk, complaint, "review", first, make_findings(complaint))
    assert told == (409, "Whoever investigated a complaint may not review it.")
    complaint = desk.post(complaint, "review", desk.commander, make_findings(complaint))

    told = refusal(desk, complaint, "decision", first, make_findings(complaint))

    assert told == (409, "Whoever investigated a complaint may not decide it.")


def test_whoever_reviewed_may_neither_decide_nor_investigate_after_a_return(desk: Desk) -> None:
    complaint = desk.post(desk.reviewed(), "return", desk.adjudicator, {"because": "A witness was not heard."})
    told = refusal(desk, complaint, "assignment", desk.commander, {"investigator_id": str(desk.commander.id)})
    assert told == (409, "Whoever reviewed a complaint cannot investigate it; assign somebody else.")
    complaint = desk.post(complaint, "investigation", desk.investigator, make_findings(complaint))
    complaint = desk.post(complaint, "review", desk.house.person(Role.COMMANDER), make_findings(complaint))
    first = desk.house.person(Role.ADJUDICATOR, id=desk.commander.id)

    told = refusal(desk, complaint, "decision", first, make_findings(complaint))

    assert told == (409, "Whoever reviewed a complaint may not decide it.")


def test_a_finding_of_legacy_records_is_refused_in_words(desk: Desk) -> None:
    complaint = desk.assigned()

    told = refusal(desk, complaint, "investigation", desk.investigator, make_findings(complaint, "partially sustained"))

    assert told == (422, "'partially sustained' is for legacy records only; say which allegation is sustained.")


def test_harm_is_referred_once(desk: Desk) -> None:
    body = {"process": "restorative circle", "because": "The family asks to be heard."}
    complaint = desk.post(desk.decided(), "harm-referral", desk.commander, body)

    assert complaint["harm_referred_to"] == "restorative circle"
    assert refusal(desk, complaint, "harm-referral", desk.commander, body) == (
        409,
        "The harm has been referred already.",
    )


def test_reasons_stay_in_the_audit_and_out_of_the_topics(desk: Desk) -> None:
    sentinel = "sentinel-reason-7f3a"
    complaint = desk.post(desk.decided(), "closure", desk.adjudicator, {"because": sentinel})

    assert sentinel not in str(outbox_of(desk.house, "complaints", complaint["id"]))
    assert complaint["state"] == "closed"
