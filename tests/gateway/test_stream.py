"""Following the feed: every entry once and in order, however often the line is cut."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.feed import consumers, orders, stream, watch
from gateway.feed.orders import Order
from shared.actors import Actor
from tests.gateway.conftest import Feed, OpenGateway
from tests.gateway.make import make_envelope, make_received, number
from tests.gateway.servers import PATIENCE
from tests.gateway.test_feed_acts import act

EVENT = re.compile(rb"id: ([0-9]+)\nevent: entry\ndata: ([^\n]*)\n\n")
CUTS = 1_000


def fill(feed: Feed, count: int, **over: Any) -> None:
    value = json.dumps(make_received()).encode()
    feed.append_all([(make_envelope(**over), value) for _ in range(count)])


@contextmanager
def following(url: str, asked: str = "", last: str = "", buffer: int = 0) -> Iterator[socket.socket]:
    """Yield the connection of a client that has asked for the stream."""
    there = urlsplit(url)
    with socket.socket() as line:
        if buffer:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        line.settimeout(PATIENCE)
        line.connect((there.hostname, there.port))
        resumed = f"Last-Event-ID: {last}\r\n" if last else ""
        line.sendall(f"GET /feed/stream{asked} HTTP/1.1\r\nHost: x\r\n{resumed}\r\n".encode())
        yield line


def told(received: bytes) -> bytes:
    """Return the body of a chunked answer as far as it has come."""
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    body = b""
    while (size := rest.partition(b"\r\n")[0]) and rest.count(b"\r\n"):
        length = int(size, 16)
        body += rest[len(size) + 2 :][:length]
        rest = rest[len(size) + 2 + length + 2 :]
    return body


def events(received: bytes) -> list[tuple[int, dict[str, Any]]]:
    return [(int(id_), json.loads(data)) for id_, data in EVENT.findall(told(received))]


def heard(line: socket.socket, count: int) -> list[tuple[int, dict[str, Any]]]:
    """Return the entries that have come once there are so many."""
    received = b""
    while b"\r\n\r\n" not in received or len(found := events(received)) < count:
        part = line.recv(65536)
        assert part, "the stream has ended"
        received += part
    return found


def test_the_whole_feed_is_told_from_the_earliest_entry_and_then_what_is_new(
    feed: Feed, open_gateway: OpenGateway
) -> None:
    fill(feed, 3)
    url = open_gateway("")
    with following(url, "?after=earliest") as line:
        heard(line, 3)
        fill(feed, 2)
        with following(url, "?after=earliest&language=es") as again:
            found = heard(again, 5)
    assert [index for index, _ in found] == [0, 1, 2, 3, 4]
    assert found[4][1] == httpx.get(f"{url}/feed/4?language=es").json()


def test_without_an_index_only_what_is_new_is_told(feed: Feed, open_gateway: OpenGateway) -> None:
    fill(feed, 3)
    with following(open_gateway("")) as line:
        assert line.recv(65536)
        fill(feed, 1)
        assert [index for index, _ in heard_after_head(line, 1)] == [3]


def heard_after_head(line: socket.socket, count: int) -> list[tuple[int, Any]]:
    received = b""
    while len(found := EVENT.findall(received)) < count:
        received += line.recv(65536)
    return [(int(id_), data) for id_, data in found]


def test_a_stream_can_be_of_one_agency_and_type(feed: Feed, open_gateway: OpenGateway) -> None:
    for _ in range(60):
        fill(feed, 1)
        fill(feed, 1, agency="lansing-mi")
    url = open_gateway("")
    asked = "?after=earliest&agency=lansing-mi&type=complaint.received.v1"
    with following(url, asked) as line:
        assert [index for index, _ in heard(line, 60)] == list(range(1, 120, 2))
    with following(url, asked, last="100") as line:
        assert [index for index, _ in heard(line, 9)] == list(range(101, 120, 2))[:10]


def test_a_client_that_is_cut_a_thousand_times_has_every_entry_once_and_in_order(
    feed: Feed, open_gateway: OpenGateway
) -> None:
    fill(feed, 400)
    url = open_gateway("")
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            fill(feed, 3)
            time.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    found: list[int] = []
    for cut in range(CUTS):
        last = str(found[-1]) if found else ""
        with following(url, "?after=earliest", last) as line:
            received = b""
            wanted = 900 + 37 * (cut % 50)  # in the middle of an event, or of several
            while len(received) < wanted:
                received += line.recv(wanted - len(received))
            found += [index for index, _ in events(received)]
    done.set()
    writer.join()
    assert len(found) > CUTS / 2
    assert found == list(range(len(found)))


def test_a_client_that_never_reads_is_stopped_and_resumes_without_a_gap(
    feed: Feed, open_gateway: OpenGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PATIENCE_SECONDS", 0.6)
    for _ in range(20):
        fill(feed, 1_000)
    url = open_gateway("")
    received = b""
    with following(url, "?after=earliest", buffer=4_096) as line:
        time.sleep(2.5)
        while part := line.recv(65536):
            received += part
    found = [int(id_) for id_, _ in EVENT.findall(received.replace(b"\r\n", b""))]
    assert 0 < len(received) < 8_000_000, "what waits for one client is bounded"
    with following(url, last="15000") as line:
        assert [index for index, _ in heard(line, 4_999)] == list(range(15_001, 20_000))
    assert found[:10] == list(range(10))


def test_two_gateways_tell_the_same(feed: Feed, open_gateway: OpenGateway) -> None:
    one, two = open_gateway(""), open_gateway("")
    with following(one, "?after=earliest") as first, following(two, "?after=earliest") as second:
        for _ in range(5):
            fill(feed, 2)
        assert heard(first, 10) == heard(second, 10)


def test_who_was_told_more_by_another_gateway_goes_on_here(
    feed: Feed, open_gateway: OpenGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 3.0)
    monkeypatch.setattr(watch, "SURE_SECONDS", 30.0)
    url = open_gateway("")
    assert httpx.head(f"{url}/feed/stream").status_code == 200
    monkeypatch.setattr(consumers, "CHANNEL", "unheard")  # PostgreSQL's word comes late
    fill(feed, 3)
    with following(url, last="1") as line:
        assert [index for index, _ in heard(line, 1)] == [2]


def test_a_line_on_which_nothing_happens_has_a_heartbeat(
    feed: Feed, open_gateway: OpenGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert feed
    assert stream.HEARTBEAT_SECONDS == 15
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.1)
    with following(open_gateway("")) as line:
        received = b""
        while received.count(b"3\r\n:\n\n\r\n") < 2:
            received += line.recv(65536)


def test_what_was_deleted_is_not_told_to_anybody_who_follows_later(feed: Feed, open_gateway: OpenGateway) -> None:
    feed.append((make_envelope(id=number(0)), json.dumps(make_received()).encode()))
    url = open_gateway("")
    order = Order("court-order", "Superior Court", "why", (Actor(number(1), frozenset()),))
    with following(url, "?after=earliest") as line:
        assert "categories" in heard(line, 1)[0][1]["fields"]
        act(feed, lambda session: orders.redact(session, 0, ["categories"], order))
    with following(url, "?after=earliest") as line:
        found = heard(line, 2)
    assert found[0][1]["fields"] == {"channel": "web"}
    assert found[0][1]["redacted"] == ["categories"]


@pytest.mark.parametrize(
    ("asked", "last", "detail"),
    [
        ("after=later", "", "Follow the feed after an index, such as 17, or from `earliest`."),
        ("", "seven", "Follow the feed after an index, such as 17, or from `earliest`."),
        ("", "-1", "Follow the feed after an index, such as 17, or from `earliest`."),
        ("", str(2**80), "Follow the feed after an index, such as 17, or from `earliest`."),
        ("after=1", "", "The feed has no entry 1 yet; it has 1. Leave the index out, or say `earliest`."),
        ("agency=gotham", "", "No agency 'gotham' is served here; there is lansing-mi, rivertown, south-bend-in."),
        ("from=2026-01-01", "", "The query parameter 'from' is not known here; leave it out."),
    ],
)
def test_what_cannot_be_followed_is_refused_in_a_sentence(
    feed: Feed, open_gateway: OpenGateway, asked: str, last: str, detail: str
) -> None:
    fill(feed, 1)
    headers = {"Last-Event-ID": last} if last else {}
    answer = httpx.get(f"{open_gateway('')}/feed/stream?{asked}", headers=headers)
    assert answer.status_code == 422
    assert detail in answer.json()["detail"]
