"""What is passed on follows what the services document, while they come, go and are upgraded."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from gateway import documents
from gateway.main import create_gateway
from gateway.table import Operation, Table, is_open, operations
from shared.settings import Settings
from tests.broker import free_port
from tests.gateway.conftest import OpenGateway
from tests.gateway.servers import DOCUMENT, PATIENCE, answer, documented, mirror, serving
from tests.rooms import House

COMPLAINTS = "/agencies/rivertown/complaints"


def document(**paths: Any) -> dict[str, Any]:
    """Return a document with these words of an agency."""
    return {"paths": {f"/agencies/{{agency}}/{word}": item for word, item in paths.items()}}


def comes_true(condition: Callable[[], bool]) -> bool:
    """Wait until something holds, and say whether it did in time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gateway ask for documents all the time."""
    monkeypatch.setattr(documents, "AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(documents, "MISSING_SECONDS", 0.1)


class Upgraded:
    """A service whose document a test sets."""

    def __init__(self) -> None:
        self.document: Any = document(complaints={"get": {}})
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the document, with 304 to whoever has it, or with what was asked."""
        if scope["type"] != "http":
            return
        if scope["path"] != "/openapi.json":
            self.asked.append(scope["path"])
            await mirror(scope, receive, send)
            return
        etag = f'"{hash(str(self.document))}"'
        if dict(scope["headers"]).get(b"if-none-match") == etag.encode():
            await answer(send, 304, {"etag": etag}, b"")
            return
        await answer(send, 200, {"etag": etag}, json.dumps(self.document).encode())


@pytest.mark.usefixtures("often")
def test_an_upgraded_service_is_seen_without_a_restart(open_gateway: OpenGateway) -> None:
    service = Upgraded()
    with serving(service) as address:
        door = open_gateway(address)
        assert httpx.get(door + COMPLAINTS).status_code == 207
        assert httpx.get(f"{door}/agencies/rivertown/appeals").status_code == 404
        service.document = document(appeals={"get": {}})
        assert comes_true(lambda: httpx.get(f"{door}/agencies/rivertown/appeals").status_code == 207)
        assert comes_true(lambda: httpx.get(door + COMPLAINTS).status_code == 404)
        service.asked.clear()
        assert httpx.get(door + COMPLAINTS).status_code == 404
        assert service.asked == [], "what is not documented is asked of nobody"


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("wrong", [[], {"paths": []}, {"paths": {"/agencies/{agency}/x": []}}, "text", None])
def test_a_document_that_is_none_changes_nothing(open_gateway: OpenGateway, wrong: Any) -> None:
    service = Upgraded()
    with serving(service) as address:
        door = open_gateway(address)
        assert httpx.get(door + COMPLAINTS).status_code == 207
        service.document = wrong
        time.sleep(0.5)
        assert httpx.get(door + COMPLAINTS).status_code == 207


def test_a_gateway_that_began_before_its_services_works_once_they_are_there(open_gateway: OpenGateway) -> None:
    port = free_port()
    door = open_gateway(f"http://127.0.0.1:{port}")
    assert httpx.get(door + COMPLAINTS).status_code == 503
    assert httpx.get(f"{door}/agencies/rivertown/feed.json").status_code == 200
    with serving(documented(mirror), port=port):
        assert comes_true(lambda: httpx.get(door + COMPLAINTS).status_code == 207)


def test_the_first_request_finds_a_service_that_has_just_come(open_gateway: OpenGateway) -> None:
    with serving(documented(mirror)) as address:
        assert httpx.get(open_gateway(address) + COMPLAINTS).status_code == 207


def test_a_request_for_a_service_that_was_just_not_there_waits_until_it_is_asked_again(
    open_gateway: OpenGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MISSING_SECONDS", 3.0)
    port = free_port()
    door = open_gateway(f"http://127.0.0.1:{port}")
    assert httpx.get(door + COMPLAINTS).status_code == 503
    with serving(documented(mirror), port=port):
        assert httpx.get(door + COMPLAINTS).status_code == 207


@pytest.fixture
def small_door(open_gateway: OpenGateway) -> Iterator[str]:
    """Yield the base URL of a gateway that takes small bodies, and larger ones with a file."""
    with serving(documented(mirror)) as address:
        yield open_gateway(address, max_body_size=1_000, max_file_size=300_000)


def test_what_has_become_known_while_it_was_looked_for_is_passed_on(house: House) -> None:
    with serving(documented(mirror)) as address:
        app = create_gateway(house.settings.model_copy(update={"services": {"complaints": address}}))
        with serving(app) as door:
            assert httpx.get(door + COMPLAINTS).status_code == 207
            app.fronts = ()  # as if the document had come just after the address was looked for in the table
            assert httpx.post(door + COMPLAINTS, content=b"x").status_code == 207
            assert httpx.get(f"{door}/agencies/rivertown/nothing").status_code == 404


def test_a_service_that_says_nothing_of_itself_keeps_nobody_from_the_others(house: House) -> None:
    with serving(documented(mirror)) as address, socket.create_server(("127.0.0.1", 0)) as silent:
        services = {"complaints": address, "discipline": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        app = create_gateway(house.settings.model_copy(update={"services": services}))
        with serving(app) as door:
            begun = time.monotonic()
            assert httpx.get(f"{door}/health/live").status_code == 200
            assert comes_true(lambda: "complaints" in app.state.documents.content)
            assert httpx.get(door + COMPLAINTS).status_code == 207
            assert time.monotonic() - begun < documents.FETCH_SECONDS / 2


def test_a_body_may_be_as_large_as_a_file_where_a_file_is_documented(small_door: str) -> None:
    large = b"x" * 200_000
    assert httpx.post(f"{small_door}{COMPLAINTS}/1/evidence", content=large).status_code == 207
    assert httpx.post(f"{small_door}{COMPLAINTS}/1/steps", content=large).status_code == 413
    assert httpx.post(f"{small_door}{COMPLAINTS}/1/evidence", content=large * 3).status_code == 413


def test_a_sender_who_stops_in_the_middle_is_told_so(open_gateway: OpenGateway) -> None:
    def body() -> Iterator[bytes]:
        yield b"{"
        time.sleep(1.5)
        yield b"}"

    asked = Upgraded()
    asked.document = DOCUMENT
    with serving(asked) as address:
        door = open_gateway(address, body_seconds=0.3)
        with httpx.Client(timeout=PATIENCE) as client:
            slow = client.post(door + COMPLAINTS, content=body())
        assert (slow.status_code, slow.json()["type"]) == (408, "/problems/slow")
        assert slow.json()["detail"] == "The body of the request comes too slowly; send it again at once."
        assert asked.asked == []


def test_ten_seconds_is_how_long_a_sender_may_pause() -> None:
    assert Settings().body_seconds == 10


def table(service: str, told: Any) -> Table:
    return Table(operations(service, told))


def test_a_word_that_is_documented_goes_before_one_that_may_vary() -> None:
    paths: Any = {
        "/agencies/{agency}/c/{id}": {"get": {}},
        "/agencies/{agency}/c/track": {"post": {}},
        "/agencies/{agency}/c/{id}/steps": {"get": {}},
        "/agencies/{agency}/c/officers/{id}/history": {"get": {}},
    }
    found = table("s", {"paths": paths}).find

    def of(path: str) -> dict[str, str] | None:
        methods = found(path)
        return None if methods is None else {method: one.path for method, one in methods.items()}

    assert of("/agencies/a/c/1") == {"GET": "/agencies/{agency}/c/{id}"}
    assert of("/agencies/a/c/track") == {"POST": "/agencies/{agency}/c/track"}
    assert of("/agencies/a/c/officers/steps") == {"GET": "/agencies/{agency}/c/{id}/steps"}
    assert of("/agencies/a/c/officers") == {"GET": "/agencies/{agency}/c/{id}"}
    assert of("/agencies/a/c/officers/1/history") == {"GET": "/agencies/{agency}/c/officers/{id}/history"}
    assert [of("/agencies/a/c"), of("/agencies/a"), of("/"), of("")] == [None] * 4


def test_the_first_service_that_documents_an_address_keeps_it() -> None:
    first, second = Operation("a", "/agencies/{agency}/x"), Operation("b", "/agencies/{agency}/x")
    found = Table([("GET", first), ("GET", second), ("POST", second)]).find("/agencies/r/x")
    assert found == {"GET": first}


ELSEWHERE = [
    "/health/ready",
    "/agencies/{agency}",
    "/agencies/rivertown/x",
    "/agencies/{agency}/a//b",
    "/agencies/{agency}/..",
    "/agencies/{agency}/a%2Fb",
    "/agencies/{agency}/{a}{b}",
    "/agencies/{agency}/x/",
    "agencies/{agency}/x",
]


@pytest.mark.parametrize("route", ELSEWHERE)
def test_what_does_not_lie_plainly_under_an_agency_is_not_open(route: str) -> None:
    assert not is_open(route)


SEGMENTS = st.sampled_from(["a", "b", "{id}", "{case}", "c-d"])
ROUTES = st.lists(st.lists(SEGMENTS, min_size=1, max_size=4), max_size=12)


@given(ROUTES, st.lists(st.sampled_from(["a", "b", "c-d", "other", "..", "", "%2e"]), min_size=1, max_size=4))
def test_an_address_is_found_just_when_a_documented_one_fits_it(routes: list[list[str]], asked: list[str]) -> None:
    paths: Any = {"/agencies/{agency}/" + "/".join(route): {"get": {}} for route in routes}
    fits = [
        route
        for route in routes
        if len(route) == len(asked)
        and all(said == one or said[0] == "{" for said, one in zip(route, asked, strict=True))
    ]
    plain = all(one and one[0] not in ".%" for one in asked)
    found = table("s", {"paths": paths}).find("/agencies/r/" + "/".join(asked))
    assert (found is not None) == (bool(fits) and plain)
