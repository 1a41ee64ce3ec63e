"""Who gets a complaint in hand: nobody with a conflict of interest, unless a second person says so in writing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.actors import Role
from shared.policy import Policy
from tests.complaints.conftest import COMPLAINTS, Desk, ask
from tests.complaints.strict import happened, look, refusal, supervise, told
from tests.make import make_classification, make_filing, make_findings
from tests.rooms import Person

TODAY = Policy.read().agencies["rivertown"].today(datetime.now(UTC))
DECLARED = ["family", "intimate", "business or financial", "personal or social", "close working relationship"]


def to(person: Person, **over: Any) -> dict[str, Any]:
    """Return the assignment to an investigator."""
    return {"investigator_id": str(person.id), **over}


def declared(desk: Desk, complaint: dict[str, Any], whose: Person, conflict: str = "family") -> None:
    body = {"conflict": conflict, "because": "They told me.", "person_id": str(whose.id)}
    assert ask(desk, complaint, "conflicts", desk.commander, **body)[0] == 201


def overridden(desk: Desk, complaint: dict[str, Any], whose: Person, by: Person | None = None) -> None:
    body = {"person_id": str(whose.id), "because": "Nobody else speaks the language."}
    assert ask(desk, complaint, "overrides", by or desk.adjudicator, **body)[0] == 201


def records(desk: Desk) -> Person:
    return desk.house.person(Role.RECORDS)


@pytest.mark.parametrize("conflict", DECLARED)
def test_whoever_declared_a_conflict_cannot_be_assigned(desk: Desk, conflict: str) -> None:
    complaint = desk.classified()
    declared(desk, complaint, desk.investigator, conflict)

    refused = refusal(desk, complaint, "assignment", desk.commander, to(desk.investigator))

    way_out = "assign somebody else, or let a second person override it"
    assert refused == (409, f"Whoever has a conflict of interest ({conflict}) cannot investigate it; {way_out}.")


def test_whoever_witnessed_the_incident_cannot_be_assigned(desk: Desk) -> None:
    complaint = desk.classified()
    declared(desk, complaint, desk.investigator, "witnessed the incident")

    status, detail = refusal(desk, complaint, "assignment", desk.commander, to(desk.investigator))

    assert (status, detail.split(";")[0]) == (409, "Whoever witnessed the incident cannot investigate it")


def test_whoever_supervises_the_accused_cannot_be_assigned(desk: Desk) -> None:
    complaint = desk.classified()
    supervise(desk, desk.officer_id, desk.investigator.id, records(desk))

    status, detail = refusal(desk, complaint, "assignment", desk.commander, to(desk.investigator))

    assert (status, detail.split(";")[0]) == (409, "Whoever supervises an accused officer cannot investigate it")


def test_whoever_is_supervised_by_the_accused_cannot_be_assigned(desk: Desk) -> None:
    complaint = desk.classified()
    supervise(desk, desk.investigator.id, desk.officer_id, records(desk))

    status, detail = refusal(desk, complaint, "assignment", desk.commander, to(desk.investigator))

    assert (status, detail.split(";")[0]) == (409, "Whoever is supervised by an accused officer cannot investigate it")


@pytest.mark.parametrize(("ended", "status"), [(1, 409), (9, 200)])
def test_a_line_that_ended_before_the_incident_is_no_conflict(desk: Desk, ended: int, status: int) -> None:
    filing = make_filing(incident_on=f"{TODAY - timedelta(days=5)}")
    complaint = desk.client.post(COMPLAINTS, json=filing).json()
    complaint = desk.post(complaint, "classification", desk.intake, make_classification(desk.officer_id))
    keeper = records(desk)
    supervise(desk, desk.officer_id, desk.investigator.id, keeper, since=f"{TODAY - timedelta(days=99)}")
    supervise(desk, desk.officer_id, None, keeper, since=f"{TODAY - timedelta(days=ended)}")

    assert ask(desk, complaint, "assignment", desk.commander, **to(desk.investigator))[0] == status


def test_the_chain_of_the_accused_sees_the_complaint_only_when_it_has_ended(desk: Desk) -> None:
    chief = desk.house.person(Role.COMMANDER)
    supervise(desk, desk.officer_id, chief.id, records(desk))
    complaint = desk.assigned()
    path, headers = f"{COMPLAINTS}/{complaint['id']}", dict(chief.headers)

    def listed() -> bool:
        page = desk.client.get(COMPLAINTS, params={"limit": 20}, headers=headers).json()
        return complaint["id"] in [line["id"] for line in page["complaints"]]

    assert (desk.client.get(path, headers=headers).status_code, listed()) == (404, False)
    desk.post(complaint, "withdrawal", desk.intake, {"because": "They asked for it."})
    assert (desk.client.get(path, headers=headers).status_code, listed()) == (200, True)


def test_an_override_opens_the_complaint_to_the_chain_too(desk: Desk) -> None:
    chief = desk.house.person(Role.COMMANDER)
    supervise(desk, desk.officer_id, chief.id, records(desk))
    complaint = desk.assigned()
    overridden(desk, complaint, chief)

    page = desk.client.get(COMPLAINTS, params={"limit": 20}, headers=dict(chief.headers)).json()

    assert complaint["id"] in [line["id"] for line in page["complaints"]]
    assert look(desk, complaint, by=chief)["id"] == complaint["id"]


def test_a_conflict_is_overridden_in_writing_and_oversight_learns_of_it(desk: Desk) -> None:
    complaint = desk.classified()
    declared(desk, complaint, desk.investigator)
    overridden(desk, complaint, desk.investigator)

    after = desk.post(complaint, "assignment", desk.commander, to(desk.investigator))

    assert after["investigator_id"] == str(desk.investigator.id)
    seen = {"conflicts": ["family"]}
    assert told(desk, complaint, "conflict_overridden") == {
        "complaints": {**seen, "person_id": str(desk.investigator.id)},
        "oversight": seen,
    }
    kept = look(desk, complaint, "/conflicts")
    assert kept["declared"][0]["because"] == "They told me."
    assert kept["overridden"][0]["because"] == "Nobody else speaks the language."
    assert kept["overridden"][0]["overridden_by"] == str(desk.adjudicator.id)


def test_an_override_takes_a_second_person(desk: Desk) -> None:
    complaint = desk.classified()
    declared(desk, complaint, desk.investigator)
    declared(desk, complaint, desk.adjudicator)
    overridden(desk, complaint, desk.investigator, by=desk.commander)
    own = {"person_id": str(desk.commander.id), "because": "It is fine."}

    assert refusal(desk, complaint, "assignment", desk.commander, to(desk.investigator)) == (
        409,
        "Whoever overrode a conflict of interest does not assign the case; that takes a second person.",
    )
    assert refusal(desk, complaint, "overrides", desk.commander, own) == (
        409,
        "Nobody overrides their own conflict of interest; that takes a second person.",
    )
    assert refusal(desk, complaint, "overrides", desk.adjudicator, own)[1].startswith(
        "Whoever has a conflict of interest (family) takes no part in dealing with it"
    )


def test_the_accused_stay_out_whoever_says_otherwise(desk: Desk) -> None:
    body = {"person_id": str(desk.officer_id), "because": "He is our best."}

    refused = refusal(desk, desk.classified(), "overrides", desk.adjudicator, body)

    assert refused == (409, "Whoever is accused in a complaint stays out of it; that cannot be overridden.")


def test_where_there_is_no_conflict_there_is_nothing_to_override(desk: Desk) -> None:
    body = {"person_id": str(uuid4()), "because": "To be sure."}

    refused = refusal(desk, desk.classified(), "overrides", desk.adjudicator, body)

    assert refused == (
        409,
        "No conflict of interest of this person stands against anything; there is nothing to override.",
    )


@pytest.mark.parametrize("kind", ["accused", "supervises the accused", "supervised by the accused"])
def test_what_is_known_is_not_declared(desk: Desk, kind: str) -> None:
    status, detail = refusal(desk, desk.classified(), "conflicts", desk.intake, {"conflict": kind, "because": "So."})

    assert (status, detail.split(";")[0]) == (422, f"'{kind}' is not declared, it is known")


def test_a_conflict_is_declared_once_and_by_default_one_s_own(desk: Desk) -> None:
    complaint, body = desk.classified(), {"conflict": "intimate", "because": "We were married."}

    status, kept = ask(desk, complaint, "conflicts", desk.commander, **body)

    assert (status, kept["declared"][0]["person_id"]) == (201, str(desk.commander.id))
    seen = {"conflict": "intimate"}
    assert told(desk, complaint, "conflict_declared") == {
        "complaints": {**seen, "person_id": str(desk.commander.id)},
        "oversight": seen,
    }
    assert refusal(desk, complaint, "conflicts", desk.commander, body) == (
        409,
        "This conflict of interest was declared before.",
    )


@pytest.mark.parametrize("step", ["review", "return", "decision"])
def test_whoever_has_a_conflict_neither_reviews_nor_decides(desk: Desk, step: str) -> None:
    complaint = desk.reviewed() if step == "decision" else desk.submitted()
    who = desk.adjudicator if step == "decision" else desk.commander
    body = {"because": "Not thorough."} if step == "return" else make_findings(complaint)
    declared(desk, complaint, who)

    refused = refusal(desk, complaint, step, who, body)

    sentence = "Whoever has a conflict of interest (family) takes no part in dealing with it"
    assert refused == (409, f"{sentence}, unless a second person overrides that.")
    overridden(desk, complaint, who, by=desk.house.person(Role.ADJUDICATOR))
    assert ask(desk, complaint, step, who, **body)[0] == 200


def test_an_investigator_who_declares_a_conflict_does_not_submit(desk: Desk) -> None:
    complaint = desk.assigned()
    body = {"conflict": "close working relationship", "because": "We share a car now."}
    assert ask(desk, complaint, "conflicts", desk.investigator, **body)[0] == 201

    status, _ = refusal(desk, complaint, "investigation", desk.investigator, make_findings(complaint))

    assert status == 409


def test_a_case_changes_hands_for_a_reason_and_everybody_who_had_it_is_known(desk: Desk) -> None:
    complaint, second = desk.assigned(), desk.house.person(Role.INVESTIGATOR)
    assert refusal(desk, complaint, "assignment", desk.commander, to(second)) == (
        422,
        "The case changes hands; say why ('because').",
    )
    assert refusal(desk, complaint, "assignment", desk.commander, to(desk.investigator, because="Again.")) == (
        409,
        "This person has the case already.",
    )

    desk.post(complaint, "assignment", desk.commander, to(second, because="The first one is on leave."))

    first, now = look(desk, complaint, "/assignments")["assignments"]
    assert (first["investigator_id"], first["because"]) == (str(desk.investigator.id), None)
    assert (now["investigator_id"], now["because"]) == (str(second.id), "The first one is on leave.")
    assert (first["ended_at"] == now["assigned_at"], now["ended_at"]) == (True, None)
    assert happened(desk, complaint)[-2:] == ["assigned", "assigned"]


def test_who_has_how_much_in_hand_is_counted(desk: Desk) -> None:
    desk.assigned()
    desk.submitted()
    urgent = desk.post(
        desk.filed(), "classification", desk.intake, make_classification(desk.officer_id, priority="urgent")
    )
    desk.post(urgent, "assignment", desk.commander, to(desk.investigator))

    answer = desk.client.get(f"{COMPLAINTS}/workload", headers=dict(desk.commander.headers))

    loads = [one for one in answer.json()["investigators"] if one["investigator_id"] == str(desk.investigator.id)]
    assert loads == [
        {
            "investigator_id": str(desk.investigator.id),
            "investigating": 2,
            "supervisor_action": 0,
            "under_review": 1,
            "pressing": 1,
            "overdue": 0,
            "oldest_received_on": f"{TODAY}",
        }
    ]


def test_only_those_who_assign_see_who_has_how_much(desk: Desk) -> None:
    answer = desk.client.get(f"{COMPLAINTS}/workload", headers=dict(desk.investigator.headers))

    assert answer.status_code == 403


def test_a_new_line_of_supervision_ends_the_one_before(desk: Desk) -> None:
    keeper, first, second = records(desk), uuid4(), uuid4()
    supervise(desk, desk.officer_id, first, keeper, since="2026-01-01")

    status, kept = supervise(desk, desk.officer_id, second, keeper, since="2026-03-01")

    assert status == 201
    lines = [(line["supervisor_id"], line["since"], line["until"]) for line in kept["lines"]]
    assert lines == [(str(second), "2026-03-01", None), (str(first), "2026-01-01", "2026-02-28")]
    params = {"officer_id": str(desk.officer_id)}
    asked = desk.client.get(f"{COMPLAINTS}/reporting-lines", params=params, headers=dict(keeper.headers))
    assert asked.json() == kept


def test_lines_of_supervision_take_no_nonsense(desk: Desk) -> None:
    keeper, officer, tomorrow = records(desk), uuid4(), TODAY + timedelta(days=1)
    supervise(desk, officer, uuid4(), keeper, since="2026-03-01")

    def sentence(supervisor: Any, since: str | date) -> str:
        status, problem = supervise(desk, officer, supervisor, keeper, since=f"{since}")
        assert status == 422
        return str(problem["detail"])

    assert sentence(officer, TODAY) == "An officer does not supervise themselves; name another supervisor."
    assert sentence(uuid4(), tomorrow) == f"The line is said to begin on {tomorrow}, which is still to come."
    late = "The line before began on 2026-03-01; one that begins on 2026-02-01 is not after it."
    assert sentence(uuid4(), "2026-02-01") == late
