"""Answers that are kept ready are those that would be given now."""

import json
import tracemalloc
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import State

from gateway.feed import orders
from gateway.feed.orders import Order
from gateway.feed.shelf import BESIDE, LARGEST, Kept, Shelf
from gateway.feed.watch import Watch
from shared.actors import Actor
from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received, number
from tests.gateway.test_feed_acts import act

ORDER = Order("court-order", "Superior Court", "why", (Actor(number(1), frozenset()),))
PAGES = (
    "/feed.json",
    "/feed.json?page=0",
    "/feed.atom",
    "/feed.csv?page=0",
    "/agencies/rivertown/feed.json",
    "/feed/0",
)


def fill(feed: Feed, count: int) -> None:
    value = json.dumps(make_received()).encode()
    feed.append_all([(make_envelope(), value) for _ in range(count)])


def lasting(answer: Any) -> dict[str, str]:
    """Return the headers of an answer that are not of one request."""
    return {name: value for name, value in answer.headers.items() if name not in ("request-id", "ratelimit")}


@pytest.mark.parametrize("address", PAGES)
def test_what_is_kept_is_given_again_byte_for_byte(feed: Feed, public: TestClient, address: str) -> None:
    fill(feed, 100)
    first, again = public.get(address), public.get(address)
    assert (again.content, lasting(again)) == (first.content, lasting(first))
    known = public.get(address, headers={"If-None-Match": f"W/{first.headers['etag']}"})
    assert (known.status_code, known.content) == (304, b"")
    assert {name: known.headers[name] for name in ("etag", "cache-control")} == {
        name: first.headers[name] for name in ("etag", "cache-control")
    }
    head = public.head(address)
    assert (head.status_code, head.content, lasting(head)) == (200, b"", lasting(first))


def test_head_is_answered_before_anything_is_kept_and_for_what_is_not_there(feed: Feed, public: TestClient) -> None:
    fill(feed, 1)
    head = public.head("/feed.csv")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(public.get("/feed.csv").content))
    missing = public.head("/feed/7")
    assert (missing.status_code, missing.content) == (404, b"")


def test_a_new_entry_is_on_the_newest_page_at_once(feed: Feed, public: TestClient) -> None:
    for length in range(1, 30):
        fill(feed, 1)
        assert len(public.get("/feed.json").json()["items"]) == length


@pytest.mark.parametrize("address", PAGES)
def test_nothing_that_is_kept_shows_what_was_deleted(feed: Feed, public: TestClient, address: str) -> None:
    fill(feed, 100)
    before = public.get(address)
    act(feed, lambda session: orders.redact(session, 0, ["categories"], ORDER))
    fields = '"categories": "0' if address.endswith("csv") else before.text
    after = public.get(address, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.text != before.text
    assert fields not in after.text
    newest = public.get("/feed/0").json()
    assert (newest["fields"], newest["redacted"]) == ({"channel": "web"}, ["categories"])


def test_while_it_is_not_known_how_the_feed_is_the_database_is_asked(
    feed: Feed, public: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(feed, 1)
    assert len(public.get("/feed.json").json()["items"]) == 1
    monkeypatch.setattr(Watch, "is_sure", property(lambda _: False))
    feed.ask("update entry set agency = 'lansing-mi' returning 1")
    assert public.get("/feed.json").json()["items"][0]["_accord"]["agency"] == "lansing-mi"


def test_a_page_whose_reading_fails_at_its_end_is_a_fault_and_is_not_kept(
    feed: Feed, public: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended(session: AsyncSession, *_: object) -> None:
        await session.close()
        raise OperationalError("rollback", {}, Exception("the server closed the connection"))

    fill(feed, 1)
    with monkeypatch.context() as ill:
        ill.setattr(AsyncSession, "__aexit__", ended)
        assert public.get("/feed.json").status_code == 503
    assert len(public.get("/feed.json").json()["items"]) == 1


def test_many_small_answers_take_no_more_room_than_few_large_ones() -> None:
    shelf = Shelf(State())
    tracemalloc.start()
    for place in range(4 * LARGEST // BESIDE):
        said = str(place).encode()
        headers = [(bytes([name]) * 8, said * 4) for name in b"abcdef"]
        shelf.keep((f"/feed/{place}", b"x=" + said), Kept((1, 0), False, str(place), headers, said * 10))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < LARGEST
