"""Statements are sealed, officers learn of interviews ahead, and what they were compelled to say stays on its side."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from shared.actors import Role
from tests.complaints.conftest import COMPLAINTS, Desk, ask
from tests.complaints.evidence import bring, brought, get, read
from tests.make import make_classification, make_findings
from tests.rooms import Person, outbox_of

SAID = "I struck him twice because he reached for my belt."
KNOWS = (
    "Whoever knows what an accused officer was compelled to say cannot work on a criminal complaint about them;"
    " choose somebody else."
)


def voluntary(**over: Any) -> dict[str, Any]:
    moment = datetime.now(UTC).isoformat()
    return {"kind": "voluntary", "speaker": "witness", "taken_at": moment, "text": SAID, **over}


def compelled(who: object, **over: Any) -> dict[str, Any]:
    said = voluntary(kind="compelled", speaker="officer", officer_id=str(who), order="GO 26-4", waiver="W 1")
    return {**said, **over}


def taken(desk: Desk, complaint: dict[str, Any], **over: Any) -> dict[str, Any]:
    """Return a compelled statement of the accused officer."""
    status, statement = ask(desk, complaint, "statements", desk.investigator, **compelled(desk.officer_id, **over))
    assert status == 201, statement
    found: dict[str, Any] = statement
    return found


def text_of(desk: Desk, complaint: dict[str, Any], statement: dict[str, Any], by: Person) -> tuple[int, dict[str, Any]]:
    return ask(desk, complaint, f"statements/{statement['id']}/reading", by, because="To weigh what they said.")


def told(desk: Desk, complaint: dict[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    rows = outbox_of(desk.house, "complaints", complaint["id"])
    return [(topic, payload) for _, topic, name, payload in rows if name == f"complaint.{kind}.v1"]


def test_a_statement_is_read_for_a_reason_by_whoever_may_see_the_complaint(desk: Desk) -> None:
    complaint = desk.assigned()
    status, statement = ask(desk, complaint, "statements", desk.investigator, **voluntary())

    assert status == 201
    assert "text" not in statement
    assert text_of(desk, complaint, statement, desk.intake)[1]["text"] == SAID
    assert get(desk, complaint, "statements", desk.intake).json() == {"statements": [statement]}
    facts = {"kind": "voluntary", "speaker": "witness"}
    assert told(desk, complaint, "statement_taken") == [("accord.complaints", facts), ("accord.oversight", facts)]


def test_a_compelled_statement_is_read_only_by_those_who_judge_the_complaint(desk: Desk) -> None:
    complaint = desk.assigned()
    statement = taken(desk, complaint)

    for judge in (desk.investigator, desk.commander, desk.adjudicator):
        assert text_of(desk, complaint, statement, judge)[1]["text"] == SAID
        assert get(desk, complaint, "statements", judge).json() == {"statements": [statement]}
    for other in (desk.intake, desk.house.person(Role.AUDITOR)):
        status, problem = text_of(desk, complaint, statement, other)
        assert (status, problem["detail"]) == (404, "There is no such statement in this complaint.")
        assert get(desk, complaint, "statements", other).json() == {"statements": []}


def test_every_reading_of_a_compelled_statement_is_logged_with_its_reason(desk: Desk) -> None:
    complaint = desk.assigned()
    statement = taken(desk, complaint)
    text_of(desk, complaint, statement, desk.commander)

    with desk.house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        query = text(
            "select why from audit where case_id = :id and deed = 'read compelled statement' and actor_id = :by"
        )
        rows = connection.execute(query, {"id": complaint["id"], "by": desk.commander.id}).all()

    assert [row.why for row in rows] == ["To weigh what they said."]


def test_a_reading_takes_a_reason(desk: Desk) -> None:
    complaint = desk.assigned()
    statement = taken(desk, complaint)

    assert ask(desk, complaint, f"statements/{statement['id']}/reading", desk.commander, because="")[0] == 422


def named(desk: Desk, complaint: dict[str, Any], person: Person) -> tuple[int, dict[str, Any]]:
    said = {"person_id": str(person.id), "because": "The prosecutor asked for a detective."}
    return ask(desk, complaint, "criminal-side", desk.commander, **said)


def test_whoever_works_on_the_criminal_side_sees_nothing_of_the_complaint_any_more(desk: Desk) -> None:
    complaint = desk.assigned()
    statement = taken(desk, complaint)
    detective = desk.house.person(Role.COMMANDER, Role.ADJUDICATOR)
    assert get(desk, complaint, "statements", detective).status_code == 200

    assert named(desk, complaint, detective)[0] == 200

    assert text_of(desk, complaint, statement, detective)[0] == 404
    for rest in ("statements", "evidence", "notes", "time-limits"):
        assert get(desk, complaint, rest, detective).status_code == 404
    page = desk.client.get(COMPLAINTS, params={"limit": 200}, headers=dict(detective.headers)).json()
    assert complaint["id"] not in {line["id"] for line in page["complaints"]}
    assert told(desk, complaint, "criminal_side_named") == [
        ("accord.complaints", {"person_id": str(detective.id)}),
        ("accord.oversight", {}),
    ]


def test_whoever_knows_a_compelled_statement_does_not_go_to_the_criminal_side(desk: Desk) -> None:
    complaint = desk.assigned()
    statement = taken(desk, complaint)
    reader = desk.house.person(Role.ADJUDICATOR)
    text_of(desk, complaint, statement, reader)

    status, problem = named(desk, complaint, reader)

    said = "Whoever knows what an officer was compelled to say cannot work on the criminal side."
    assert (status, problem["detail"]) == (409, said)


def test_whoever_investigated_does_not_go_to_the_criminal_side(desk: Desk) -> None:
    status, problem = named(desk, desk.assigned(), desk.investigator)

    said = "Whoever has investigated or reviewed a complaint cannot work on its criminal side."
    assert (status, problem["detail"]) == (409, said)


def test_whoever_works_on_the_criminal_side_is_not_assigned(desk: Desk) -> None:
    complaint = desk.assigned()
    detective = desk.house.person(Role.INVESTIGATOR)
    named(desk, complaint, detective)

    status, problem = ask(desk, complaint, "assignment", desk.commander, investigator_id=str(detective.id))

    said = "Whoever works on the criminal side of a complaint cannot work on it; choose somebody else."
    assert (status, problem["detail"]) == (409, said)


def criminal(desk: Desk, investigator: Person) -> tuple[dict[str, Any], tuple[int, dict[str, Any]]]:
    """Return a criminal complaint about the same officer, and what became of assigning it."""
    body = make_classification(desk.officer_id, classification="criminal")
    crime = desk.post(desk.filed(), "classification", desk.intake, body)
    return crime, ask(desk, crime, "assignment", desk.commander, investigator_id=str(investigator.id))


def test_whoever_investigates_a_crime_of_the_officer_reads_nothing_that_they_were_compelled_to_say(desk: Desk) -> None:
    complaint = desk.assigned()
    statement = taken(desk, complaint)
    detective = desk.house.person(Role.INVESTIGATOR, Role.COMMANDER)
    assert criminal(desk, detective)[1][0] == 200

    assert text_of(desk, complaint, statement, detective)[0] == 404
    assert get(desk, complaint, "statements", detective).json() == {"statements": []}
    assert get(desk, complaint, "notes", detective).status_code == 404


def test_whoever_investigates_a_crime_of_the_officer_reads_no_reasons_that_quote_what_they_said(desk: Desk) -> None:
    complaint = desk.assigned()
    taken(desk, complaint)
    findings = make_findings(complaint)
    findings["findings"][0]["because"] = SAID
    ask(desk, complaint, "investigation", desk.investigator, **findings)
    ask(desk, complaint, "return", desk.commander, because=SAID)
    detective = desk.house.person(Role.INVESTIGATOR, Role.COMMANDER)
    assert criminal(desk, detective)[1][0] == 200

    for what in ("", "/reasons", "/timeline", "/assignments", "/earlier-findings"):
        address = f"{COMPLAINTS}/{complaint['id']}{what}"
        to_detective, to_commander = (
            desk.client.get(address, headers=dict(by.headers)) for by in (detective, desk.commander)
        )
        assert (to_detective.status_code, SAID in to_detective.text) == (200, False), what
        assert (SAID in to_commander.text) == (what in ("", "/reasons", "/timeline")), what
    deeds = get(desk, complaint, "timeline", detective).json()["deeds"]
    assert {deed["why"] for deed in deeds} == {""}
    assert {deed["facts"] is None for deed in deeds} == {True}


def test_a_detective_reads_the_reasons_of_their_own_cases(desk: Desk) -> None:
    detective = desk.house.person(Role.INVESTIGATOR)
    criminal(desk, detective)
    crime, _ = criminal(desk, detective)

    submitted = desk.post(crime, "investigation", detective, make_findings(crime))

    assert submitted["allegations"][0]["recommended_because"] == "The recording shows it."


def test_whoever_knows_a_compelled_statement_investigates_no_crime_of_that_officer(desk: Desk) -> None:
    complaint = desk.assigned()
    taken(desk, complaint)

    _, (status, problem) = criminal(desk, desk.investigator)

    assert (status, problem["detail"]) == (409, KNOWS)


def test_whoever_knows_a_compelled_statement_reviews_no_crime_of_that_officer(desk: Desk) -> None:
    complaint = desk.assigned()
    text_of(desk, complaint, taken(desk, complaint), desk.commander)
    detective = desk.house.person(Role.INVESTIGATOR)
    crime, _ = criminal(desk, detective)
    submitted = desk.post(crime, "investigation", detective, make_findings(crime))

    status, problem = ask(desk, crime, "review", desk.commander, **make_findings(submitted))

    assert (status, problem["detail"]) == (409, KNOWS)


def test_a_criminal_complaint_compels_nobody(desk: Desk) -> None:
    complaint, (status, _) = criminal(desk, desk.investigator)
    assert status == 200

    answer = ask(desk, complaint, "statements", desk.investigator, **compelled(desk.officer_id))
    file = bring(desk, complaint, desk.investigator, compelled="true")

    said = "A criminal complaint takes no compelled statement; take it in an administrative complaint of its own."
    assert (answer[0], answer[1]["detail"]) == (409, said)
    said = "A criminal complaint takes nothing that an officer was compelled to say."
    assert (file.status_code, file.json()["detail"]) == (409, said)


def test_the_recording_of_a_compelled_statement_stands_behind_the_same_wall(desk: Desk) -> None:
    complaint = desk.assigned()
    file = brought(desk, complaint, compelled="true")

    assert get(desk, complaint, "evidence", desk.intake).json() == {"evidence": []}
    assert get(desk, complaint, f"evidence/{file['id']}", desk.intake).status_code == 404
    assert read(desk, complaint, file, desk.intake).status_code == 404
    assert read(desk, complaint, file, desk.commander).status_code == 200
    assert named(desk, complaint, desk.commander)[0] == 409
    out = read(desk, complaint, file, desk.investigator, handed_to="District Attorney")
    said = "What an officer was compelled to say is handed out to nobody."
    assert (out.status_code, out.json()["detail"]) == (409, said)


def test_only_whoever_judges_the_complaint_adds_what_an_officer_was_compelled_to_say(desk: Desk) -> None:
    answer = bring(desk, desk.assigned(), desk.intake, compelled="true")

    said = "Only whoever judges the complaint, and no crime, adds what an officer was compelled to say."
    assert (answer.status_code, answer.json()["detail"]) == (409, said)


OFFICER = str(uuid4())
ORDER = "A compelled statement names the order that compelled it, and a voluntary one has none."
WHOSE = "The statement of an officer takes their officer_id, and no other statement does."
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a compelled witness": (
        voluntary(kind="compelled", order="GO 26-4"),
        "Only an officer can be compelled to make a statement.",
    ),
    "a compelled statement without an order": (compelled(OFFICER, order=None), ORDER),
    "a voluntary statement with an order": (voluntary(order="GO 26-4"), ORDER),
    "an officer without their id": (compelled(OFFICER, officer_id=None), WHOSE),
    "a witness with an officer's id": (voluntary(officer_id=OFFICER), WHOSE),
    "a party of no complaint": (voluntary(party_id=OFFICER), f"{OFFICER} is no party of this complaint."),
    "a statement that is still to come": (
        voluntary(taken_at="2999-01-02T03:04:00Z"),
        "The statement is said to have been taken on 2999-01-02 03:04 UTC, which is still to come.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_statement_whose_circumstances_do_not_fit_is_refused(desk: Desk, name: str) -> None:
    said, detail = REFUSED[name]
    complaint = desk.assigned()

    status, problem = ask(desk, complaint, "statements", desk.investigator, **said)

    assert (status, problem["detail"]) == (422, detail)
    assert told(desk, complaint, "statement_taken") == []


def test_a_statement_from_before_the_complaint_is_refused(desk: Desk) -> None:
    said = voluntary(taken_at="2020-01-02T03:04:00Z")

    status, problem = ask(desk, desk.assigned(), "statements", desk.investigator, **said)

    assert status == 422
    assert problem["detail"].startswith(
        "The statement is said to have been taken on 2020-01-02 03:04 UTC, before the complaint was received on"
    )


def announced(desk: Desk, complaint: dict[str, Any], hours: float, **over: Any) -> tuple[int, dict[str, Any]]:
    at = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    said = {"officer_id": str(desk.officer_id), "interview_at": at, **over}
    return ask(desk, complaint, "interview-notices", desk.investigator, **said)


def test_an_officer_learns_of_an_interview_as_long_ahead_as_the_policy_says(desk: Desk) -> None:
    complaint = desk.assigned()

    status, body = announced(desk, complaint, 49)

    assert status == 201
    (notice,) = body["notices"]
    assert (notice["officer_id"], notice["hours"], notice["waiver"]) == (str(desk.officer_id), 48, None)
    facts = {"hours_ahead": 48, "waived": False}
    assert told(desk, complaint, "interview_announced") == [("accord.complaints", facts), ("accord.oversight", facts)]


def test_a_notice_that_is_too_short_takes_a_waiver(desk: Desk) -> None:
    complaint = desk.assigned()

    status, problem = announced(desk, complaint, 20)

    assert status == 409
    assert problem["detail"].startswith(
        "The policy of the agency gives an officer 48 hours before an interview, until "
    )
    assert problem["detail"].endswith("announce a later one, or give the officer's written waiver.")
    assert announced(desk, complaint, 20, waiver="W 26-1")[0] == 201


def test_an_interview_is_announced_ahead(desk: Desk) -> None:
    status, problem = announced(desk, desk.assigned(), -1)

    assert status == 422
    assert problem["detail"].startswith("An interview is announced ahead; ")
    assert problem["detail"].endswith(" has passed.")


def test_an_officer_who_was_told_of_no_interview_is_not_heard_without_a_waiver(desk: Desk) -> None:
    complaint = desk.assigned()

    status, problem = ask(desk, complaint, "statements", desk.investigator, **compelled(desk.officer_id, waiver=None))

    said = (
        "No interview was announced to this officer; announce one 48 hours ahead, or give the officer's written waiver."
    )
    assert (status, problem["detail"]) == (409, said)


def test_an_interview_before_the_notice_has_run_is_refused_and_a_waiver_lets_it_be(desk: Desk) -> None:
    complaint = desk.assigned()
    announced(desk, complaint, 49)

    status, problem = ask(desk, complaint, "statements", desk.investigator, **compelled(desk.officer_id, waiver=None))

    assert status == 409
    assert " came before the notice had run its time, on " in problem["detail"]
    assert problem["detail"].endswith("; give the officer's written waiver.")
    announced(desk, complaint, 1, waiver="W 26-1")
    later = datetime.now(UTC).isoformat()
    assert taken(desk, complaint, waiver=None, taken_at=later)["waiver"] is None


def test_only_the_assigned_investigator_takes_statements(desk: Desk) -> None:
    both = desk.house.person(Role.INVESTIGATOR, Role.COMMANDER)

    status, problem = ask(desk, desk.assigned(), "statements", both, **voluntary())

    assert (status, problem["detail"]) == (409, "Only the assigned investigator investigates a complaint.")
