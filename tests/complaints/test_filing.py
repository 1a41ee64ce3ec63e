from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from shared.actors import Role
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.make import make_filing
from tests.rooms import House, outbox_of


def test_anyone_may_complain_without_a_token(house: House, complaints: TestClient) -> None:
    answer = complaints.post(COMPLAINTS, json=make_filing())

    assert answer.status_code == 201, answer.text
    filed = answer.json()
    assert filed["number"].startswith("C2026-")
    assert len(filed["receipt_code"]) == 29
    assert answer.headers["etag"] == '"1"'
    received = {"channel": "web", "categories": ["force"]}
    assert outbox_of(house, "complaints", filed["id"]) == [
        (1, "accord.complaints", "complaint.received.v1", {**received, "said": None, "anonymous": True}),
        (1, "accord.oversight", "complaint.received.v1", {**received, "said": None}),
        (1, "accord.public", "complaint.received.v1", received),
    ]


def test_a_web_form_files_a_complaint(house: House, complaints: TestClient) -> None:
    form = {"narrative": "He shouted at my son.", "category": ["discourtesy"], "name": "Ana Ruiz", "language": "es"}

    answer = complaints.post(f"{COMPLAINTS}/form", data=form)

    assert answer.status_code == 201, answer.text
    internal = outbox_of(house, "complaints", answer.json()["id"])[0][3]
    assert internal == {"channel": "web", "categories": ["discourtesy"], "said": None, "anonymous": False}


def test_what_somebody_says_of_themselves_on_a_form_is_told_to_oversight_and_not_kept(
    house: House, complaints: TestClient
) -> None:
    form = {"narrative": "He shouted.", "race": "asian", "gender": "", "age_band": "65 and over"}
    answer = complaints.post(f"{COMPLAINTS}/form", data=form)
    assert answer.status_code == 201, answer.text
    said = {"race": "asian", "gender": None, "age_band": "65 and over"}
    told = {topic: payload for _, topic, _, payload in outbox_of(house, "complaints", answer.json()["id"])}
    assert told["accord.oversight"]["said"] == said
    assert "said" not in told["accord.public"]
    with house.database("complaints") as database, database.engine.connect() as connection:
        kept = connection.execute(text("select count(*) from complaint where complaint::text ~ '65 and over'"))
        assert kept.scalar_one() == 0


def test_a_form_field_that_was_left_empty_counts_as_not_sent(complaints: TestClient) -> None:
    form = {"narrative": "He shouted.", "category": [""], "officer": [""], "incident_on": "", "name": "", "place": ""}

    answer = complaints.post(f"{COMPLAINTS}/form", data=form)

    assert answer.status_code == 201, answer.text


def test_case_numbers_have_no_gaps_even_when_a_filing_is_refused(complaints: TestClient) -> None:
    first = complaints.post(COMPLAINTS, json=make_filing()).json()["number"]
    assert complaints.post(COMPLAINTS, json=make_filing(categories=["sorcery"])).status_code == 422
    second = complaints.post(COMPLAINTS, json=make_filing()).json()["number"]

    assert int(second.split("-")[1]) == int(first.split("-")[1]) + 1


@pytest.mark.parametrize(
    ("over", "status", "sentence"),
    [
        ({"categories": ["sorcery"]}, 422, "The category 'sorcery' is not known; there is force, "),
        ({"incident_on": "2999-01-01"}, 422, "The incident is said to have happened on 2999-01-01, which is still"),
        (
            {"incident_on": "1850-01-01"},
            422,
            "The incident is said to have happened on 1850-01-01, which is before",
        ),
        ({"channel": "phone"}, 403, "Only intake files a complaint that came by phone; file it by web."),
        ({"narrative": ""}, 422, "narrative: String should have at least 1 character"),
        ({"narrative": "a\x00b"}, 422, "narrative: the control character U+0000 cannot be stored; remove it."),
        ({"narrative": 7}, 422, "narrative: Input should be a valid string."),
        ({"narrative": "x" * 20_001}, 422, "narrative: String should have at most 20000 characters"),
        ({"race": "unknown"}, 422, "The field 'race' is not known here; leave it out."),
    ],
)
def test_a_filing_that_does_not_hold_up_is_refused_with_a_sentence(
    complaints: TestClient, over: dict[str, Any], status: int, sentence: str
) -> None:
    answer = complaints.post(COMPLAINTS, json=make_filing(**over))

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"].startswith(sentence)


def test_intake_files_what_came_by_phone(house: House, complaints: TestClient) -> None:
    intake = dict(house.person(Role.INTAKE).headers)

    answer = complaints.post(COMPLAINTS, json=make_filing(channel="phone"), headers=intake)

    assert answer.status_code == 201, answer.text


def test_names_and_contacts_are_sealed(house: House, complaints: TestClient) -> None:
    complainant = {"name": "Sentinel Sixpence", "contact": "sentinel@example.org"}
    filed = complaints.post(COMPLAINTS, json=make_filing(complainant=complainant)).json()

    with house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        rows = connection.execute(
            text("select sealed_name, sealed_contact from party where complaint_id = :id"), {"id": filed["id"]}
        ).all()
    assert len(rows) == 1
    assert all(value and b"entinel" not in value for value in rows[0])


def test_the_receipt_code_opens_the_case_and_nothing_else_does(desk: Desk) -> None:
    filed = desk.filed()
    code = filed["receipt_code"]

    opened = desk.client.get(f"{COMPLAINTS}/track", headers={"Receipt-Code": code.lower().replace("-", " ")})
    almost = code[:-1] + ("A" if code[-1] != "A" else "B")
    wrong = desk.client.get(f"{COMPLAINTS}/track", headers={"Receipt-Code": almost})
    strange = desk.client.get(f"{COMPLAINTS}/track", headers={"Receipt-Code": "no code"})

    assert opened.json() == {
        "number": filed["number"],
        "public_ref": filed["public_ref"],
        "stage": "received",
        "received_on": opened.json()["received_on"],
        "outcome": None,
        "harm_referred_to": None,
        "stages": [{"stage": "received", "on": opened.json()["received_on"]}],
        "contact": opened.json()["contact"],
        "unread": 0,
        "reasons": None,
        "mediation": None,
        "review_until": None,
        "review": None,
        "feedback_given": False,
    }
    assert (wrong.status_code, strange.status_code) == (404, 404)
    assert {**wrong.json(), "request": ""} == {**strange.json(), "request": ""}


def test_whoever_complained_may_withdraw_with_the_receipt_code(desk: Desk) -> None:
    filed = desk.filed()
    body, headers = {"because": "We have talked."}, {"Receipt-Code": filed["receipt_code"]}

    answer = desk.client.post(f"{COMPLAINTS}/track/withdrawal", json=body, headers=headers)
    again = desk.client.post(f"{COMPLAINTS}/track/withdrawal", json=body, headers=headers)

    assert (answer.status_code, answer.json()["stage"]) == (200, "withdrawn")
    assert again.status_code == 409
    assert outbox_of(desk.house, "complaints", filed["id"])[-1] == (2, "accord.public", "complaint.withdrawn.v1", {})


def test_the_list_goes_page_by_page_from_the_newest(desk: Desk) -> None:
    filed = [desk.filed()["id"] for _ in range(5)]
    headers = dict(desk.intake.headers)

    seen: list[str] = []
    after: str | None = None
    while len(seen) < 5:
        query: dict[str, Any] = {"limit": 2, **({"after": after} if after else {})}
        page = desk.client.get(COMPLAINTS, params=query, headers=headers).json()
        seen += [line["id"] for line in page["complaints"]]
        after = page["next"]

    assert seen[:5] == filed[::-1]
    assert desk.client.get(COMPLAINTS, params={"after": "%%%"}, headers=headers).json()["detail"] == (
        "This cursor is not one that a list gave you; begin again without it."
    )
