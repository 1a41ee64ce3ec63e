"""Many legacy records at once: each is entered or refused for itself, once, with a number of its own."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from shared.actors import NOT_FROM_TOKENS, Role
from tests.complaints.conftest import COMPLAINTS
from tests.complaints.test_past import enter, make_legacy, read
from tests.rooms import House, outbox_of

BATCH = f"{COMPLAINTS}/legacy/batch"


def enter_all(house: House, complaints: TestClient, *records: dict[str, Any]) -> list[dict[str, Any]]:
    answer = complaints.post(BATCH, json={"records": records}, headers=dict(house.person(Role.RECORDS).headers))
    assert answer.status_code == 200, answer.text
    outcomes: list[dict[str, Any]] = answer.json()["outcomes"]
    assert [one["legacy_id"] for one in outcomes] == [one["legacy_id"] for one in records]
    return outcomes


def answers(outcomes: list[dict[str, Any]]) -> list[str]:
    return [one["answer"] for one in outcomes]


def numbered(outcomes: list[dict[str, Any]]) -> list[int]:
    """Return the numbers within the year of those that were entered."""
    return [int(one["number"].split("-")[1]) for one in outcomes if one["answer"] == "entered"]


def test_a_batch_enters_what_the_single_route_would(house: House, complaints: TestClient) -> None:
    said = {"history": {"investigated": "2019-07-20"}, "place": "Grand River Ave / Cedar St"}
    alone = enter(house, complaints, make_legacy(**said)).json()

    (outcome,) = enter_all(house, complaints, make_legacy(**said))

    (line,) = read(house, complaints, f"?number={outcome['number']}")["complaints"]
    together = read(house, complaints, line["id"])
    own = ("id", "number", "public_ref", "allegations")
    first = read(house, complaints, alone["id"])
    assert {**together, **dict.fromkeys(own)} == {**first, **dict.fromkeys(own)}
    assert outbox_of(house, "complaints", together["id"]) == outbox_of(house, "complaints", first["id"])
    limits, others = (read(house, complaints, f"{one['id']}/time-limits")["limits"] for one in (first, together))
    assert limits == others
    assert len(limits) == 3


def test_each_record_of_a_batch_is_entered_or_refused_for_itself(house: House, complaints: TestClient) -> None:
    before = make_legacy()
    enter(house, complaints, before)
    good, other = make_legacy(), make_legacy(received_on="2018-02-03")
    records = [
        good,
        before,
        make_legacy(closed_on="2019-05-03"),
        {**before, "closed_on": "2019-08-13"},
        make_legacy(allegations=[{"category": "sorcery", "finding": "unfounded"}]),
        good,
        {**good, "place": "Elm St"},
        other,
    ]

    outcomes = enter_all(house, complaints, *records)

    refused, known = "refused", "entered before"
    assert answers(outcomes) == ["entered", known, refused, refused, refused, known, refused, "entered"]
    assert outcomes[5]["number"] == outcomes[0]["number"]
    assert outcomes[2]["why"] == "The record was closed on 2019-05-03, before it was received on 2019-05-04."
    other_content = "was entered before with another content."
    assert outcomes[3]["why"] == f"The record {before['legacy_id']!r} {other_content}"
    assert outcomes[4]["why"].startswith("The category 'sorcery' is not known; there is force, ")
    assert outcomes[6]["why"] == f"The record {good['legacy_id']!r} {other_content}"
    assert outcomes[7]["number"].startswith("C2018-")


def test_a_batch_takes_numbers_without_gaps_in_its_own_order(house: House, complaints: TestClient) -> None:
    wrong = make_legacy(received_on="2931-01-01")
    first = enter_all(house, complaints, make_legacy())

    many = enter_all(house, complaints, make_legacy(), wrong, make_legacy(), make_legacy())
    alone = enter(house, complaints, make_legacy()).json()

    (start,) = numbered(first)
    assert numbered(many) == [start + 1, start + 2, start + 3]
    assert int(alone["number"].split("-")[1]) == start + 4


def test_a_batch_entered_twice_is_entered_once(house: House, complaints: TestClient) -> None:
    records = [make_legacy(), make_legacy()]
    first = enter_all(house, complaints, *records)

    again = enter_all(house, complaints, *records)

    assert answers(again) == ["entered before"] * 2
    assert [one["number"] for one in again] == [one["number"] for one in first]


def test_batches_and_single_records_at_once_enter_each_record_once(house: House, complaints: TestClient) -> None:
    records = [make_legacy(received_on=f"{2010 + place % 3}-03-01") for place in range(12)]

    def some(turn: int) -> list[str]:
        mixed = [*records[turn:], *records[:turn]]
        if turn % 2:
            return [str(enter(house, complaints, one).status_code) for one in mixed[:4]]
        return answers(enter_all(house, complaints, *mixed))

    with ThreadPoolExecutor(6) as threads:
        became = Counter(one for answers in threads.map(some, range(6)) for one in answers)

    assert became["entered"] + became["201"] == 12
    assert set(became) <= {"entered", "entered before", "200", "201"}


def test_a_batch_sent_again_with_its_key_gets_its_first_answer(house: House, complaints: TestClient) -> None:
    headers = {**house.person(Role.RECORDS).headers, "Idempotency-Key": str(uuid4())}
    body = {"records": [make_legacy()]}

    first = complaints.post(BATCH, json=body, headers=headers)
    again = complaints.post(BATCH, json=body, headers=headers)

    assert answers(first.json()["outcomes"]) == ["entered"]
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        ([], "records: List should have at least 1 item"),
        ([{"legacy_id": "1"}], "The field 'records.0.received_on' is missing."),
        ([make_legacy(allegations=[{"category": "force", "finding": "guilty"}])], "records.0.allegations.0.finding: "),
        ([make_legacy()] * 501, "records: List should have at most 500 items"),
    ],
)
def test_a_batch_that_cannot_be_read_enters_nothing(
    house: House, complaints: TestClient, records: list[dict[str, Any]], sentence: str
) -> None:
    answer = complaints.post(BATCH, json={"records": records}, headers=dict(house.person(Role.RECORDS).headers))

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(sentence)


@pytest.mark.parametrize("role", sorted(set(Role) - NOT_FROM_TOKENS - {Role.RECORDS}))
def test_only_records_enters_batches(house: House, complaints: TestClient, role: Role) -> None:
    answer = complaints.post(BATCH, json={"records": [make_legacy()]}, headers=dict(house.person(role).headers))

    assert answer.status_code == 403
