"""What somebody tried, so that it stays impossible."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from shared.actors import Role
from shared.db import SPARE
from shared.events.complaints import ComplaintReceived
from tests.complaints.conftest import Desk, new_desk
from tests.make import make_classification, make_filing
from tests.rooms import House

FILE = "/agencies/rivertown/complaints"


@pytest.fixture
def desk(house: House, service: TestClient) -> Desk:
    return new_desk(house, service)


@pytest.mark.parametrize("agencies", [(), ("lansing-mi",)])
def test_intake_of_another_agency_withdraws_nothing(house: House, desk: Desk, agencies: tuple[str, ...]) -> None:
    stranger = dict(house.person(Role.INTAKE, agencies=agencies).headers)
    filed = desk.filed()

    for case_id in (filed["id"], uuid4()):
        answer = desk.client.post(f"{FILE}/{case_id}/withdrawal", json={"because": "x"}, headers=stranger)
        assert (answer.status_code, answer.json()["detail"]) == (403, "Your token is not for the agency 'rivertown'.")
    anonymous = desk.client.post(f"{FILE}/{filed['id']}/withdrawal", json={"because": "x"})
    assert anonymous.status_code == 401


def test_a_role_in_another_agency_does_not_count_where_everybody_is_admitted(house: House, service: TestClient) -> None:
    stranger = dict(house.person(Role.INTAKE, agencies=("lansing-mi",)).headers)

    answer = service.post(FILE, json=make_filing(channel="phone"), headers=stranger)

    assert (answer.status_code, answer.json()["detail"]) == (403, "Your token is not for the agency 'rivertown'.")


def test_if_match_tells_nothing_about_a_case_that_one_may_not_see(house: House, desk: Desk) -> None:
    accused = house.person(Role.COMMANDER, id=desk.officer_id)
    complaint = desk.classified()
    body = {"investigator_id": str(desk.investigator.id)}

    answer = desk.client.post(
        f"{FILE}/{complaint['id']}/assignment", json=body, headers={**accused.headers, "If-Match": '"999"'}
    )

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such complaint here.")


def test_nobody_classifies_a_complaint_against_themselves(desk: Desk) -> None:
    filed = desk.filed()

    answer = desk.client.post(
        f"{FILE}/{filed['id']}/classification",
        json=make_classification(desk.intake.id),
        headers=dict(desk.intake.headers),
    )

    sentence = "Whoever is accused in a complaint takes no step on it; somebody else has to classify it."
    assert (answer.status_code, answer.json()["detail"]) == (409, sentence)


def test_another_receipt_code_is_another_request(desk: Desk) -> None:
    first, second = desk.filed(), desk.filed()
    key = {"Idempotency-Key": str(uuid4())}

    def withdraw(filed: dict[str, Any]) -> Any:
        headers = {**key, "Receipt-Code": filed["receipt_code"]}
        return desk.client.post(f"{FILE}/track/withdrawal", json={"because": "x"}, headers=headers)

    assert withdraw(first).json()["number"] == first["number"]
    assert withdraw(second).status_code == 422


def test_more_requests_than_connections_wait_for_their_turn(service: TestClient) -> None:
    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(lambda _: service.post(FILE, json=make_filing()).status_code, range(120)))

    assert answers == [201] * 120
    assert SPARE > 0


@pytest.mark.parametrize("cursor", ["WyIyMDI0LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgNl0=", "e30=", "WzFd", "bnVsbA=="])
def test_a_cursor_that_was_made_up_is_refused(house: House, service: TestClient, cursor: str) -> None:
    answer = service.get(FILE, params={"after": cursor}, headers=dict(house.person(Role.INTAKE).headers))

    sentence = "This cursor is not one that a list gave you; begin again without it."
    assert (answer.status_code, answer.json()["detail"]) == (422, sentence)


@pytest.mark.parametrize("etag", ["1", '"1', "+1", '"1_0"', '"1", "2"', '"x"'])
def test_an_if_match_that_is_not_one_etag_is_refused(service: TestClient, etag: str) -> None:
    answer = service.post(FILE, json=make_filing(), headers={"If-Match": etag})

    assert answer.status_code == 422


def test_text_that_turns_its_order_is_refused(service: TestClient) -> None:
    answer = service.post(FILE, json=make_filing(narrative="\u202egnp.exe"))

    assert answer.json()["detail"] == "narrative: the control character U+202E cannot be stored; remove it."


def test_a_list_that_was_read_leaves_an_audit_row(house: House, service: TestClient) -> None:
    auditor = house.person(Role.AUDITOR)
    service.get(FILE, headers=dict(auditor.headers))

    with house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        deeds = connection.scalars(text("select deed from audit where actor_id = :id"), {"id": auditor.id}).all()
    assert deeds == ["list complaints"]


def test_reduced_topics_carry_no_count_of_what_is_not_told(house: House, desk: Desk) -> None:
    filed = desk.filed()

    with house.database("complaints") as database, database.engine.connect() as connection:
        rows = connection.execute(
            text("select topic, headers from outbox where case_id = :id"), {"id": filed["id"]}
        ).all()
    assert {row.topic: "ce_sequence" in row.headers for row in rows} == {
        ComplaintReceived.topic: True,
        "accord.oversight": False,
        "accord.public": False,
    }


def test_a_transaction_that_stands_still_is_ended_by_the_server(house: House) -> None:
    with house.database("complaints") as database, database.engine.connect() as connection:
        shown = [
            connection.scalar(text(f"show {setting}"))
            for setting in ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
        ]
    assert shown == ["30s", "10s", "1min"]
