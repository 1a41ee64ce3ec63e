import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gateway.statistics.crossing import NOT_SAID, WORDS, crossing_reader
from gateway.statistics.releases import correct, release_if_due
from shared.bus import Record
from shared.db import Database
from shared.errors import Malformed, NotFound
from shared.occasion import Occasion
from shared.policy import Policy
from shared.relay import Relay
from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received
from tests.make import make_filing
from tests.rooms import House

POLICY = Policy.read(None)
RACE = "complaints-by-race-2026"


@pytest.fixture
def counted(feed: Feed) -> Feed:
    """Return an empty feed of which nothing is counted or released, and nothing waits on the topic of oversight."""
    hear(feed)
    feed.uncount()
    return feed


def hear(feed: Feed, *records: Record) -> None:
    """Publish records and count everything that oversight was told."""
    feed.bus.publish(records)
    reader = crossing_reader(feed.database, feed.bus)
    member = reader.join()
    while reader.read(member, wait=0.3):
        pass
    member.close()


def relay(database: Database, feed: Feed) -> None:
    """Send everything that waits in a service's outbox, and count it."""
    sender = Relay(database, feed.bus)
    while sum(sender.send() for _ in range(16)):
        pass
    hear(feed)


def make_told(race: str | None, category: str = "force", **over: Any) -> Record:
    """Return a complaint as oversight is told of it."""
    envelope = make_envelope(**over)
    said = {"race": race, "gender": None, "age_band": None} if race else None
    value = json.dumps(make_received(categories=[category], said=said)).encode()
    return Record("accord.oversight", envelope.subject, value, envelope.headers())


def released(public: TestClient, number: int, name: str) -> Any:
    answer = public.get(f"/statistics/releases/{number}/{name}.json")
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(table: Any) -> dict[tuple[str, str], int | None]:
    return {(row["said"], row["category"]): row["count"] for row in table["rows"] if row["agency"] == "rivertown"}


def test_what_somebody_says_of_themselves_is_counted_and_kept_nowhere_else(house: House, counted: Feed) -> None:
    said = {"race": "asian", "age_band": "under 18"}
    with house.service("complaints") as client, house.database("complaints") as database:
        relay(database, counted)  # what other tests have left
        counted.uncount()
        answer = client.post("/agencies/rivertown/complaints", json=make_filing(of_themselves=said))
        assert answer.status_code == 201, answer.text
        relay(database, counted)
        with database.engine.connect() as connection:
            sent = connection.execute(text("select topic, payload::text from outbox where payload::text ~ 'under 18'"))
            assert {topic for topic, _ in sent} <= {"accord.complaints", "accord.oversight"}
    counted.tell()
    found = counted.ask("select attribute, said, count from crossed where said <> 'not said' order by attribute")
    assert found == [("age_band", "under 18", 1), ("race", "asian", 1)]
    assert counted.ask("select count(*) from entry where fields::text ~ 'under 18|asian'") == [(0,)]


def test_a_small_count_is_marked_and_none_follows_from_the_rest(counted: Feed, public: TestClient) -> None:
    told = [("white", "force", 30), ("black or african american", "force", 4), (None, "force", 25)]
    told += [("white", "discourtesy", 20), ("black or african american", "discourtesy", 40), (None, "discourtesy", 12)]
    hear(counted, *(make_told(race, category) for race, category, count in told for _ in range(count)))
    assert release_if_due(counted.database, POLICY, date(2027, 1, 1)) == 1
    cells = shown(released(public, 1, RACE))
    assert {said for said, _ in cells} == {*WORDS["race"]}
    assert cells["black or african american", "force"] is None
    assert cells["asian", "force"] == 0
    lines = public.get(f"/statistics/releases/1/{RACE}.csv").text.splitlines()
    assert lines[0] == "year,agency,said,category,count,withheld"
    assert "2026,rivertown,black or african american,force,,true" in lines
    for column, total in (("force", 59), ("discourtesy", 72)):
        hidden = [said for said in WORDS["race"] if cells[said, column] is None]
        assert len(hidden) != 1
        assert sum(cells[said, column] or 0 for said in WORDS["race"]) < total or not hidden
    assert NOT_SAID in {said for said, _ in cells}


def test_a_released_year_is_closed_and_what_comes_late_counts_in_the_next(counted: Feed, public: TestClient) -> None:
    hear(counted, *(make_told("white") for _ in range(40)))
    release_if_due(counted.database, POLICY, date(2027, 1, 1))
    before = released(public, 1, RACE)
    hear(counted, make_told("asian"))
    assert counted.ask("select distinct year from crossed where said = 'asian'") == [(2027,)]
    assert release_if_due(counted.database, POLICY, date(2027, 2, 1)) == 2
    assert released(public, 1, RACE) == before
    assert public.get(f"/statistics/releases/2/{RACE}.json").status_code == 404


def test_a_record_from_before_counts_in_the_year_in_which_it_is_entered(counted: Feed, public: TestClient) -> None:
    findings = [{"category": category, "finding": "unfounded", "count": 2} for category in ("force", "discourtesy")]
    record = {"received_on": "2019-05-01", "precision": "month", "findings": findings, "outcome": "unfounded"}
    said = {"race": "asian", "gender": None, "age_band": None}
    envelopes = [make_envelope(type="complaint.imported.v1") for _ in range(20)]
    value = json.dumps({**record, "said": said}).encode()
    hear(counted, *(Record("accord.oversight", one.subject, value, one.headers()) for one in envelopes))
    release_if_due(counted.database, POLICY, date(2027, 1, 1))
    cells = shown(released(public, 1, RACE))
    assert {cell: count for cell, count in cells.items() if count} == {
        ("asian", "discourtesy + force"): 20,
        ("asian", "total"): 20,
    }


def test_a_release_is_made_once_a_month_and_never_changes(counted: Feed, public: TestClient) -> None:
    counted.append((make_envelope(), json.dumps(make_received()).encode()))
    assert release_if_due(counted.database, POLICY, date(2026, 4, 3)) == 1
    assert release_if_due(counted.database, POLICY, date(2026, 4, 30)) is None
    first = public.get("/statistics/releases/1/complaints-received.json")
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    counted.append((make_envelope(), json.dumps(make_received()).encode()))
    later = make_envelope(time=datetime(2026, 5, 2, tzinfo=UTC))
    counted.append((later, json.dumps(make_received()).encode()))
    assert release_if_due(counted.database, POLICY, date(2026, 5, 1)) == 2
    assert public.get("/statistics/releases/1/complaints-received.json").content == first.content
    assert [row["count"] for row in released(public, 1, "complaints-received")["rows"]] == [1]
    assert [row["count"] for row in released(public, 2, "complaints-received")["rows"]] == [2]
    listed = public.get("/statistics/releases.json").json()["releases"]
    assert [(one["number"], one["made_on"], one["until"], one["entries"]) for one in listed] == [
        (2, "2026-05-01", "2026-05-01", 3),
        (1, "2026-04-03", "2026-04-01", 1),
    ]


def test_a_correction_is_a_release_that_says_what_it_puts_right(counted: Feed, public: TestClient) -> None:
    hear(counted, make_told("white"))
    release_if_due(counted.database, POLICY, date(2027, 1, 1))
    assert correct(counted.database, POLICY, date(2027, 1, 9), 1, "A month was missing.") == 2
    newest = public.get("/statistics/releases.json").json()["releases"][0]
    assert (newest["corrects"], newest["because"], newest["until"]) == (1, "A month was missing.", "2027-01-01")
    assert RACE not in {one["name"] for one in newest["tables"]}
    with pytest.raises(NotFound, match="There is no release 9"):
        correct(counted.database, POLICY, date(2027, 1, 9), 9, "Nothing.")
    with pytest.raises(Malformed, match="Say what was wrong"):
        correct(counted.database, POLICY, date(2027, 1, 9), 1, " ")


@pytest.mark.parametrize("change", ["update release set because = ''", "delete from released_table"])
def test_the_application_can_change_no_release(counted: Feed, change: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        counted.database.transaction(Occasion(service="gateway", agency="")) as session,
    ):
        session.execute(text(change))
