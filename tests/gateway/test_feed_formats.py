"""The feed in every format: the same entries, and whatever people wrote in them is text."""

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient

from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received

ATOM = "{http://www.w3.org/2005/Atom}"
PLANTED = '<script>alert(1)</script> & "quoted" ]]> <b>bold</b> &lt;i&gt;'
COMMITMENT = {"number": 1, "owner": "agency", "kind": "apology", "due_on": "2026-12-01"}


def fill(feed: Feed, count: int, fields: dict[str, Any] | None = None, **over: Any) -> None:
    value = json.dumps(make_received() if fields is None else fields).encode()
    feed.append(*((make_envelope(**over), value) for _ in range(count)))


def plant(feed: Feed, text: str) -> None:
    """Append an entry whose text a person released."""
    fill(feed, 1, {"commitment": COMMITMENT, "text": text}, type="reconciliation.commitment_released.v1")


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def atom(answer: Any) -> ET.Element:
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)  # noqa: S314 - our own


def text_of(element: ET.Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or ""


def test_atom_has_all_that_it_must_have(feed: Feed, public: TestClient) -> None:
    fill(feed, 101)
    page = atom(public.get("/feed.atom"))
    assert text_of(page, "title") == "Accord transparency feed"
    assert text_of(page, "updated") == "2026-03-04T00:00:00Z"
    links = {link.get("rel"): link.get("href") for link in page.findall(f"{ATOM}link")}
    assert links == {"self": "/feed.atom", "next": "/feed.atom?page=0"}
    before = atom(public.get(links["next"] or ""))
    entries = [*page.findall(f"{ATOM}entry"), *before.findall(f"{ATOM}entry")]
    assert [entry.find(f"{ATOM}link").get("href") for entry in entries] == [  # type: ignore[union-attr]
        f"/feed/{index}" for index in range(100, -1, -1)
    ]
    ids = {text_of(entry, "id") for entry in entries}
    assert len(ids) == 101
    assert all(one.startswith("urn:uuid:") for one in (*ids, text_of(page, "id")))
    assert {text_of(entry, "updated") for entry in entries} == {"2026-03-04T00:00:00Z"}
    said = {text_of(entry, "title") for entry in entries} | {text_of(entry, "content") for entry in entries}
    assert said == {"A complaint alleging unnecessary force was received."}


def test_an_empty_feed_is_a_feed_in_every_format(feed: Feed, public: TestClient) -> None:
    assert feed
    assert text_of(atom(public.get("/feed.atom")), "updated") == "1970-01-01T00:00:00Z"
    assert rows(public.get("/feed.csv")) == []


def test_csv_tells_what_json_tells(feed: Feed, public: TestClient) -> None:
    fill(feed, 1)
    whole = public.get("/feed/0").json()
    [row] = rows(public.get("/feed.csv"))
    assert {name: json.loads(row[name]) for name in ("fields", "salts", "digests", "redacted")} == {
        name: whole[name] for name in ("fields", "salts", "digests", "redacted")
    }
    plain = ("index", "type", "agency", "reference", "day", "sentence")
    assert [row[name] for name in plain] == [str(whole[name]) for name in plain]
    assert (row["corrects"], row["expunged_by"]) == ("", "")


@pytest.mark.parametrize("path", ["", "/agencies/rivertown"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_markup_that_was_planted_is_text_in_every_format(
    feed: Feed, public: TestClient, path: str, language: str
) -> None:
    plant(feed, PLANTED)
    asked = f"?language={language}"
    said = public.get(f"{path}/feed.json{asked}").json()["items"][0]
    assert PLANTED in said["content_text"]
    assert "content_html" not in said
    [entry] = atom(public.get(f"{path}/feed.atom{asked}")).findall(f"{ATOM}entry")
    for name in ("title", "content"):
        assert text_of(entry, name) == said["content_text"]
        assert entry.find(f"{ATOM}{name}").get("type") in (None, "text")  # type: ignore[union-attr]
    assert b"<script" not in public.get(f"{path}/feed.atom{asked}").content
    assert rows(public.get(f"{path}/feed.csv{asked}"))[0]["sentence"] == said["content_text"]


def test_characters_that_xml_cannot_hold_do_not_break_the_feed(feed: Feed, public: TestClient) -> None:
    plant(feed, "a\x01b\x0b\ufffe")
    [entry] = atom(public.get("/feed.atom")).findall(f"{ATOM}entry")
    assert "a\ufffdb\ufffd\ufffd" in text_of(entry, "content")


@pytest.mark.parametrize("form", ["json", "atom", "csv"])
def test_every_format_says_where_the_entries_before_are(feed: Feed, public: TestClient, form: str) -> None:
    fill(feed, 201)
    assert public.get(f"/feed.{form}").headers["link"] == f'</feed.{form}?page=1>; rel="next"'
    filtered = public.get(f"/feed.{form}?agency=rivertown&from=2026-03-01&language=es")
    where = f"/feed.{form}?before=101&agency=rivertown&from=2026-03-01&language=es"
    assert filtered.headers["link"] == f'<{where}>; rel="next"'
    assert "link" not in public.get(f"/feed.{form}?page=0").headers


def test_filters_hold_together(feed: Feed, public: TestClient) -> None:
    reference = "abcdefghijklmnop"
    days = [make_envelope().time.replace(day=day) for day in (1, 2, 3)]
    for day in days:
        fill(feed, 1, time=day)
        fill(feed, 1, time=day, agency="lansing-mi", subject=reference)
    fill(feed, 1, {}, type="complaint.closed.v1", time=days[1], agency="lansing-mi", subject=reference)

    def found(asked: str) -> list[str]:
        return [row["index"] for row in rows(public.get(f"/feed.csv?{asked}"))]

    assert found("from=2026-03-02") == ["6", "5", "4", "3", "2"]
    assert found("until=2026-03-01") == ["1", "0"]
    assert found("from=2026-03-02&until=2026-03-02") == ["6", "3", "2"]
    assert found(f"reference={reference}") == ["6", "5", "3", "1"]
    assert found(f"reference={reference}&type=complaint.received.v1&before=5") == ["3", "1"]
    assert found("agency=rivertown&from=2026-03-03") == ["4"]
    assert [row["index"] for row in rows(public.get("/agencies/lansing-mi/feed.csv?until=2026-03-01"))] == ["1"]
