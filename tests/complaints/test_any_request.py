"""Whatever is sent to complaints, within its own description or just outside it, is answered and never a fault."""

from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from accord.rooms import SERVICES
from shared.actors import NOT_FROM_TOKENS, Role
from shared.app import create_app
from shared.settings import Settings
from tests.complaints.conftest import COMPLAINTS
from tests.make import make_filing
from tests.rooms import House

DOCUMENT = create_app(SERVICES["complaints"], Settings()).openapi()
FOUND = [one.ok() for one in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations() if isinstance(one, Ok)]
OPERATIONS = {operation.label: operation for operation in FOUND if operation.path.startswith("/agencies/")}
TIMES = 8
ANSWERED = 500
"""From here on an answer says that something went wrong on our side."""


@pytest.fixture(scope="module")
def filed(complaints: TestClient) -> dict[str, str]:
    """Return a complaint that is there to be asked for."""
    answer: dict[str, str] = complaints.post(COMPLAINTS, json=make_filing()).json()
    return answer


def credentials(house: House, path: str, filed: dict[str, str]) -> dict[str, str]:
    """Return what admits to a path: the receipt code, or a token with every role."""
    if "/track" in path:
        return {"Receipt-Code": filed["receipt_code"]}
    return dict(house.person(*(role for role in Role if role not in NOT_FROM_TOKENS)).headers)


def as_sent(case: schemathesis.Case[Any]) -> dict[str, Any]:
    """Return a request as the client takes it, which tells bytes from forms."""
    request = {name: value for name, value in case.as_transport_kwargs().items() if name != "cookies"}
    if isinstance(request.get("data"), (bytes, str)):
        request["content"] = request.pop("data")
    return request


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_meets_a_fault(label: str, house: House, complaints: TestClient, filed: dict[str, str]) -> None:
    operation = OPERATIONS[label]
    there = {"agency": "rivertown", "complaint_id": filed["id"], "public_ref": filed["public_ref"]}
    names = [one.name for one in operation.path_parameters]
    parts = {name: there.get(name, str(uuid4())) for name in names}
    admitted = credentials(house, operation.path, filed)

    @settings(max_examples=TIMES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        mode = data.draw(st.sampled_from(list(GenerationMode)))
        case = data.draw(operation.as_strategy(mode, path_parameters=parts, headers=admitted))
        request = as_sent(case) | {"url": case.formatted_path, "headers": admitted}
        answer = complaints.request(**request)
        assert answer.status_code < ANSWERED, (request, answer.text)

    ask()
