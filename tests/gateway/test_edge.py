"""What holds for every request and every answer at the edge of the house."""

import logging
import re
import socket
from collections.abc import Iterator

import httpx
import pytest

from gateway.edge import HEADER_BYTES, MOST_HEADERS, TARGET_BYTES
from gateway.leaving import HEADERS
from gateway.main import create_gateway
from shared.settings import Environment
from tests.gateway.conftest import OpenGateway
from tests.gateway.servers import PATIENCE, WORDS, documented, mirror, serving
from tests.rooms import House

COMPLAINTS = "/agencies/rivertown/complaints"
EVERYWHERE = ["/feed.json", "/nowhere", "/api", "/openapi.json", COMPLAINTS, f"{COMPLAINTS}/0/nothing", "/"]


@pytest.fixture
def door(open_gateway: OpenGateway) -> Iterator[str]:
    """Yield the base URL of a gateway before a service that tells what it was sent."""
    with serving(documented(mirror)) as address:
        yield open_gateway(address)


def sent(door: str, request: bytes) -> bytes:
    """Return what comes back for these bytes until the connection is closed."""
    host, port = door.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize("address", EVERYWHERE)
def test_every_answer_carries_the_headers_of_the_edge(door: str, address: str) -> None:
    answer = httpx.get(door + address)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["cross-origin-resource-policy"] in ("same-origin", "cross-origin")
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["request-id"])
    assert {"ratelimit", "ratelimit-policy"} <= set(answer.headers)
    assert not {"server", "x-powered-by", "strict-transport-security"} & set(answer.headers)


def test_production_takes_https_alone(open_gateway: OpenGateway) -> None:
    door = open_gateway("", env=Environment.PRODUCTION)
    assert httpx.get(f"{door}/feed.json").headers["strict-transport-security"].startswith("max-age=63072000")


def test_pages_of_any_origin_read_the_feed_and_nothing_of_the_services(door: str) -> None:
    feed, case = httpx.get(f"{door}/feed.json"), httpx.get(door + COMPLAINTS)
    assert feed.headers["access-control-allow-origin"] == "*"
    assert feed.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-origin" not in case.headers
    assert case.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/feed.json", "/feed/0", "/agencies/rivertown/feed.json"])
def test_a_page_may_ask_whether_it_may_read_the_feed(door: str, address: str) -> None:
    answer = httpx.options(door + address, headers={"Origin": "https://x.example"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"


def test_a_page_of_another_origin_may_ask_for_nothing_else(door: str) -> None:
    answer = httpx.options(f"{door}/", headers={"Origin": "https://x.example"})
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "access-control-allow-origin" not in answer.headers
    assert httpx.options(f"{door}/nowhere").status_code == 404


@pytest.mark.parametrize("address", ["/feed.json", "/", "/api", "/openapi.json", "/health/live", "/nowhere"])
def test_head_is_get_without_what_it_says(door: str, address: str) -> None:
    get, head = httpx.get(door + address), httpx.head(door + address)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert [head.headers.get(name) for name in ("content-length", "content-type", "etag")] == [
        get.headers.get(name) for name in ("content-length", "content-type", "etag")
    ]


def test_an_address_that_is_too_long_is_refused(door: str) -> None:
    fits, long = "x" * (TARGET_BYTES - len("/health/live?y=")), "x" * TARGET_BYTES
    assert httpx.get(f"{door}/health/live?y={fits}").status_code == 200
    answer = httpx.get(f"{door}{COMPLAINTS}?{long}")
    assert (answer.status_code, answer.json()["type"]) == (414, "/problems/too-long")


@pytest.mark.parametrize("headers", [[(f"x-{n}", "1") for n in range(MOST_HEADERS)], [("x-large", "x" * HEADER_BYTES)]])
def test_headers_that_are_too_many_or_too_long_are_refused(door: str, headers: list[tuple[str, str]]) -> None:
    answer = httpx.get(door + COMPLAINTS, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (431, "application/problem+json")
    assert answer.json()["detail"].startswith("There are more than 100 headers, or more than 16384 bytes of them")


@pytest.mark.parametrize(
    "line",
    [
        b"GET http://127.0.0.1:1/feed.json HTTP/1.1",
        b"GET http://127.0.0.1:1/agencies/rivertown/complaints HTTP/1.1",
        b"GET * HTTP/1.1",
        b"CONNECT 127.0.0.1:22 HTTP/1.1",
    ],
)
def test_what_is_no_path_of_this_server_is_refused_and_asked_of_nobody(door: str, line: bytes) -> None:
    answer = sent(door, line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.split()[1] == b"400"
    assert b"Ask for a path of this server" in answer


@pytest.mark.parametrize(
    ("head", "statuses"),
    [
        (b"Host: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n", (b"400",)),
        (b"Host: x\r\nContent-Length: -2\r\n", (b"400",)),
        (b"Host: x\r\nContent-Length: +2\r\n", (b"400",)),
        (b"Host: x\r\nTransfer-Encoding: gzip, chunked\r\n", (b"400", b"501")),
        (b"Host: x\r\nReceipt-Code: a\r\nReceipt-Code: b\r\n", (b"422",)),
        (b"Host: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n", (b"422",)),
        (b"Host: x\r\nX: a\x00b\r\n", (b"400",)),
        (b"Host: x\r\nbroken\r\n", (b"400",)),
        (b"Host : x\r\n", (b"400",)),
        (b"X-Big: " + b"x" * 70_000 + b"\r\nHost: x\r\n", (b"400", b"431")),
        (b"Host: \xe2\x98\x83.example\r\n", (b"207", b"400", b"404")),
        (b"Host: a.example\r\nHost: b.example\r\n", (b"207", b"400", b"404")),
        (b"Host: [::1\r\n", (b"207", b"400", b"404")),
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused_or_does_no_harm(
    door: str, head: bytes, statuses: tuple[bytes, ...]
) -> None:
    answer = sent(door, b"GET " + COMPLAINTS.encode() + b" HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n")
    assert answer.split()[1] in statuses
    assert b"Traceback" not in answer


@pytest.mark.parametrize("address", [COMPLAINTS, "/feed.json", "/complain"])
def test_a_body_of_two_lengths_is_refused_and_nothing_after_it_is_read(door: str, address: str) -> None:
    lengths = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"
    after = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    body = b"0\r\n\r\n"
    answer = sent(door, b"POST " + address.encode() + b" HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n" + body + after)
    assert answer.split()[1] == b"400"
    assert b"Send either Content-Length, a number, or Transfer-Encoding, and not both." in answer
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("address", [*EVERYWHERE, "/feed/99999", "/feed.json?page=x", "/health/live", "/track"])
def test_an_answer_is_kept_by_nobody_unless_it_says_so(door: str, address: str) -> None:
    answer = httpx.get(door + address)
    kept = "public, no-cache" if address in ("/feed.json", "/api", "/openapi.json", "/") else "no-store"
    assert answer.headers["cache-control"] == kept


@pytest.mark.parametrize("address", ["/feed/99999", "/feed.json?page=x", "/feed/stream?after=x", "/log/proof/x"])
def test_pages_of_any_origin_read_why_the_feed_does_not_answer(door: str, address: str) -> None:
    answer = httpx.get(door + address)
    assert (answer.status_code // 100, answer.headers["access-control-allow-origin"]) == (4, "*")


def test_pages_of_any_origin_read_where_the_feed_goes_on(door: str) -> None:
    assert "link" in httpx.get(f"{door}/feed.csv").headers["access-control-expose-headers"].split(", ")


def test_a_browser_is_refused_with_a_page_before_anything_is_looked_at(open_gateway: OpenGateway) -> None:
    door = open_gateway("", rates={"reading": "1/60"})
    statuses = [httpx.get(f"{door}/es/complain", headers={"Accept": "text/html"}) for _ in range(2)]
    assert [(one.status_code, one.headers["content-type"]) for one in statuses] == [
        (200, "text/html; charset=utf-8"),
        (429, "text/html; charset=utf-8"),
    ]
    assert (statuses[1].headers["retry-after"], 'lang="es"' in statuses[1].text) == ("60", True)


def test_a_fault_at_the_door_is_a_problem_document_and_names_its_request(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> bool:
        raise ZeroDivisionError("a secret")

    app = create_gateway(house.settings.model_copy(update={"services": {}}))
    app.fronts = (broken,)
    with caplog.at_level(logging.ERROR), serving(app) as door:
        answer = httpx.get(f"{door}/feed.json")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert "request-id" in answer.headers


@pytest.mark.parametrize("word", WORDS)
def test_an_agency_that_is_not_served_is_not_asked_for(door: str, word: str) -> None:
    answer = httpx.get(f"{door}/agencies/nowhere/{word}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert answer.json()["detail"].startswith("No agency 'nowhere' is served here; there is ")
