"""What somebody reads whose request cannot be read: what is wrong, and how it is written instead."""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import FastAPI, Form, Header, Query, Request
from fastapi.testclient import TestClient
from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from services.complaints.shapes.intake import FilingIn
from shared.access import Admission
from shared.actors import PUBLIC, Role
from shared.errors import NotFound, answer_with_problems, sentence, sentences
from shared.events.event import Code
from shared.policy import Policy
from shared.settings import Settings
from shared.words import Line, Shape

CASE = "00000000-0000-4000-8000-000000000001"
OBJECT = "Send a JSON object, with Content-Type: application/json."
DATE = "incident_on takes a date such as 2026-11-23."
TIME = "at takes a time such as 2026-11-23T15:00:00Z."
ID = "officer_id takes an id (a UUID); a case number is not one."


class WhereIn(Shape):
    place: Line


class NoteIn(Shape):
    """A body with a field of every kind that people write in their own ways."""

    incident_on: date | None = None
    at: AwareDatetime | None = None
    officer_id: UUID | None = None
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "en"
    level: Annotated[str, Field(pattern="^[0-9]$")] = "1"
    where: WhereIn | None = None
    header: Line | None = None


def note(case_id: UUID, said: NoteIn) -> None:
    """Take a note about a case."""


def form(said: Annotated[WhereIn, Form()]) -> None:
    """Take a form."""


def look(receipt_code: Annotated[str, Header(max_length=4)], year: Annotated[int, Query(le=2026)]) -> None:
    """Take a header and a query parameter."""


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.state.settings = Settings()
    answer_with_problems(app)
    app.post("/cases/{case_id}")(note)
    app.post("/form")(form)
    app.get("/look")(look)
    with TestClient(app) as client:
        yield client


def refusal(answer: Any) -> str:
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    return str(answer.json()["detail"])


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "This takes a body of JSON, and there is none."),
        (b"{", "The body is not JSON: expecting property name enclosed in double quotes at character 2."),
        (b'{"at": tomorrow}', "The body is not JSON: expecting value at character 8."),
        (b"[]", OBJECT),
        (b"null", OBJECT),
        (b'"a note"', OBJECT),
        (b'{"incident_on": "23.11.2026"}', DATE),
        (b'{"incident_on": "2026-11-31"}', DATE),
        (b'{"incident_on": "2026-11-23T15:00:00"}', DATE),
        (b'{"incident_on": {}}', DATE),
        (b'{"at": "three o\'clock"}', TIME),
        (b'{"at": []}', TIME),
        (b'{"at": "2026-11-23T15:00"}', "at takes a time with its time zone, such as 2026-11-23T15:00:00Z."),
        (b'{"officer_id": "4711"}', ID),
        (b'{"officer_id": 4711}', ID),
        (b'{"language": "EN"}', "language is not written as it should be: two small letters, such as en."),
        (b'{"level": "x"}', "level is not written as it should be: the pattern is ^[0-9]$."),
        (b'{"where": {}}', "The field 'where.place' is missing."),
        (b'{"where": {"place": "x", "time": 1}}', "The field 'where.time' is not known here; leave it out."),
        (b'{"header": ""}', "header: String should have at least 1 character."),
        (b'{"where": 1, "at": 0}', "where: Input should be a valid dictionary or object to extract fields from."),
    ],
)
def test_a_body_that_cannot_be_read_is_answered_with_how_it_is_written(
    client: TestClient, body: bytes, detail: str
) -> None:
    answer = client.post(f"/cases/{CASE}", content=body, headers={"Content-Type": "application/json"})

    assert refusal(answer).startswith(detail)


def test_json_that_does_not_say_it_is_json_is_told_what_to_say(client: TestClient) -> None:
    assert refusal(client.post(f"/cases/{CASE}", content=b"{}")) == OBJECT


def test_a_body_that_is_no_text_at_all_is_refused(client: TestClient) -> None:
    answer = client.post(f"/cases/{CASE}", content=b"\xff", headers={"Content-Type": "application/json"})

    detail = "The body cannot be read; send JSON in UTF-8, or a well-formed form."
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)


@pytest.mark.parametrize(
    ("address", "headers", "detail"),
    [
        ("/look?year=2026", {}, "The header 'Receipt-Code' is missing."),
        ("/look", {"Receipt-Code": "abc"}, "The query parameter 'year' is missing."),
        ("/look?year=2027", {"Receipt-Code": "abc"}, "year: Input should be less than or equal to 2026."),
        ("/look?year=2026", {"Receipt-Code": "abcde"}, "Receipt-Code: String should have at most 4 characters."),
    ],
)
def test_what_is_missing_or_wrong_beside_the_body_is_named(
    client: TestClient, address: str, headers: dict[str, str], detail: str
) -> None:
    assert refusal(client.get(address, headers=headers)) == detail


def test_a_case_number_is_not_an_id(client: TestClient) -> None:
    said = refusal(client.post("/cases/C2026-000001", json={}))

    assert said == "case_id takes an id (a UUID); a case number is not one."


def test_a_form_is_told_which_field_is_missing(client: TestClient) -> None:
    assert refusal(client.post("/form", data={})) == "The field 'place' is missing."


@pytest.mark.parametrize(
    ("kind", "value", "detail"),
    [
        (FilingIn, {"narrative": "x", "language": "en-US"}, "language is not written as it should be: two small"),
        (Code, "Use of force", " is not written as it should be: small letters, digits and hyphens, such as use-"),
    ],
)
def test_the_patterns_of_the_house_are_told_in_words(kind: Any, value: object, detail: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        TypeAdapter(kind).validate_python(value)

    assert sentence(wrong.value.errors()[0]).startswith(detail)


def test_what_has_no_place_does_not_speak_of_a_body() -> None:
    error = {"type": "value_error", "loc": (), "msg": "Value error, production takes no defaults"}

    assert sentence(error) == "Production takes no defaults."
    assert sentence({**error, "loc": ("body",)}) == "The body: production takes no defaults."


def test_five_errors_are_told_and_the_others_counted() -> None:
    missing = [{"type": "missing", "loc": ("body", name), "msg": ""} for name in "abcdefg"]

    assert sentences(missing).endswith("The field 'd' is missing. The field 'e' is missing. And 2 more.")


@pytest.mark.parametrize(
    ("served", "told"),
    [
        ("abc", "No agency 'A' is served here; there is a, b, c."),
        ("jihgfedcba", "No agency 'A' is served here; there is a, b, c, d, e, f, g, h, i, j."),
        ("abcdefghijkl", "No agency 'A' is served here; there is a, b, c, d, e, f, g, h, i, j and 2 more."),
    ],
)
def test_ten_of_the_agencies_that_are_served_are_named(served: str, told: str) -> None:
    rules = next(iter(Policy.read().agencies.values()))
    app = FastAPI()
    app.state.policy = Policy(dict.fromkeys(served, rules))
    request = Request({"type": "http", "app": app, "path_params": {"agency": "A"}, "state": {}})

    with pytest.raises(NotFound) as refused:
        asyncio.run(Admission("anyone", frozenset({Role.PUBLIC}))(request, PUBLIC))

    assert refused.value.detail == told
