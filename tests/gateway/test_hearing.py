"""What a server does about callers who send no head, half of one, or one that cannot be read."""

import json
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from accord import hearing
from accord.hearing import UNREADABLE
from gateway.leaving import HEADERS
from tests.gateway.conftest import OpenGateway
from tests.gateway.servers import PATIENCE

SECONDS = 0.4


@contextmanager
def connected(door: str) -> Iterator[socket.socket]:
    """Yield a connection to a gateway."""
    host, port = door.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        yield connection


def until_closed(connection: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize("begun", [b"", b"GET /health/live HT", b"GET /health/live HTTP/1.1\r\nHost: x\r\nX: "])
def test_who_sends_no_whole_head_is_cut(
    open_gateway: OpenGateway, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(hearing, "HEAD_SECONDS", SECONDS)
    with connected(open_gateway("")) as connection:
        connection.sendall(begun)
        for _ in range(3):  # who drips is cut, too
            time.sleep(SECONDS / 5)
            connection.sendall(b"x" if begun else b"")
        assert until_closed(connection) == b""


def test_a_second_head_has_the_same_time(open_gateway: OpenGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "HEAD_SECONDS", SECONDS)
    with connected(open_gateway("")) as connection:
        for _ in range(3):  # a connection that is used may be idle for longer
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
            time.sleep(SECONDS * 2)
        connection.sendall(b"GET /health")
        assert until_closed(connection) == b""


def test_what_is_left_of_a_body_that_was_refused_is_not_waited_for(
    open_gateway: OpenGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "HEAD_SECONDS", SECONDS)
    with connected(open_gateway("")) as connection:
        connection.sendall(b"DELETE /feed/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 405 ")
        connection.sendall(b"x")
        assert until_closed(connection) == b""


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /feed.json\r\n\r\n",
        b"GET /feed.json HTTP/1.1\r\n\r\n",
        b"GET /feed.json HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2\r\n\r\n",
        b"GET /feed.json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence_and_the_headers_of_the_edge(
    open_gateway: OpenGateway, request_: bytes
) -> None:
    with connected(open_gateway("")) as connection:
        connection.sendall(request_)
        head, _, body = until_closed(connection).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    said = dict(line.lower().split(": ", 1) for line in lines[1:])
    assert lines[0] == "HTTP/1.1 400 Bad Request"
    assert {name.lower(): value.lower() for name, value in HEADERS.items()}.items() <= said.items()
    assert (said["content-type"], said["connection"], said["cache-control"]) == (
        "application/problem+json",
        "close",
        "no-store",
    )
    assert json.loads(body)["detail"] == UNREADABLE


def test_a_body_that_breaks_after_its_answer_ends_the_connection_and_nothing_else(
    open_gateway: OpenGateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), connected(open_gateway("")) as connection:
        connection.sendall(b"DELETE /feed/0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 405 ")
        connection.sendall(b"no length\r\n")
        assert until_closed(connection) == b""
    assert caplog.records == []
