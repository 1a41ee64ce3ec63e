import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.feed.leaves import commit
from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received, number
from tests.rooms import House

FOR_AN_HOUR = "public, max-age=3600, must-revalidate"
ASK_AGAIN = "public, no-cache"
SALT = "ab" * 16
PAGED = "A page counts the entries of the whole feed; with a filter, go on with `before` instead."
SERVED = "lansing-mi, rivertown, south-bend-in"


def fill(feed: Feed, count: int, **over: Any) -> None:
    """Append `count` entries."""
    value = json.dumps(make_received()).encode()
    feed.append(*((make_envelope(**over), value) for _ in range(count)))


def indexes(page: dict[str, Any]) -> list[int]:
    return [item["_accord"]["index"] for item in page["items"]]


def walked(public: TestClient, start: str) -> list[list[int]]:
    """Return the indexes on each page from `start` to the end."""
    pages, address = [], start
    while address:
        page = public.get(address).json()
        pages.append(indexes(page))
        address = page.get("next_url", "")
    return pages


def test_an_entry_is_told_in_a_sentence_and_whole(feed: Feed, public: TestClient) -> None:
    reference = "abcdefghijklmnop"
    made = commit(make_received(), SALT)
    feed.append((make_envelope(id=number(0), subject=reference, salt=SALT), json.dumps(make_received()).encode()))
    entry = {
        "index": 0,
        "type": "complaint.received.v1",
        "agency": "rivertown",
        "reference": reference,
        "day": "2026-03-04",
        "fields": {"channel": "web", "categories": ["force"]},
        "salts": dict(made.salts),
        "digests": list(made.digests),
        "corrects": None,
        "redacted": [],
        "expunged_by": None,
    }
    said = "A complaint alleging unnecessary force was received."
    answer = public.get("/feed.json")
    assert answer.headers["content-type"] == "application/feed+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json() == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Accord transparency feed",
        "language": "en",
        "home_page_url": "/",
        "feed_url": "/feed.json",
        "items": [
            {
                "id": "/feed/0",
                "url": "/feed/0",
                "content_text": said,
                "date_published": "2026-03-04T00:00:00Z",
                "tags": ["complaint.received.v1", "rivertown"],
                "_accord": entry,
            }
        ],
    }
    assert public.get("/feed/0").json() == {**entry, "sentence": said}
    spanish = public.get("/feed/0", params={"language": "es"}).json()
    assert spanish["sentence"] == "Se recibió una queja por fuerza innecesaria."


def test_a_field_without_a_value_is_told_as_such(feed: Feed, public: TestClient) -> None:
    fields: dict[str, Any] = {"received_on": "2019-05-01", "precision": "month", "findings": [], "outcome": None}
    feed.append((make_envelope(type="complaint.imported.v1"), json.dumps(fields).encode()))
    [item] = public.get("/feed.json").json()["items"]
    assert item["_accord"]["fields"] == {**fields, "days_open": None, "late": []}


def test_pages_hold_a_hundred_indexes_and_lead_to_the_beginning(feed: Feed, public: TestClient) -> None:
    fill(feed, 205)
    expected = [list(range(204, 199, -1)), list(range(199, 99, -1)), list(range(99, -1, -1))]
    assert walked(public, "/feed.json") == expected
    assert walked(public, "/feed.json?page=1") == expected[1:]


def test_a_full_page_gets_no_other_entries_and_may_be_kept_for_an_hour(feed: Feed, public: TestClient) -> None:
    fill(feed, 100)
    before = public.get("/feed.json", params={"page": 0})
    assert before.headers["cache-control"] == FOR_AN_HOUR
    fill(feed, 1)
    after = public.get("/feed.json", params={"page": 0})
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


def test_the_newest_page_is_asked_for_again_and_answered_only_when_it_has_changed(
    feed: Feed, public: TestClient
) -> None:
    fill(feed, 1)
    first = public.get("/feed.json")
    assert first.headers["cache-control"] == ASK_AGAIN
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = public.get("/feed.json", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    fill(feed, 1)
    changed = public.get("/feed.json", headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, indexes(changed.json())) == (200, [1, 0])


@pytest.mark.parametrize("address", ["/feed.json", "/feed.json?page=0"])
def test_a_page_that_will_still_grow_is_not_kept(feed: Feed, public: TestClient, address: str) -> None:
    fill(feed, 99)
    assert public.get(address).headers["cache-control"] == ASK_AGAIN


def test_an_empty_feed_is_a_feed(feed: Feed, public: TestClient) -> None:
    assert feed
    assert public.get("/feed.json").json()["items"] == []
    assert public.get("/feed.json?page=0").json()["items"] == []


def test_an_agencys_feed_holds_its_own_entries_only(feed: Feed, public: TestClient) -> None:
    for _ in range(101):
        fill(feed, 1)
        fill(feed, 1, agency="lansing-mi")
    assert walked(public, "/agencies/rivertown/feed.json") == [list(range(200, 1, -2)), [0]]
    page = public.get("/agencies/lansing-mi/feed.json?language=es").json()
    assert page["title"] == "Lansing Police Department, Michigan: transparency feed"
    assert page["next_url"] == "/agencies/lansing-mi/feed.json?before=3&language=es"


def test_a_feed_can_be_asked_for_one_type(feed: Feed, public: TestClient) -> None:
    fill(feed, 99)
    feed.append(*((make_envelope(type="complaint.closed.v1"), b"{}") for _ in range(2)))
    closed = "type=complaint.closed.v1"
    assert walked(public, f"/feed.json?{closed}") == [[100, 99]]
    assert walked(public, f"/agencies/rivertown/feed.json?{closed}") == [[100, 99]]


def test_no_token_is_looked_at(feed: Feed, public: TestClient) -> None:
    fill(feed, 1)
    for odd in ("Basic eDp5", "Bearer", "Bearer a.b.c", "¡hola!"):
        answer = public.get("/feed.json", headers={b"Authorization": odd.encode()})
        assert answer.status_code == 200


ODD = ("first", "1_0", "1.0", "%2B1", "01", "1e1", "%D9%A1", "1%00")
"""What is no whole number as people write one; pydantic alone takes half of them."""


@pytest.mark.parametrize(
    ("address", "status", "detail"),
    [
        ("/feed/1", 404, "The feed has no entry 1 yet."),
        *((f"/feed/{odd}", 422, "index: write a whole number, such as 17.") for odd in ODD),
        *((f"/log/proof/{odd}", 422, "index: write a whole number, such as 17.") for odd in ODD),
        *((f"/feed.json?page={odd}", 422, "page: write a whole number, such as 17.") for odd in ODD),
        *((f"/feed.csv?before={odd}", 422, "before: write a whole number, such as 17.") for odd in ODD),
        ("/feed/-1", 422, "index: Input should be greater than or equal to 0."),
        (f"/feed/{2**63}", 422, f"index: Input should be less than or equal to {2**63 - 1}."),
        ("/feed.json?page=1", 404, "The feed has no page 1 yet; the newest is 0."),
        (f"/feed.json?page={2**63}", 422, f"page: Input should be less than or equal to {(2**63 - 1) // 100}."),
        ("/feed.json?language=tlh", 422, "language: Input should be 'en' or 'es'."),
        ("/feed.json?page=0&type=complaint.closed.v1", 422, PAGED),
        ("/feed.csv?page=0&before=3", 422, PAGED),
        ("/feed.atom?from=2026-02-30", 422, "from takes a date such as 2026-11-23."),
        ("/feed.json?until=yesterday", 422, "until takes a date such as 2026-11-23."),
        (
            "/feed.json?from=2026-03-02&until=2026-03-01",
            422,
            "from (2026-03-02) is later than until (2026-03-01); no day lies between them.",
        ),
        ("/feed.json?reference=1", 422, "reference is not written as it should be: the pattern is ^[a-z2-7]{16}$."),
        ("/feed.json?agency=gotham", 422, f"No agency 'gotham' is served here; there is {SERVED}."),
        ("/feed.json?typ=x", 422, "The query parameter 'typ' is not known here; leave it out."),
        ("/feed/0?x=1", 422, "The query parameter 'x' is not known here; leave it out."),
        ("/feed.json?page=0&page=1", 422, "The query parameter 'page' stands there twice; send it once."),
        ("/feed/0?language=es&language=en", 422, "The query parameter 'language' stands there twice; send it once."),
        ("/feed/stream?after=1&after=2", 422, "The query parameter 'after' stands there twice; send it once."),
        ("/feed.json?before=-1", 422, "before: Input should be greater than or equal to 0."),
        (f"/feed.json?before={2**63}", 422, f"before: Input should be less than or equal to {2**63 - 1}."),
        ("/agencies/gotham/feed.json", 404, f"No agency 'gotham' is served here; there is {SERVED}."),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(
    feed: Feed, public: TestClient, address: str, status: int, detail: str
) -> None:
    fill(feed, 1)
    answer = public.get(address)
    assert (answer.status_code, answer.json()["detail"]) == (status, detail)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["/feed.json", "/agencies/rivertown/feed.json"])
def test_a_type_that_is_not_public_is_refused(public: TestClient, address: str) -> None:
    answer = public.get(address, params={"type": "complaint.returned.v1"})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(
        "There are no public events of the type 'complaint.returned.v1'; there is commendation.approved.v1, "
    )


def test_the_gateway_says_whether_it_runs(house: House, public: TestClient) -> None:
    assert house
    assert public.get("/health/live").json() == {"status": "running"}
    assert public.get("/health/ready").json() == {"database": "reachable", "bus": "reachable"}
