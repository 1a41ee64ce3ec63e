"""What `/openapi.json` promises is what the services do."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from accord.rooms import SERVICES
from accord.serving import application
from shared.actors import Role
from shared.idempotency import KEY_LENGTHS
from shared.settings import Settings
from tests.make import make_classification, make_filing
from tests.rooms import House

FILE = "/agencies/rivertown/complaints"
DOCUMENTS: dict[str, dict[str, Any]] = {name: application(name, Settings()).openapi() for name in SERVICES}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def named(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the parameters of an operation by name, wherever they are written down."""
    shared = document["components"]["parameters"]
    whole = [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in operation["parameters"]]
    return {one["name"]: one for one in whole}


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from [part["$ref"]] if "$ref" in part else []
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from references(inner)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(references(document)):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_part_of_an_address_is_described(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        in_path = {
            name for name, one in named({"parameters": [], **operation}, document).items() if one["in"] == "path"
        }
        assert in_path == set(re.findall(r"{(\w+)}", path)), path


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_deed_takes_a_key_and_every_step_an_etag(document: dict[str, Any]) -> None:
    deeds = [(path, named(operation, document)) for method, path, operation in operations(document) if method == "POST"]

    assert deeds
    for path, parameters in deeds:
        key = parameters["Idempotency-Key"]["schema"]
        assert range(key["minLength"], key["maxLength"] + 1) == KEY_LENGTHS
        assert ("If-Match" in parameters) == bool(re.search(r"_(id|ref)}", path)), path


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_refusal_is_a_problem_document(document: dict[str, Any]) -> None:
    responses = document["components"]["responses"]
    for _, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            if path.startswith("/agencies/") and int(status) >= 400:
                assert list(responses[answer["$ref"].rpartition("/")[2]]["content"]) == ["application/problem+json"]


def test_who_is_admitted_by_which_rule_is_said_in_words() -> None:
    step = DOCUMENTS["complaints"]["paths"][FILE.replace("rivertown", "{agency}") + "/{complaint_id}/closure"]["post"]

    assert step["description"] == "Close a decided complaint.\n\nAdmitted: adjudicator, records (complaint: close)."


def test_without_a_token_only_what_takes_none_can_be_asked_for(service: TestClient) -> None:
    document = service.get("/openapi.json").json()

    for method, path, operation in operations(document):
        if path.startswith("/agencies/"):
            address = path.format_map(defaultdict(uuid4, agency="rivertown"))
            answer = service.request(method, address)
            assert (answer.status_code == 401) == ("security" in operation), path
            assert str(answer.status_code) in operation["responses"], path
            if answer.is_error:
                assert {"request"} | set(answer.json()) == set(
                    document["components"]["schemas"]["Problem"]["properties"]
                )


def test_the_etag_is_promised_where_it_is_sent(house: House, service: TestClient) -> None:
    document = service.get("/openapi.json").json()
    intake = dict(house.person(Role.INTAKE).headers)
    filed = service.post(FILE, json=make_filing())
    case = f"{FILE}/{filed.json()['id']}"
    answers = {
        "": filed,
        "/track": service.get(f"{FILE}/track", headers={"Receipt-Code": filed.json()["receipt_code"]}),
        "/{complaint_id}": service.get(case, headers=intake),
        "/{complaint_id}/classification": service.post(
            f"{case}/classification", json=make_classification(), headers=intake
        ),
        "?list": service.get(FILE, headers=intake),
    }

    for rest, answer in answers.items():
        method = str(answer.request.method).lower()
        path = "/agencies/{agency}/complaints" + rest.removesuffix("?list")
        promised = document["paths"][path][method]["responses"][str(answer.status_code)].get("headers", {})
        assert ("etag" in answer.headers) == ("ETag" in promised), rest
