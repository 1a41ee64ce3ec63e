"""What every service answers to requests that are repeated, stale, too large, foreign or unreadable."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from starlette.types import Message, Receive, Scope, Send

from accord.rooms import SERVICES
from shared.actors import Role
from shared.app import CaseRoute, create_app
from tests.make import make_classification, make_filing
from tests.rooms import House

FILE = "/agencies/rivertown/complaints"
SERVED = "lansing-mi, rivertown, south-bend-in"


def count(house: House, table: str) -> int:
    with house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        return int(connection.scalar(text(f"select count(*) from {table}")) or 0)


def stored(house: House) -> tuple[int, ...]:
    return tuple(count(house, table) for table in ("complaint", "outbox", "audit", "answered_request"))


def test_a_repeated_request_has_one_effect_and_gets_the_same_answer(house: House, service: TestClient) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = service.post(FILE, json=make_filing(), headers=headers)
    before = stored(house)

    second = service.post(FILE, json=make_filing(), headers=headers)

    assert (second.status_code, second.json()) == (201, first.json())
    assert stored(house) == before


def test_a_repeated_step_gets_the_etag_of_its_first_answer_though_the_case_moved_on(
    house: House, service: TestClient
) -> None:
    case = f"{FILE}/{service.post(FILE, json=make_filing()).json()['id']}"
    headers = {**house.person(Role.INTAKE).headers, "Idempotency-Key": str(uuid4())}
    body = make_classification()
    first = service.post(f"{case}/classification", json=body, headers=headers)
    commander = dict(house.person(Role.COMMANDER).headers)
    moved = service.post(f"{case}/assignment", json={"investigator_id": str(uuid4())}, headers=commander)

    second = service.post(f"{case}/classification", json=body, headers=headers)

    assert (first.headers["etag"], moved.headers["etag"]) == ('"2"', '"3"')
    assert (second.status_code, second.headers["etag"], second.json()) == (200, '"2"', first.json())


def test_a_key_used_for_another_request_is_refused(house: House, service: TestClient) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    service.post(FILE, json=make_filing(), headers=headers)
    before = stored(house)

    answer = service.post(FILE, json=make_filing(narrative="Another story."), headers=headers)

    detail = "This Idempotency-Key was used for another request; take a new key for a new request."
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)
    assert stored(house) == before


def test_a_key_that_could_be_guessed_is_refused(service: TestClient) -> None:
    answer = service.post(FILE, json=make_filing(), headers={"Idempotency-Key": "1"})

    detail = "Idempotency-Key takes 16 to 200 characters; a random UUID is a good one."
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)


def test_one_key_sent_many_times_at_once_files_one_complaint(house: House, service: TestClient) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    before = count(house, "complaint")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: service.post(FILE, json=make_filing(), headers=headers), range(8)))

    assert count(house, "complaint") == before + 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.text for answer in answers if answer.status_code == 201}) == 1


def test_a_kept_answer_does_not_tell_the_receipt_code_to_who_reads_the_database(
    house: House, service: TestClient
) -> None:
    code = service.post(FILE, json=make_filing(), headers={"Idempotency-Key": str(uuid4())}).json()["receipt_code"]

    with house.database("complaints") as database, database.engine.connect() as connection:
        answers = connection.scalars(text("select answer from answered_request")).all()
    assert answers
    assert not any(code.encode() in bytes(answer) for answer in answers)


def test_a_stale_if_match_changes_nothing(house: House, service: TestClient) -> None:
    filed = service.post(FILE, json=make_filing()).json()
    intake = dict(house.person(Role.INTAKE).headers)
    before = stored(house)

    answer = service.post(
        f"{FILE}/{filed['id']}/classification", json=make_classification(), headers={**intake, "If-Match": '"7"'}
    )

    detail = "The case is at version 1 and you have read version 7; read it again, then decide."
    assert (answer.status_code, answer.json()["detail"]) == (412, detail)
    assert stored(house) == before


def test_the_etag_that_was_read_is_accepted(house: House, service: TestClient) -> None:
    filed = service.post(FILE, json=make_filing())
    headers = {**house.person(Role.INTAKE).headers, "If-Match": filed.headers["etag"]}

    answer = service.post(f"{FILE}/{filed.json()['id']}/classification", json=make_classification(), headers=headers)

    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')


def test_an_if_match_that_is_no_etag_is_refused(service: TestClient) -> None:
    answer = service.post(FILE, json=make_filing(), headers={"If-Match": "yesterday"})

    detail = 'If-Match takes the ETag of the case as you read it, for example "3".'
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)


def test_a_body_over_the_limit_is_refused(house: House, service: TestClient) -> None:
    before = stored(house)

    large = b'{"narrative": "' + b"x" * 1_000_000 + b'"}'
    announced = service.post(FILE, content=large)
    streamed = service.post(FILE, content=(large[i : i + 65_536] for i in range(0, len(large), 65_536)))

    detail = "The body is larger than the 1000000 bytes that this address accepts; send less at once."
    for answer in (announced, streamed):
        assert (answer.status_code, answer.json()["detail"]) == (413, detail)
        assert answer.headers["content-type"] == "application/problem+json"
    assert stored(house) == before


@pytest.mark.parametrize(
    ("path", "headers", "status", "detail"),
    [
        ("/agencies/Rivertown/complaints", {}, 404, f"No agency 'Rivertown' is served here; there is {SERVED}."),
        (FILE, {}, 401, "This takes a token; sign in first."),
        (FILE, {"Authorization": "Basic eA=="}, 401, "Authorization takes 'Bearer' and a token."),
        ("/nowhere", {}, 404, "There is nothing at this address."),
    ],
)
def test_who_has_no_business_here_is_told_so(
    service: TestClient, path: str, headers: dict[str, str], status: int, detail: str
) -> None:
    answer = service.get(path, headers=headers)

    assert (answer.status_code, answer.json()["detail"]) == (status, detail)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_for_another_agency_opens_nothing_here(house: House, service: TestClient) -> None:
    foreign = dict(house.person(Role.COMMANDER, agencies=("lansing-mi",)).headers)
    filed = service.post(FILE, json=make_filing()).json()

    here = service.get(f"{FILE}/{filed['id']}", headers=foreign)
    there = service.get(f"/agencies/lansing-mi/complaints/{filed['id']}", headers=foreign)

    assert (here.status_code, here.json()["detail"]) == (403, "Your token is not for the agency 'rivertown'.")
    assert (there.status_code, there.json()["detail"]) == (404, "There is no such complaint here.")


def test_the_database_itself_keeps_agencies_apart(house: House, service: TestClient) -> None:
    service.post(FILE, json=make_filing())

    with house.database("complaints") as database, database.engine.begin() as connection:
        seeing = text("select set_config('accord.agency', :agency, true)")
        connection.execute(seeing, {"agency": "rivertown"})
        assert connection.scalar(text("select count(*) from complaint")) > 0
        for agency in ("", "an-agency-without-cases"):
            connection.execute(seeing, {"agency": agency})
            for table in ("complaint", "allegation", "party", "audit", "case_key", "case_counter"):
                assert connection.scalar(text(f"select count(*) from {table}")) == 0, (agency, table)


@pytest.mark.parametrize(
    "statement",
    ["update audit set why = ''", "delete from audit", "truncate audit", "drop table audit", "set role postgres"],
)
def test_the_audit_cannot_be_changed_by_the_application(house: House, statement: str) -> None:
    with (
        house.database("complaints") as database,
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        database.engine.begin() as connection,
    ):
        connection.execute(text(statement))


def test_every_command_and_every_read_of_a_case_leaves_an_audit_row(house: House, service: TestClient) -> None:
    intake = house.person(Role.INTAKE)
    filed = service.post(FILE, json=make_filing()).json()
    service.get(f"{FILE}/{filed['id']}", headers=dict(intake.headers))

    with house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        rows = connection.execute(
            text("select deed, roles, actor_id, case_version from audit where case_id = :id order by id"),
            {"id": filed["id"]},
        ).all()
    assert [tuple(row)[:2] for row in rows] == [("complaint.received.v1", "public"), ("read complaint", "intake")]
    assert (rows[1].actor_id, rows[1].case_version) == (intake.id, 1)


def test_the_commit_comes_before_the_answer(house: House) -> None:
    """The framework's default scope would send the answer first; a client could then read before the commit."""
    inner = create_app(SERVICES["complaints"], house.settings)
    seen: list[int] = []

    class Watch:
        def __init__(self, app: FastAPI) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def watched(message: Message) -> None:
                if message["type"] == "http.response.start" and scope["method"] == "POST":
                    counting = threading.Thread(target=lambda: seen.append(count(house, "complaint")))
                    counting.start()
                    counting.join()
                await send(message)

            await self.app(scope, receive, watched)

    with TestClient(Watch(inner)) as client:
        before = count(house, "complaint")
        assert client.post(FILE, json=make_filing()).status_code == 201

    assert seen == [before + 1]


def test_what_is_refused_leaves_nothing_behind(house: House, service: TestClient) -> None:
    bad: list[dict[str, Any]] = [{}, {"narrative": "x", "categories": ["sorcery"]}, make_filing(complainant={"age": 3})]
    before = stored(house)

    answers = [service.post(FILE, json=body, headers={"Idempotency-Key": str(uuid4())}) for body in bad]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert stored(house) == before


def test_an_endpoint_about_a_case_that_would_hold_up_everybody_is_refused() -> None:
    async def file() -> None: ...

    with pytest.raises(TypeError, match="not `async def`"):
        CaseRoute("/complaints", file)
