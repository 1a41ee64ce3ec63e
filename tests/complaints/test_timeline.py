"""The history of a complaint is told whole, in order, with its reasons, and to nobody who may not see it."""

from typing import Any

from shared.actors import Role
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.evidence import brought
from tests.complaints.talking import named, staff
from tests.complaints.test_statements import taken, text_of
from tests.rooms import Person


def history(desk: Desk, complaint: dict[str, Any], by: Person, **wanted: Any) -> tuple[int, dict[str, Any]]:
    path = f"{COMPLAINTS}/{complaint['id']}/timeline"
    answer = desk.client.get(path, params=wanted, headers=dict(by.headers))
    return answer.status_code, answer.json()


def test_every_step_is_told_with_its_reason(desk: Desk) -> None:
    complaint = desk.submitted()
    desk.post(complaint, "return", desk.commander, {"because": "Nobody asked the passenger."})

    _, told = history(desk, complaint, desk.commander)

    assert [deed["told"] for deed in told["deeds"]] == [
        "A complaint was filed and has a case number.",
        "Intake has said what the complaint is about and how it is dealt with.",
        "An investigator has the case.",
        "The investigator recommends a finding for every allegation.",
        "The reviewer sent the investigation back.",
    ]
    last = told["deeds"][-1]
    assert (last["why"], last["by"], last["version"]) == ("Nobody asked the passenger.", str(desk.commander.id), 5)
    assert told["deeds"][2]["facts"] == {"investigator_id": str(desk.investigator.id)}
    assert told["next"] is None


def test_pages_follow_each_other(desk: Desk) -> None:
    complaint = desk.submitted()

    _, first = history(desk, complaint, desk.commander, limit=3)
    _, second = history(desk, complaint, desk.commander, limit=3, after=first["next"])

    assert [deed["version"] for deed in (*first["deeds"], *second["deeds"])] == [1, 2, 3, 4]
    assert second["next"] is None


def test_auditors_see_who_read_it_and_nobody_else_does(desk: Desk) -> None:
    complaint = desk.assigned()
    auditor = desk.house.person(Role.AUDITOR)
    desk.client.get(f"{COMPLAINTS}/{complaint['id']}", headers=dict(desk.investigator.headers))

    _, told = history(desk, complaint, auditor, reads=True)
    refused, problem = history(desk, complaint, desk.commander, reads=True)

    read = [(deed["deed"], deed["by"]) for deed in told["deeds"] if deed["deed"].startswith("read")]
    assert read[0] == ("read complaint", str(desk.investigator.id))
    assert (refused, problem["detail"]) == (
        403,
        "Who read a complaint is for auditors; ask for its history without reads.",
    )


def test_whoever_may_not_see_a_complaint_does_not_see_its_history(desk: Desk) -> None:
    accused = desk.house.person(Role.COMMANDER, id=desk.officer_id)

    assert history(desk, desk.classified(), accused)[0] == 404


def test_what_tells_of_a_compelled_statement_is_for_those_who_judge(desk: Desk) -> None:
    complaint, auditor = desk.assigned(), desk.house.person(Role.AUDITOR)
    statement = taken(desk, complaint)
    brought(desk, complaint, compelled="true")
    text_of(desk, complaint, statement, desk.commander)

    gathered = ("complaint.statement_taken.v1", "complaint.evidence_added.v1")
    facts = [
        [deed["facts"] for deed in history(desk, complaint, by)[1]["deeds"] if deed["deed"] in gathered]
        for by in (auditor, desk.intake, desk.commander)
    ]

    seen = [{"kind": "compelled", "speaker": "officer"}, {"kind": "document", "count": 1}]
    assert facts == [[None, None], [None, None], seen]
    reads = [(deed["deed"], deed["why"]) for deed in history(desk, complaint, auditor, reads=True)[1]["deeds"]]
    assert ("read statement", "") in reads
    assert "compelled" not in str(reads)


def test_why_a_name_was_unsealed_is_for_those_who_keep_it(desk: Desk) -> None:
    complaint = named(desk)
    custodian, auditor = desk.house.person(Role.CUSTODIAN, Role.RECORDS), desk.house.person(Role.AUDITOR)
    party = staff(desk, complaint, desk.intake, "parties")[1]["parties"][0]["id"]
    said = {"party_id": party, "because": "The prosecutor asks for a witness."}
    assert staff(desk, complaint, custodian, "unsealings", said)[0] == 201

    told = [history(desk, complaint, by)[1]["deeds"][-1] for by in (auditor, desk.adjudicator, custodian)]

    assert {one["deed"] for one in told} == {"complaint.unsealing_asked.v1"}
    assert [one["why"] for one in told] == ["", said["because"], said["because"]]
    assert told[0]["facts"] is None


def test_a_page_that_nobody_can_count_is_refused(desk: Desk) -> None:
    complaint = desk.filed()

    assert history(desk, complaint, desk.commander, after=2**63 - 1)[0] == 200
    status, problem = history(desk, complaint, desk.commander, after=2**63)

    detail = "after: Input should be less than or equal to 9223372036854775807."
    assert (status, problem["detail"]) == (422, detail)
