import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from accord.rooms import SERVICES
from gateway import doorway
from gateway.bodies import HELD
from shared.app import create_app
from tests.broker import free_port
from tests.gateway.conftest import OpenGateway
from tests.gateway.servers import (
    PATIENCE,
    WORDS,
    Behave,
    Meeting,
    answer_once,
    documented,
    half,
    hang_up,
    mirror,
    misbehaving,
    mumble,
    say_nothing,
    serving,
)
from tests.make import make_filing
from tests.rooms import House

COMPLAINTS = "/agencies/rivertown/complaints"
ASKED = {
    "accept": "application/json",
    "accept-language": "es",
    "authorization": "Bearer odd.token",
    "content-type": "application/json",
    "idempotency-key": "0123456789abcdef",
    "if-match": '"3"',
    "receipt-code": "abcd",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}
TELLTALE = {
    "cookie": "who=me",
    "forwarded": "for=203.0.113.9",
    "referer": "https://forum.example/",
    "user-agent": "my own browser",
    "x-forwarded-for": "203.0.113.9",
    "x-real-ip": "203.0.113.9",
}


@pytest.fixture
def door(open_gateway: OpenGateway) -> Iterator[str]:
    """Yield the base URL of a gateway before a service that tells what it was sent."""
    with serving(documented(mirror)) as address:
        yield open_gateway(address)


def raw(door: str, method: str, target: str) -> tuple[int, dict[str, Any]]:
    """Send a request whose target is not tidied up on the way."""
    connection = http.client.HTTPConnection(urlsplit(door).netloc, timeout=PATIENCE)
    connection.request(method, target)
    answer = connection.getresponse()
    told = answer.status, json.loads(answer.read())
    connection.close()
    return told


def test_a_complaint_can_be_filed_and_tracked_through_the_gateway(house: House, open_gateway: OpenGateway) -> None:
    with serving(create_app(SERVICES["complaints"], house.settings)) as address:
        httpx.get(f"{address}/openapi.json", timeout=60).raise_for_status()  # made once, and slowly on a busy machine
        door = open_gateway(address)
        filed = httpx.post(door + COMPLAINTS, json=make_filing())
        assert (filed.status_code, filed.headers.get("etag")) == (201, '"1"'), filed.text
        code = {"Receipt-Code": filed.json()["receipt_code"]}
        tracked = httpx.get(f"{door}{COMPLAINTS}/track", headers=code)
        assert (tracked.status_code, tracked.json()["stage"]) == (200, "received")
        unknown = httpx.get(f"{door}{COMPLAINTS}/{filed.json()['id']}")
        assert (unknown.status_code, unknown.headers["www-authenticate"]) == (401, "Bearer")
        assert unknown.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_what_is_on_the_list_is_passed_on_as_it_was_asked(door: str, method: str, word: str) -> None:
    target = f"/agencies/rivertown/{word}/0b8c/steps?state=under%20review&limit=5"
    answer = httpx.request(method, door + target, content=b"" if method == "GET" else b"{}")
    assert answer.status_code == 207
    told = answer.json()
    assert (told["method"], told["target"]) == (method, target)
    assert told["body"] == ("" if method == "GET" else "{}")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_refused(door: str, method: str) -> None:
    answer = httpx.request(method, door + COMPLAINTS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert answer.json()["detail"] == "This address exists, but not with this method."


def test_options_says_what_an_address_takes_and_opens_it_to_no_other_page(door: str) -> None:
    answer = httpx.options(door + COMPLAINTS, headers={"Origin": "https://page.example"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, POST, HEAD, OPTIONS"
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_head_is_asked_of_the_service_as_get_and_answered_without_what_it_says(door: str) -> None:
    answer = httpx.head(door + COMPLAINTS)
    assert (answer.status_code, answer.headers["etag"], answer.content) == (207, '"7"', b"")


@pytest.mark.parametrize(
    "target",
    [
        "/openapi.yaml",
        "/health",
        "/agencies/rivertown",
        "/agencies/rivertown/officers",
        "/agencies/rivertown/complaintsx",
        "/agencies/nowhere/complaints",
        "/health/ready/x",
        "/internal",
        f"{COMPLAINTS}/0b8c/nothing",
        f"{COMPLAINTS}/0b8c/steps/1",
        f"{COMPLAINTS}/.",
        f"{COMPLAINTS}/..",
        f"{COMPLAINTS}/0b8c/%73teps",
        f"{COMPLAINTS}/{{case}}/steps",
        f"{COMPLAINTS}/0b8c%2Fsteps",
        "/agencies%2Frivertown/complaints",
        "/AGENCIES/rivertown/complaints",
        "/agencies/rivertown/Complaints",
        f"{COMPLAINTS}/",
        f"{COMPLAINTS}//track",
        f"/{COMPLAINTS}",
        f"{COMPLAINTS}/../../../health/ready",
        f"{COMPLAINTS}/./track",
        f"{COMPLAINTS}/%2e%2e/health",
        f"{COMPLAINTS}/a%2Fb",
        f"{COMPLAINTS}/a%5Cb",
        f"{COMPLAINTS}/a\\b",
        f"{COMPLAINTS}/a;b",
        f"{COMPLAINTS}/%00",
        f"{COMPLAINTS}/.hidden",
        f"{COMPLAINTS}/a@b",
    ],
)
def test_nothing_else_is_passed_on(door: str, target: str) -> None:
    status, problem = raw(door, "GET", target)
    assert (status, problem["status"]) == (404, 404)


def test_a_query_that_an_address_cannot_hold_is_refused(door: str) -> None:
    answer = raw_answer(door, b"GET " + COMPLAINTS.encode() + b"?q=\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.split()[1] in (b"422", b"400")


def test_the_service_learns_what_it_needs_and_nothing_about_the_caller(door: str) -> None:
    answer = httpx.post(door + COMPLAINTS, headers={**ASKED, **TELLTALE}, content=b"{}")
    told = dict(answer.json()["headers"])
    host = told.pop("host")
    assert f"http://{host}" != door
    asked = dict(ASKED)
    foreign = asked.pop("traceparent")
    assert trace_of(told.pop("traceparent", NO_TRACE)) != trace_of(foreign), "a trace ties cases together"
    assert told == {**asked, "accept-encoding": "identity", "content-length": "2"}


NO_TRACE = "00-none-none-00"


def trace_of(traceparent: str) -> str:
    """Return the trace's id."""
    return traceparent.split("-")[1]


def test_the_caller_learns_what_they_need_and_nothing_about_the_inside(door: str) -> None:
    answer = httpx.get(door + COMPLAINTS)
    passed = {name: answer.headers[name] for name in ("etag", "retry-after", "www-authenticate", "content-type")}
    assert passed == {
        "etag": '"7"',
        "retry-after": "9",
        "www-authenticate": "Bearer",
        "content-type": "application/json",
    }
    assert answer.headers["location"] == "/agencies/rivertown/complaints/1"
    assert answer.headers["cache-control"] == "no-store"
    assert not {"set-cookie", "x-powered-by", "via", "server"} & set(answer.headers)


def test_what_one_caller_got_does_not_go_out_with_the_next_request(door: str) -> None:
    httpx.get(door + COMPLAINTS)
    assert "cookie" not in dict(httpx.get(door + COMPLAINTS).json()["headers"])


def test_a_large_body_is_passed_on_while_it_arrives(open_gateway: OpenGateway) -> None:
    meeting = Meeting()

    def body() -> Iterator[bytes]:
        yield b"." * HELD
        assert meeting.first_arrived.wait(PATIENCE), "the gateway held the body back"
        yield b"second"

    with serving(documented(meeting.upload)) as address:
        assert httpx.post(open_gateway(address) + COMPLAINTS, content=body()).text == str(HELD + len("second"))


def test_a_service_is_not_asked_before_a_small_body_is_there(open_gateway: OpenGateway) -> None:
    """Else slow senders would hold the connections that everybody shares."""
    meeting = Meeting()

    def body() -> Iterator[bytes]:
        yield b"first"
        assert not meeting.first_arrived.wait(1), "the service was asked for the sake of half a body"
        yield b"second"

    with serving(documented(meeting.upload)) as address:
        assert httpx.post(open_gateway(address) + COMPLAINTS, content=body()).text == "11"


def test_large_bodies_never_take_all_connections_that_everybody_shares(
    open_gateway: OpenGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorway, "ARRIVING", 1)
    meeting = Meeting()

    def body() -> Iterator[bytes]:
        yield b"." * HELD
        assert meeting.first_arrived.wait(PATIENCE)
        second = httpx.post(url, content=b"." * HELD * 2)
        assert (second.status_code, second.headers["retry-after"]) == (503, "5")
        assert second.json()["detail"].startswith("Too many large bodies are on their way at the moment")
        assert httpx.post(url, content=b"small").text == "5"
        yield b"end"

    with serving(documented(meeting.upload)) as address:
        url = open_gateway(address) + COMPLAINTS
        assert httpx.post(url, content=body()).text == str(HELD + 3)
        assert httpx.post(url, content=b"." * HELD * 2).text == str(HELD * 2)


def raw_answer(door: str, request: bytes) -> bytes:
    host, port = door.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(request)
        return connection.recv(65_536)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", (b"422", b"400")),
        (b"Content-Length: 2\r\nIdempotency-Key: 0123456789abcdef\xff\r\n", (b"422",)),
    ],
)
def test_a_header_that_can_be_read_in_two_ways_is_refused(door: str, header: bytes, status: tuple[bytes, ...]) -> None:
    head = b"POST " + COMPLAINTS.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + b"\r\n"

    answer = raw_answer(door, head + b"2\r\n{}\r\n0\r\n\r\n")

    assert answer.split()[1] in status


def test_an_answer_is_passed_on_while_it_arrives(open_gateway: OpenGateway) -> None:
    meeting = Meeting()
    with serving(documented(meeting.download)) as address:
        door = open_gateway(address)
        with httpx.stream("GET", door + COMPLAINTS, timeout=PATIENCE) as answer:
            parts = answer.iter_raw()
            assert next(parts) == b"first"
            meeting.go_on.set()
            assert b"".join(parts) == b"second"


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_refused(open_gateway: OpenGateway, announced: bool) -> None:  # noqa: FBT001
    large = b"x" * 2_000
    with serving(documented(mirror)) as address:
        door = open_gateway(address, max_body_size=1_000)
        answer = httpx.post(door + COMPLAINTS, content=large if announced else iter([large]))
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        assert (
            answer.json()["detail"]
            == "The body is larger than the 1000 bytes that this address accepts; send less at once."
        )
        assert httpx.post(door + COMPLAINTS, content=b"x" * 1_000).status_code == 207


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the sentence of a refusal, which names no address and says when to come back."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "5"
    assert "127.0.0.1" not in answer.text
    return answer.status_code, answer.json()["detail"]


def test_a_service_that_is_away_has_stored_nothing(open_gateway: OpenGateway) -> None:
    answer = httpx.post(open_gateway(f"http://127.0.0.1:{free_port()}") + COMPLAINTS, json=make_filing())
    missing = ", ".join(SERVICES)
    said = f"It is not known yet whether this address exists, since there is no answer from: {missing}."
    assert refused(answer) == (503, f"{said} Nothing was stored; try again in a few seconds.")


def test_a_service_that_went_away_is_away(open_gateway: OpenGateway) -> None:
    with serving(documented(mirror)) as address:
        door = open_gateway(address)
        assert httpx.get(door + COMPLAINTS).status_code == 207
    answer = httpx.post(door + COMPLAINTS, json=make_filing())
    assert refused(answer) == (503, "The complaints service is away; nothing was stored. Try again in a few seconds.")


def test_of_services_that_are_not_set_up_nothing_is_there(open_gateway: OpenGateway) -> None:
    assert httpx.get(open_gateway("") + COMPLAINTS).status_code == 404


@pytest.mark.parametrize("behave", [hang_up, mumble])
def test_a_service_that_breaks_off_may_have_carried_it_out(open_gateway: OpenGateway, behave: Behave) -> None:
    with misbehaving(behave) as (address, _):
        answer = httpx.post(open_gateway(address) + COMPLAINTS, content=b"{}")
    said = "it may have been carried out. Ask again with the same Idempotency-Key."
    assert refused(answer) == (502, f"The complaints service broke off before it answered; {said}")


def test_a_service_that_is_too_slow_may_have_carried_it_out(open_gateway: OpenGateway) -> None:
    with misbehaving(say_nothing) as (address, received):
        answer = httpx.post(open_gateway(address, patience=0.3) + COMPLAINTS, content=b"{}")
        assert b"".join(received).endswith(b"{}")
    said = "it may have been carried out. Ask again with the same Idempotency-Key."
    assert refused(answer) == (504, f"The complaints service has not answered in time; {said}")


def test_a_service_that_dies_in_the_middle_of_its_answer_was_asked_once(open_gateway: OpenGateway) -> None:
    """What came is passed on, and the caller sees that it is not whole."""
    with misbehaving(half) as (address, received):
        with httpx.stream("POST", open_gateway(address) + COMPLAINTS, content=b"{}") as answer:
            assert answer.status_code == 200
            with pytest.raises(httpx.RemoteProtocolError):
                answer.read()
        assert [sent[:4] for sent in received if sent.startswith((b"POST", b"GET"))] == [b"POST"]


def test_a_request_that_may_have_been_carried_out_is_never_sent_twice(open_gateway: OpenGateway) -> None:
    """The connection is one that has served before, which HTTP clients like to take for merely stale."""
    with misbehaving(answer_once) as (address, received):
        door = open_gateway(address)
        assert httpx.get(door + COMPLAINTS).text == "ok"
        assert httpx.post(door + COMPLAINTS, content=b"{}").status_code == 502
        assert [sent[:4] for sent in received if sent[:4] in (b"POST", b"GET ")] == [b"GET ", b"POST"]
