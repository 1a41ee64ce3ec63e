"""The people in a complaint: staff add, correct and identify them, remove nobody, and read no name."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from services.complaints import people
from services.complaints.commands.parties import MOST
from services.complaints.models import Party, PartyCorrection
from shared.actors import Role
from shared.events.complaints import PartyRole
from tests.complaints.conftest import COMPLAINTS, Desk, ask
from tests.make import make_filing, make_findings
from tests.rooms import House, Person, outbox_of

Json = dict[str, Any]


def parties(desk: Desk, complaint: Json, by: Person | None = None) -> list[Json]:
    headers = dict((by or desk.intake).headers)
    answer = desk.client.get(f"{COMPLAINTS}/{complaint['id']}/parties", headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["parties"]
    return found


def with_unknown_officer(desk: Desk) -> tuple[Json, str]:
    """Return a complaint that is classified, against an officer of whom only the looks are known, and their id."""
    filed = desk.client.post(COMPLAINTS, json=make_filing(officers=["tall, badge ends in 7"])).json()
    allegations = [{"category": "force"}, {"category": "discourtesy", "officer_id": str(uuid4())}]
    body = {"classification": "misconduct", "track": "full investigation", "allegations": allegations}
    complaint = desk.post(filed, "classification", desk.intake, body)
    return complaint, parties(desk, complaint)[0]["id"]


def told(desk: Desk, complaint: Json, kind: str, topic: str = "accord.complaints") -> list[Json]:
    rows = outbox_of(desk.house, "complaints", complaint["id"])
    return [payload for _, where, name, payload in rows if (where, name) == (topic, f"complaint.{kind}.v1")]


ADDED: dict[str, Json] = {
    "complainant": {"name": "Ana Ruiz", "contact": "ana@example.org"},
    "affected person": {"name": "Bo Lind", "minor": True},
    "witness": {"officer_id": str(uuid4())},
    "accused officer": {"officer_id": str(uuid4())},
    "unknown officer": {"description": "tall", "unit": "night patrol", "vehicle": "car 12", "badge": "47"},
    "person in custody": {"name": "Kit Moss"},
}


@pytest.mark.parametrize("role", PartyRole)
def test_staff_add_people_of_every_role(desk: Desk, role: str) -> None:
    complaint = desk.filed()

    status, said = ask(desk, complaint, "parties", desk.intake, role=role, **ADDED[role])

    assert status == 201, said
    (party,) = said["parties"]
    named, reachable = "name" in ADDED[role], "contact" in ADDED[role]
    seen = {name: value for name, value in ADDED[role].items() if name not in people.SEALED}
    assert party == {
        "id": party["id"],
        "role": role,
        "minor": False,
        "named": named,
        "reachable": reachable,
        **dict.fromkeys((*people.DESCRIBING, "officer_id")),
        "corrections": 0,
        **seen,
    }
    assert told(desk, complaint, "party_added") == [{"party": role, "officer_id": seen.get("officer_id")}]
    assert told(desk, complaint, "party_added", "accord.oversight") == [{"party": role}]
    assert told(desk, complaint, "party_added", "accord.public") == []


REFUSALS: dict[str, tuple[Json, int, str]] = {
    "an unknown officer of whom nothing is said": (
        {"role": "unknown officer"},
        422,
        "Say something by which this officer can be found: appearance, unit, vehicle, badge or name.",
    ),
    "an accused officer whom nobody knows": (
        {"role": "accused officer", "name": "Sixpence"},
        422,
        "An accused officer is known by officer_id; add who is not known yet as an unknown officer.",
    ),
    "an id for somebody who is no officer": (
        {"role": "complainant", "officer_id": str(uuid4())},
        422,
        "Only of an accused officer and of a witness an officer_id is given at once; leave it out.",
    ),
    "the looks of a witness": (
        {"role": "witness", "description": "tall"},
        422,
        "Only an unknown officer is described; leave description out.",
    ),
    "how to reach a minor": (
        {"role": "witness", "minor": True, "contact": "school"},
        422,
        "Of a minor no contact is taken; leave it out. They are reached through whoever complains for them.",
    ),
    "whether an officer is a minor": (
        {"role": "unknown officer", "minor": True, "badge": "47"},
        422,
        "Of a party of the role unknown officer it is not asked whether they are a minor; leave it out.",
    ),
    "a role that is none": ({"role": "judge"}, 422, "role: Input should be 'complainant', "),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_people_who_cannot_be_are_not_added(desk: Desk, name: str) -> None:
    body, status, sentence = REFUSALS[name]
    complaint = desk.filed()

    answered, problem = ask(desk, complaint, "parties", desk.intake, **body)

    assert answered == status
    assert problem["detail"].startswith(sentence)
    assert parties(desk, complaint) == []
    assert told(desk, complaint, "party_added") == []


def test_an_officer_is_accused_once_and_is_no_witness_as_well(desk: Desk) -> None:
    complaint, accused, witness = desk.filed(), str(uuid4()), str(uuid4())
    assert ask(desk, complaint, "parties", desk.intake, role="accused officer", officer_id=accused)[0] == 201
    assert ask(desk, complaint, "parties", desk.intake, role="witness", officer_id=witness)[0] == 201

    twice = ask(desk, complaint, "parties", desk.intake, role="accused officer", officer_id=accused)
    saw_it = ask(desk, complaint, "parties", desk.intake, role="witness", officer_id=accused)
    did_it = ask(desk, complaint, "parties", desk.intake, role="accused officer", officer_id=witness)
    mine = ask(desk, complaint, "parties", desk.intake, role="accused officer", officer_id=str(desk.intake.id))

    assert (twice[0], twice[1]["detail"]) == (409, "This officer is among the accused of this complaint already.")
    assert saw_it[1]["detail"] == "This officer is accused in this complaint, and cannot be a witness in it as well."
    assert did_it[1]["detail"] == "This officer is a witness in this complaint, and cannot be accused in it as well."
    assert mine[1]["detail"] == ("Whoever is accused in a complaint takes no step on it; somebody else has to add you.")


def test_a_complaint_names_two_hundred_people_at_most(desk: Desk) -> None:
    twenty: list[Json] = [{} for _ in range(20)]
    filing = make_filing(affected=twenty, witnesses=twenty, officers=["tall"] * 20)
    complaint = desk.client.post(COMPLAINTS, json=filing).json()
    for _ in range(60, MOST):
        assert ask(desk, complaint, "parties", desk.intake, role="witness")[0] == 201

    status, problem = ask(desk, complaint, "parties", desk.intake, role="witness")

    assert MOST == 200
    assert (status, problem["detail"]) == (409, "A complaint names 200 people at most; describe the others in a note.")


def test_whoever_is_accused_by_name_sees_the_complaint_no_more_than_one_who_is_alleged(desk: Desk) -> None:
    complaint = desk.filed()
    accused = desk.house.person(Role.COMMANDER)
    ask(desk, complaint, "parties", desk.intake, role="accused officer", officer_id=str(accused.id))
    headers = dict(accused.headers)

    listed = desk.client.get(COMPLAINTS, headers=headers).json()["complaints"]

    assert complaint["id"] not in [line["id"] for line in listed]
    for address in (complaint["id"], f"{complaint['id']}/parties"):
        answer = desk.client.get(f"{COMPLAINTS}/{address}", headers=headers)
        assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such complaint here.")


def test_a_correction_adds_and_the_old_value_stays_sealed(desk: Desk) -> None:
    filed = desk.client.post(COMPLAINTS, json=make_filing(complainant={"name": "Ana Riuz"})).json()
    party = parties(desk, filed)[0]["id"]

    because = "A letter was misread: sentinel-correction."
    status, said = ask(
        desk, filed, "parties/corrections", desk.intake, party_id=party, because=because, name="Ana Ruiz", contact="555"
    )

    assert status == 201, said
    assert [(one["named"], one["reachable"], one["corrections"]) for one in said["parties"]] == [(True, True, 1)]
    assert told(desk, filed, "party_corrected") == [{"party": "complainant"}]
    assert "sentinel-correction" not in str(outbox_of(desk.house, "complaints", filed["id"]))
    with desk.house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        first = connection.scalar(text("select sealed_name from party where id = :id"), {"id": party})
        second = connection.execute(
            text("select sealed_name, sealed_contact from party_correction where party_id = :id"), {"id": party}
        ).one()
    assert len({first, *second}) == 3
    assert all(value and b"Ana" not in value for value in (first, *second))


def test_a_description_is_corrected_word_by_word(desk: Desk) -> None:
    complaint, officer = with_unknown_officer(desk)

    ask(desk, complaint, "parties/corrections", desk.intake, party_id=officer, because="seen", badge="47")
    ask(desk, complaint, "parties/corrections", desk.intake, party_id=officer, because="seen", description="very tall")

    (party,) = parties(desk, complaint)
    assert (party["description"], party["badge"], party["corrections"]) == ("very tall", "47", 2)


def test_a_correction_of_nothing_or_of_nobody_is_refused(desk: Desk) -> None:
    complaint = desk.filed()
    _, said = ask(desk, complaint, "parties", desk.intake, role="witness", minor=True, name="Pip")
    party = {"party_id": said["parties"][0]["id"], "because": "x"}

    def corrected(**body: Any) -> tuple[int, str]:
        status, problem = ask(desk, complaint, "parties/corrections", desk.intake, **body)
        return status, problem["detail"]

    nothing = "Say what is to be corrected: name, contact, description, unit, vehicle or badge."
    assert corrected(**party) == (422, nothing)
    assert corrected(**party, unit="north") == (422, "Only an unknown officer is described; leave unit out.")
    assert corrected(**party, contact="school")[1].startswith("Of a minor no contact is taken; leave it out.")
    stranger = {"party_id": str(uuid4()), "because": "x", "name": "Pip"}
    assert corrected(**stranger) == (404, "There is no such party in this complaint.")


def test_a_contact_can_still_be_corrected_when_the_complaint_is_decided_and_nobody_is_added(desk: Desk) -> None:
    complaint = desk.reviewed()
    _, said = ask(desk, complaint, "parties", desk.intake, role="complainant", contact="555")
    desk.post(complaint, "decision", desk.adjudicator, make_findings(complaint))

    status, problem = ask(desk, complaint, "parties", desk.intake, role="witness")
    body = {"party_id": said["parties"][0]["id"], "because": "They moved.", "contact": "556"}
    corrected, _ = ask(desk, complaint, "parties/corrections", desk.intake, **body)

    sentence = "A complaint that is decided cannot be taken through 'add parties to'"
    assert (status, problem["detail"].split(";")[0]) == (409, sentence)
    assert corrected == 201


def test_an_unknown_officer_who_is_identified_is_accused_in_the_allegations_that_are_named(desk: Desk) -> None:
    complaint, unknown = with_unknown_officer(desk)
    first, second = complaint["allegations"]
    accused = desk.house.person(Role.COMMANDER)
    body = {"party_id": unknown, "officer_id": str(accused.id), "because": "The roster of that night."}

    status, said = ask(desk, complaint, "parties/identification", desk.commander, **body, allegations=[first["id"]])

    assert status == 200, said
    assert [one["officer_id"] for one in said["parties"]] == [str(accused.id)]
    event = {"officer_id": str(accused.id), "taken_for": None, "allegations": 1}
    assert told(desk, complaint, "officer_identified") == [event]
    assert told(desk, complaint, "officer_identified", "accord.oversight") == [{"allegations": 1}]
    now = desk.client.get(f"{COMPLAINTS}/{complaint['id']}", headers=dict(desk.intake.headers)).json()
    assert [one["officer_id"] for one in now["allegations"]] == [str(accused.id), second["officer_id"]]
    assert desk.client.get(f"{COMPLAINTS}/{complaint['id']}", headers=dict(accused.headers)).status_code == 404
    assigned = ask(desk, complaint, "assignment", desk.commander, investigator_id=str(accused.id))
    assert assigned[1]["detail"] == "Whoever is accused in a complaint cannot investigate it; assign somebody else."


def test_whoever_was_taken_for_another_is_identified_anew_and_the_charge_follows(desk: Desk) -> None:
    complaint, unknown = with_unknown_officer(desk)
    allegation = complaint["allegations"][0]["id"]
    wrong, right = str(uuid4()), str(uuid4())
    for officer in (wrong, right):
        body = {"party_id": unknown, "officer_id": officer, "because": "x", "allegations": [allegation]}
        assert ask(desk, complaint, "parties/identification", desk.commander, **body)[0] == 200

    again = ask(desk, complaint, "parties/identification", desk.commander, **body)

    assert told(desk, complaint, "officer_identified")[-1] == {
        "officer_id": right,
        "taken_for": wrong,
        "allegations": 1,
    }
    assert (again[0], again[1]["detail"]) == (409, "The unknown officer was identified as this one already.")
    complaint = desk.post(complaint, "assignment", desk.commander, {"investigator_id": str(desk.investigator.id)})
    complaint = desk.post(complaint, "investigation", desk.investigator, make_findings(complaint))
    complaint = desk.post(complaint, "review", desk.commander, make_findings(complaint))
    desk.post(complaint, "decision", desk.adjudicator, make_findings(complaint))
    charges = told(desk, complaint, "decided")[0]["charges"]
    assert right in [charge["officer_id"] for charge in charges]


def test_an_identification_that_does_not_hold_up_is_refused(desk: Desk) -> None:
    complaint, unknown = with_unknown_officer(desk)
    mine, others = complaint["allegations"]
    _, said = ask(desk, complaint, "parties", desk.intake, role="witness")
    witness = said["parties"][-1]["id"]
    stranger = str(uuid4())

    def identified(**over: Any) -> tuple[int, str]:
        body = {"party_id": unknown, "officer_id": str(uuid4()), "because": "x", **over}
        status, problem = ask(desk, complaint, "parties/identification", desk.commander, **body)
        return status, problem["detail"]

    assert identified(party_id=stranger) == (404, "There is no such party in this complaint.")
    assert identified(party_id=witness) == (
        409,
        "Only an unknown officer is identified; this is a party of the role witness.",
    )
    assert identified(allegations=[stranger]) == (422, f"{stranger} is no allegation of this complaint.")
    assert identified(allegations=[mine["id"], others["id"]]) == (
        422,
        f"The allegation {others['id']} is against another officer.",
    )
    assert identified(officer_id=str(desk.commander.id))[1] == (
        "Whoever is accused in a complaint takes no step on it; somebody else has to add you."
    )
    assert told(desk, complaint, "officer_identified") == []
    assert parties(desk, complaint)[0]["officer_id"] is None


def test_only_who_may_see_the_complaint_sees_its_people_and_a_custodian_sees_only_them(desk: Desk) -> None:
    complaint = desk.assigned()
    custodian, stranger = desk.house.person(Role.CUSTODIAN), desk.house.person(Role.INVESTIGATOR)

    assert parties(desk, complaint, desk.investigator) == parties(desk, complaint, custodian) == []
    address = f"{COMPLAINTS}/{complaint['id']}"
    assert desk.client.get(f"{address}/parties", headers=dict(stranger.headers)).status_code == 404
    assert (
        desk.client.get(f"{address}/parties", headers=dict(desk.house.person(Role.OFFICER).headers)).status_code == 403
    )
    assert desk.client.get(address, headers=dict(custodian.headers)).status_code == 403


@pytest.mark.parametrize(
    "statement",
    [
        "delete from party where id = :id",
        "update party set sealed_name = null where id = :id",
        "update party set description = 'short' where id = :id",
        "delete from party_correction where party_id = :id",
        "update party_correction set badge = '1' where party_id = :id",
    ],
)
def test_the_application_itself_can_remove_and_rewrite_nobody(house: House, desk: Desk, statement: str) -> None:
    _, officer = with_unknown_officer(desk)

    with house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        with pytest.raises(DatabaseError, match="permission denied"):
            connection.execute(text(statement), {"id": UUID(officer)})


@given(st.lists(st.one_of(st.none(), st.integers()), min_size=1, max_size=8))
def test_what_was_said_last_counts_and_silence_changes_nothing(said: list[int | None]) -> None:
    party = Party(id=uuid4(), badge=said[0])
    corrections = [PartyCorrection(id=uuid4(), party_id=party.id, badge=badge) for badge in said[1:]]

    row, value = people.known(party, corrections, "badge")

    spoken = [badge for badge in said if badge is not None]
    assert value == (spoken[-1] if spoken else None)
    assert value is None or row.badge == value
