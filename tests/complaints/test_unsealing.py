"""Unsealing: one asks with a reason, a second one agrees, the first one reads for a day, and oversight counts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from shared.actors import Role
from shared.clock import request_time
from shared.unsealing import READABLE
from tests.complaints.conftest import COMPLAINTS, Desk, ask
from tests.make import make_filing
from tests.rooms import Person, outbox_of

Json = dict[str, Any]
NAME, CONTACT = "Sentinel Sixpence", "sentinel@example.org"
REASON = "sentinel-reason: the prosecutor asks for a witness."


@dataclass
class Sealed:
    """A complaint with a name in it, and the two people who can unseal it."""

    desk: Desk
    complaint: Json
    party: str
    custodian: Person
    second: Person

    def ask(self, step: str, by: Person, **body: Any) -> tuple[int, Json]:
        """Take a step about the complaint."""
        return ask(self.desk, self.complaint, step, by, **body)

    def asked(self, by: Person | None = None) -> tuple[int, Json]:
        """Ask to unseal."""
        return self.ask("unsealings", by or self.custodian, party_id=self.party, because=REASON)

    def request(self) -> str:
        """Return the id of a request that waits for an answer."""
        status, said = self.asked()
        assert status == 201, said
        found: str = said["unsealings"][-1]["id"]
        return found

    def answered(self, request: str, answer: str, by: Person | None = None) -> tuple[int, Json]:
        """Answer a request."""
        return self.ask(f"unsealings/{answer}", by or self.second, unsealing_id=request, because="It is needed.")

    def approved(self) -> str:
        """Return the id of a request that was approved."""
        request = self.request()
        status, said = self.answered(request, "approval")
        assert status == 200, said
        return request

    def read(self, request: str, by: Person | None = None) -> tuple[int, Json]:
        """Read what was asked for."""
        address = f"{COMPLAINTS}/{self.complaint['id']}/unsealings/{request}"
        answer = self.desk.client.get(address, headers=dict((by or self.custodian).headers))
        return answer.status_code, answer.json()

    def told(self, topic: str = "accord.oversight") -> list[tuple[str, Json]]:
        """Return what a topic was told of unsealing."""
        rows = outbox_of(self.desk.house, "complaints", self.complaint["id"])
        return [(name, payload) for _, where, name, payload in rows if where == topic and "unseal" in name]


@pytest.fixture
def sealed(desk: Desk) -> Sealed:
    filing = make_filing(complainant={"name": NAME, "contact": CONTACT})
    filed = desk.client.post(COMPLAINTS, json=filing).json()
    listed = desk.client.get(f"{COMPLAINTS}/{filed['id']}/parties", headers=dict(desk.intake.headers)).json()
    complaint = {"id": filed["id"]}
    person = desk.house.person
    return Sealed(desk, complaint, listed["parties"][0]["id"], person(Role.CUSTODIAN), person(Role.CUSTODIAN))


@contextmanager
def at(desk: Desk, moment: datetime) -> Iterator[None]:
    """Let it be another moment for every request in the block."""
    app = desk.client.app
    assert isinstance(app, FastAPI)
    app.dependency_overrides[request_time] = lambda: moment
    try:
        yield
    finally:
        app.dependency_overrides.clear()


def refused(answer: tuple[int, Json]) -> tuple[int, str]:
    return answer[0], answer[1]["detail"]


@pytest.mark.parametrize("role", [Role.CUSTODIAN, Role.ADJUDICATOR])
def test_one_asks_another_agrees_and_the_first_one_reads(sealed: Sealed, role: Role) -> None:
    sealed.second = sealed.desk.house.person(role)

    status, read = sealed.read(sealed.approved())

    assert status == 200, read
    until = datetime.fromisoformat(read.pop("readable_until")) - datetime.now(UTC)
    assert timedelta(hours=23, minutes=55) < until <= READABLE
    assert read == {"party_id": sealed.party, "party": "complainant", "name": NAME, "contact": CONTACT}


def test_oversight_learns_that_it_was_asked_for_answered_and_read_and_never_who(sealed: Sealed) -> None:
    sealed.second = sealed.desk.house.person(Role.ADJUDICATOR)
    request = sealed.approved()
    sealed.read(request)
    sealed.read(request)

    expected = [
        ("complaint.unsealing_asked.v1", {"party": "complainant"}),
        ("complaint.unsealing_approved.v1", {"party": "complainant", "by": "adjudicator"}),
        ("complaint.unsealed_read.v1", {"party": "complainant", "values": 2}),
        ("complaint.unsealed_read.v1", {"party": "complainant", "values": 2}),
    ]
    assert sealed.told() == sealed.told("accord.complaints") == expected
    assert sealed.told("accord.public") == []
    published = str(outbox_of(sealed.desk.house, "complaints", sealed.complaint["id"]))
    private = (NAME, CONTACT, "sentinel-reason", str(sealed.custodian.id), str(sealed.second.id), sealed.party)
    assert [one for one in private if one in published] == []


def test_every_ask_answer_and_read_is_audited_with_its_reason(sealed: Sealed) -> None:
    request = sealed.approved()
    sealed.read(request)

    with sealed.desk.house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        rows = connection.execute(
            text("select actor_id, deed, why from audit where case_id = :id and deed like '%.unseal%' order by id"),
            {"id": sealed.complaint["id"]},
        ).all()
    assert [tuple(row) for row in rows] == [
        (sealed.custodian.id, "complaint.unsealing_asked.v1", REASON),
        (sealed.second.id, "complaint.unsealing_approved.v1", "It is needed."),
        (sealed.custodian.id, "complaint.unsealed_read.v1", f"on the request {request}: {REASON}"),
    ]


def test_a_denied_request_is_told_to_oversight_and_opens_nothing(sealed: Sealed) -> None:
    request = sealed.request()
    status, said = sealed.answered(request, "denial")

    assert (status, said["unsealings"][0]["state"]) == (200, "denied")
    assert sealed.told()[-1] == ("complaint.unsealing_denied.v1", {"party": "complainant", "by": "custodian"})
    assert refused(sealed.read(request)) == (
        409,
        "A request to unseal that is denied cannot be taken through 'read what answers'; from here: nothing more.",
    )
    assert sealed.asked()[0] == 201


@pytest.mark.parametrize("answer", ["approval", "denial"])
def test_whoever_asks_does_not_answer(sealed: Sealed, answer: str) -> None:
    request = sealed.request()

    assert refused(sealed.answered(request, answer, sealed.custodian)) == (
        409,
        "Whoever asks to unseal does not answer the request; a second person does.",
    )
    assert len(sealed.told()) == 1


def test_nobody_reads_before_a_second_person_has_agreed(sealed: Sealed) -> None:
    status, detail = refused(sealed.read(sealed.request()))

    assert status == 409
    assert detail.startswith("A request to unseal that is asked cannot be taken through 'read what answers'")
    assert len(sealed.told()) == 1


def test_only_whoever_asked_reads(sealed: Sealed) -> None:
    request = sealed.approved()

    assert refused(sealed.read(request, sealed.second)) == (
        409,
        "Only whoever asked reads what was unsealed; ask for yourself.",
    )
    for role in (Role.ADJUDICATOR, Role.COMMANDER, Role.ADMIN, Role.AUDITOR):
        assert sealed.read(request, sealed.desk.house.person(role))[0] == 403


def test_a_request_is_answered_once(sealed: Sealed) -> None:
    request = sealed.approved()

    status, detail = refused(sealed.answered(request, "denial"))

    assert status == 409
    assert detail.startswith("A request to unseal that is approved cannot be taken through 'deny'")


@pytest.mark.parametrize(("later", "status"), [(READABLE - timedelta(seconds=60), 200), (READABLE, 409)])
def test_after_a_day_it_is_sealed_again_by_the_clock(sealed: Sealed, later: timedelta, status: int) -> None:
    moment = datetime.now(UTC)
    with at(sealed.desk, moment):
        request = sealed.approved()

    with at(sealed.desk, moment + later):
        answered, said = sealed.read(request)

    assert answered == status
    until = f"{moment + READABLE:%Y-%m-%d %H:%M} UTC"
    assert (
        status == 200 or said["detail"] == f"What was unsealed could be read until {until}; ask again, with a reason."
    )


def test_what_is_under_way_is_not_asked_for_twice_and_what_is_over_can_be(sealed: Sealed) -> None:
    moment = datetime.now(UTC)
    sentence = "You have asked to unseal this already; read it, or wait for the answer."
    with at(sealed.desk, moment):
        request = sealed.request()
        assert refused(sealed.asked()) == (409, sentence)
        assert sealed.asked(sealed.second)[0] == 201
        sealed.answered(request, "approval")
        assert refused(sealed.asked()) == (409, sentence)
    with at(sealed.desk, moment + READABLE):
        assert sealed.asked()[0] == 201


def test_a_repeated_request_does_not_read_what_was_sealed_again(sealed: Sealed) -> None:
    moment = datetime.now(UTC)
    request = sealed.approved()
    address = f"{COMPLAINTS}/{sealed.complaint['id']}/unsealings/{request}"
    headers = {**sealed.custodian.headers, "Idempotency-Key": str(uuid4())}
    first = sealed.desk.client.get(address, headers=headers)

    with at(sealed.desk, moment + 2 * READABLE):
        again = sealed.desk.client.get(address, headers=headers)

    assert (first.status_code, again.status_code) == (200, 409)
    assert first.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.CUSTODIAN, Role.CLOCK}])
def test_nobody_but_a_custodian_asks(sealed: Sealed, role: Role) -> None:
    if role in {Role.COMPLAINANT, Role.PUBLIC, Role.HOUSE}:
        answer = sealed.desk.client.post(f"{COMPLAINTS}/{sealed.complaint['id']}/unsealings", json={})
        assert answer.status_code == 401
    else:
        assert refused(sealed.asked(sealed.desk.house.person(role))) == (403, "This takes one of the roles custodian.")


def accusing(sealed: Sealed, role: str, *roles: Role) -> Person:
    """Return somebody with these roles who is a party of the complaint."""
    person = sealed.desk.house.person(*roles)
    assert sealed.ask("parties", sealed.desk.intake, role=role, officer_id=str(person.id))[0] == 201
    return person


def test_the_accused_neither_ask_nor_answer_nor_learn_that_there_is_something(sealed: Sealed) -> None:
    request = sealed.approved()
    accused = accusing(sealed, "accused officer", Role.CUSTODIAN, Role.ADJUDICATOR)
    unknown = (404, "There is no such complaint here.")

    assert refused(sealed.asked(accused)) == unknown
    assert refused(sealed.answered(request, "approval", accused)) == unknown
    assert refused(sealed.read(request, accused)) == unknown
    listed = sealed.desk.client.get(f"{COMPLAINTS}/{sealed.complaint['id']}/unsealings", headers=dict(accused.headers))
    assert listed.status_code == 404


def test_whoever_asked_and_is_accused_since_reads_no_more(sealed: Sealed) -> None:
    request = sealed.approved()
    body = {"role": "accused officer", "officer_id": str(sealed.custodian.id)}
    assert sealed.ask("parties", sealed.desk.intake, **body)[0] == 201

    assert sealed.read(request)[0] == 404


def test_a_witness_neither_asks_nor_answers_nor_reads(sealed: Sealed) -> None:
    request = sealed.request()
    witness = accusing(sealed, "witness", Role.CUSTODIAN)
    sentence = "Whoever is a witness in a complaint neither asks to unseal in it nor answers such a request."

    assert refused(sealed.asked(witness)) == (409, sentence)
    assert refused(sealed.answered(request, "approval", witness)) == (409, sentence)
    assert refused(sealed.read(request, witness)) == (409, sentence)


def test_whoever_investigates_a_complaint_does_not_agree_to_unsealing_in_it(sealed: Sealed) -> None:
    desk = sealed.desk
    sealed.complaint = desk.assigned()
    _, said = sealed.ask("parties", desk.intake, role="witness", name=NAME)
    sealed.party = said["parties"][-1]["id"]
    both = desk.house.person(Role.ADJUDICATOR, id=desk.investigator.id)

    assert refused(sealed.answered(sealed.request(), "approval", both)) == (
        409,
        "Whoever investigated a complaint does not answer a request to unseal in it.",
    )


def test_nothing_is_asked_for_where_nothing_is_sealed_or_nobody_is(sealed: Sealed) -> None:
    _, said = sealed.ask("parties", sealed.desk.intake, role="witness")
    nobody = said["parties"][-1]["id"]

    def asked(party: str) -> tuple[int, str]:
        return refused(sealed.ask("unsealings", sealed.custodian, party_id=party, because="x"))

    assert asked(nobody) == (409, "Nothing is sealed of this party: neither a name nor a contact was given.")
    assert asked(str(uuid4())) == (404, "There is no such party in this complaint.")
    assert refused(sealed.answered(str(uuid4()), "approval")) == (
        404,
        "There is no such request to unseal in this case.",
    )


def test_a_request_of_another_case_is_not_answered_through_this_one(sealed: Sealed) -> None:
    request = sealed.request()
    sealed.complaint = {"id": sealed.desk.filed()["id"]}

    assert sealed.answered(request, "approval")[0] == 404
    assert sealed.read(request)[0] == 404


def test_what_was_corrected_is_read_as_it_is_known_now(sealed: Sealed) -> None:
    body = {"party_id": sealed.party, "because": "misread", "name": "Sentinel Shilling"}
    assert sealed.ask("parties/corrections", sealed.desk.intake, **body)[0] == 201

    _, read = sealed.read(sealed.approved())

    assert (read["name"], read["contact"]) == ("Sentinel Shilling", CONTACT)


def test_when_the_key_was_shredded_a_sentence_says_that_nobody_can_read_it(sealed: Sealed) -> None:
    request = sealed.approved()
    with sealed.desk.house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        connection.execute(text("delete from case_key where case_id = :id"), {"id": sealed.complaint["id"]})

    sentence = (
        "What was sealed here does not open any more: the key of its case was destroyed, or this installation has "
        "another vault key. Nobody can read it."
    )
    assert refused(sealed.read(request)) == (409, sentence)
    assert sealed.told()[-1][0] == "complaint.unsealing_approved.v1"


def test_open_requests_are_listed_for_those_who_can_answer(sealed: Sealed) -> None:
    request = sealed.request()
    accused = accusing(sealed, "accused officer", Role.CUSTODIAN)

    def listed(by: Person) -> list[Json]:
        answer = sealed.desk.client.get(f"{COMPLAINTS}/unsealings", headers=dict(by.headers))
        assert answer.status_code == 200, answer.text
        return [one for one in answer.json()["unsealings"] if one["id"] == request]

    (found,) = listed(sealed.second)
    assert (found["complaint_id"], found["party"], found["because"], found["state"]) == (
        sealed.complaint["id"],
        "complainant",
        REASON,
        "asked",
    )
    assert NAME not in str(found)
    assert listed(accused) == []
    sealed.answered(request, "approval")
    assert listed(sealed.second) == []


def test_unsealing_in_another_agency_is_out_of_reach(sealed: Sealed) -> None:
    request = sealed.approved()
    stranger = sealed.desk.house.person(Role.CUSTODIAN, agencies=("lansing-mi",), id=sealed.custodian.id)
    address = f"/agencies/lansing-mi/complaints/{sealed.complaint['id']}/unsealings/{request}"

    assert sealed.read(request, stranger)[0] == 403
    assert sealed.desk.client.get(address, headers=dict(stranger.headers)).status_code == 404
