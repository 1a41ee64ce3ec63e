"""Walls hold on every way to a complaint, not only on the usual one."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from shared.actors import Role
from tests.complaints.conftest import COMPLAINTS, Desk, ask
from tests.complaints.strict import refusal, supervise
from tests.complaints.test_limits import limits_of
from tests.complaints.test_statements import compelled
from tests.make import make_filing, make_findings
from tests.rooms import Person, outbox_of

NOBODY = str(UUID(int=0))
REASON = {"because": "He was seen."}


def get(desk: Desk, path: str, by: Person) -> tuple[int, Any]:
    answer = desk.client.get(f"{COMPLAINTS}{path}", headers=dict(by.headers))
    return answer.status_code, answer.json()


@pytest.fixture
def chief(desk: Desk) -> Person:
    """Return somebody who supervises the officer, and assigns and keeps what is sealed."""
    person = desk.house.person(Role.COMMANDER, Role.CUSTODIAN)
    assert supervise(desk, desk.officer_id, person.id, desk.house.person(Role.RECORDS))[0] == 201
    return person


def named(desk: Desk) -> dict[str, Any]:
    """Return a complaint in which the officer is accused by name, and in no allegation."""
    complaint = desk.filed()
    party = {"role": "accused officer", "officer_id": str(desk.officer_id)}
    assert ask(desk, complaint, "parties", desk.intake, **party)[0] == 201
    return complaint


def test_the_chain_of_whoever_is_accused_by_name_does_not_see_the_open_complaint(desk: Desk, chief: Person) -> None:
    complaint = named(desk)

    listed = get(desk, "?limit=200", chief)[1]["complaints"]

    assert get(desk, f"/{complaint['id']}", chief)[0] == 404
    assert complaint["id"] not in {line["id"] for line in listed}
    assert get(desk, f"/{complaint['id']}", desk.commander)[0] == 200


def test_the_chain_sees_neither_its_dates_nor_its_people(desk: Desk, chief: Person) -> None:
    complaint = named(desk)

    assert get(desk, f"/dates/{complaint['public_ref']}", chief)[0] == 404
    assert get(desk, f"/{complaint['id']}/parties", chief)[0] == 404
    assert get(desk, f"/{complaint['id']}/unsealings", chief)[0] == 404
    assert get(desk, f"/dates/{complaint['public_ref']}", desk.commander)[0] == 200


def test_whoever_declared_a_conflict_unseals_nothing(desk: Desk) -> None:
    custodian = desk.house.person(Role.CUSTODIAN)
    complaint = desk.client.post(COMPLAINTS, json=make_filing(complainant={"name": "Ada Example"})).json()
    body = {"conflict": "family", "because": "They told me.", "person_id": str(custodian.id)}
    assert ask(desk, complaint, "conflicts", desk.commander, **body)[0] == 201
    (party,) = get(desk, f"/{complaint['id']}/parties", desk.intake)[1]["parties"]

    asked = {"party_id": party["id"], "because": "To write to them."}
    status, detail = refusal(desk, complaint, "unsealings", custodian, asked)

    said = "neither asks to unseal in a complaint nor answers such a request"
    assert (status, detail) == (409, f"Whoever has a conflict of interest (family) {said}.")


def test_a_complaint_with_a_compelled_statement_does_not_become_the_criminal_side(desk: Desk) -> None:
    complaint = desk.assigned()
    assert ask(desk, complaint, "statements", desk.investigator, **compelled(desk.officer_id))[0] == 201

    crime = {"classification": "criminal", "track": "full investigation"}
    status, detail = refusal(desk, complaint, "reclassification", desk.intake, crime)

    said = (
        "This complaint holds what an officer was compelled to say, and cannot become the criminal side;"
        " file the crime as a complaint of its own and link the two."
    )
    assert (status, detail) == (409, said)


def test_messages_that_come_at_once_are_all_taken(desk: Desk) -> None:
    complaint = desk.filed()
    headers = {"Receipt-Code": complaint["receipt_code"]}

    def write(number: int) -> int:
        body = {"text": f"Message {number}."}
        return desk.client.post(f"{COMPLAINTS}/track/messages", json=body, headers=headers).status_code

    with ThreadPoolExecutor(6) as threads:
        answers = Counter(threads.map(write, range(8)))

    assert answers == {201: 8}
    rows = outbox_of(desk.house, "complaints", complaint["id"])
    assert [version for version, topic, *_ in rows if topic == "accord.complaints"] == list(range(1, 10))


def test_a_limit_that_was_met_before_a_reopening_stays_met_when_the_new_investigation_is_returned(desk: Desk) -> None:
    complaint = desk.decided("unfounded")
    desk.post(complaint, "closure", desk.adjudicator, {"because": "It is done."})
    long_ago(desk, complaint)
    other = desk.house.person(Role.ADJUDICATOR)
    desk.post(complaint, "reopening", other, {"ground": "new evidence", "because": "A video was found."})
    investigator = desk.house.person(Role.INVESTIGATOR)
    desk.post(complaint, "assignment", desk.commander, {"investigator_id": str(investigator.id)})
    submitted = desk.post(complaint, "investigation", investigator, make_findings(complaint))

    desk.post(submitted, "return", desk.house.person(Role.COMMANDER), {"because": "Ask the witness again."})

    assert limits_of(desk, complaint)["investigation"]["met_on"] is not None


def long_ago(desk: Desk, complaint: dict[str, Any]) -> None:
    """Let the time limits of a complaint have been met a year ago."""
    with desk.house.database("complaints") as database, database.engine.begin() as connection:
        connection.exec_driver_sql("select set_config('accord.agency', 'rivertown', true)")
        connection.exec_driver_sql(
            "update time_limit set started_on = started_on - 365, due_on = due_on - 365, met_on = met_on - 365"
            " where case_id = %s",
            (complaint["id"],),
        )


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("assignment", {"investigator_id": NOBODY}),
        ("parties", {"role": "accused officer", "officer_id": NOBODY}),
        ("criminal-side", {"person_id": NOBODY, **REASON}),
    ],
)
def test_nobody_is_no_person(desk: Desk, step: str, body: dict[str, Any]) -> None:
    status, problem = ask(desk, desk.classified(), step, desk.house.person(Role.COMMANDER), **body)

    assert status == 422
    assert "this id stands for nobody; leave it out if it is not known who it is" in problem["detail"]
