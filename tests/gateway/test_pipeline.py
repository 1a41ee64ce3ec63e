"""What waits for a decision is part of the record."""

import json
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.feed import orders
from gateway.feed.pending import ENDS
from gateway.feed.vocabulary import public_kinds
from gateway.schedule import next_release
from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received
from tests.gateway.test_feed_acts import DECIDED, ONE, OTHER, REFERENCE, TWO, act, order


def enter(feed: Feed, kind: str, fields: dict[str, Any] | None = None, **over: Any) -> None:
    feed.append((make_envelope(type=kind, **over), json.dumps(fields or {}).encode()))


def pending(public: TestClient, agency: str = "rivertown") -> tuple[int, str | None]:
    found = next(one for one in public.get("/pipeline.json").json()["agencies"] if one["agency"] == agency)
    return found["pending"], found["oldest_since"]


def test_a_complaint_waits_from_its_receipt_to_its_decision_and_again_once_it_is_reopened(
    feed: Feed, public: TestClient
) -> None:
    assert pending(public) == (0, None)
    enter(feed, "complaint.received.v1", make_received(), subject=REFERENCE)
    enter(feed, "complaint.received.v1", make_received(), agency="lansing-mi")
    assert pending(public) == (1, "2026-03-04")
    assert public.get("/agencies/rivertown/pipeline.json").json()["pending"] == 1
    assert public.get("/pipeline.json").json()["pending"] == 2
    enter(feed, "complaint.decided.v1", DECIDED, subject=REFERENCE)
    assert pending(public) == (0, None)
    enter(feed, "complaint.reopened.v1", {"ground": "new evidence"}, subject=REFERENCE)
    assert pending(public)[0] == 1
    enter(feed, "complaint.closed.v1", subject=REFERENCE)
    assert pending(public) == (0, None)


def test_an_expunged_case_is_counted_by_its_tombstone(feed: Feed, public: TestClient) -> None:
    enter(feed, "complaint.received.v1", make_received(), subject=OTHER)
    act(feed, lambda session: orders.expunge(session, OTHER, order(ONE, TWO)))
    [found] = public.get("/agencies/rivertown/pipeline.json").json()["agencies"]
    assert (found["pending"], found["expunged"]) == (0, 1)
    enter(feed, "complaint.received.v1", make_received(), subject=OTHER)
    assert pending(public) == (0, None), "what arrives late of it does not wait"


def test_what_ends_the_waiting_are_events_of_the_record() -> None:
    assert {kind.name for kind in public_kinds()} >= ENDS


@pytest.mark.parametrize(
    ("day", "following"),
    [("2026-11-26", "2026-12-01"), ("2026-12-31", "2027-01-01"), ("2026-01-01", "2026-02-01")],
)
def test_statistics_come_out_on_the_first_of_a_month(day: str, following: str) -> None:
    assert next_release(date.fromisoformat(day)) == date.fromisoformat(following)
