import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.statistics.counting import count_all
from gateway.statistics.crossing import WORDS
from gateway.statistics.labels import label, words
from gateway.statistics.shapes import KeyFiguresOut, TableOut
from gateway.statistics.tallies import median
from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received

RECEIVED, DECIDED = "complaint.received.v1", "complaint.decided.v1"
AGREED, REPORTED, VERIFIED = (
    f"reconciliation.{verb}.v1" for verb in ("agreed", "commitment_reported", "commitment_verified")
)


def tell(feed: Feed, kind: str, fields: dict[str, Any], **over: Any) -> None:
    feed.append((make_envelope(type=kind, **over), json.dumps(fields).encode()))


def make_decided(days: int = 10, **over: Any) -> dict[str, Any]:
    findings = [{"category": "force", "finding": "sustained", "count": 2}]
    return {"findings": findings, "outcome": "sustained", "days_open": days, **over}


def asked(public: TestClient, name: str, **over: Any) -> TableOut:
    answer = public.get(f"/statistics/{name}.json", params=over)
    assert answer.status_code == 200, answer.text
    return TableOut.model_validate(answer.json())


def cells(shown: TableOut) -> list[tuple[Any, ...]]:
    return [(row.agency, row.month, *row.keys.values(), row.count) for row in shown.rows]


def test_complaints_are_counted_by_agency_month_and_channel(counted: Feed, public: TestClient) -> None:
    tell(counted, RECEIVED, make_received(categories=["force", "discourtesy"]))
    tell(counted, RECEIVED, make_received(channel="phone"), agency="lansing-mi")
    tell(counted, RECEIVED, make_received(), time=datetime(2026, 4, 1, tzinfo=UTC))
    assert count_all(counted.database) == 3
    shown = asked(public, "complaints-received")
    assert shown.entries == 3
    assert cells(shown) == [
        ("lansing-mi", "2026-03", "phone", 1),
        ("rivertown", "2026-03", "web", 1),
        ("rivertown", "2026-04", "web", 1),
    ]
    assert cells(asked(public, "complaints-received", agency="rivertown", month="2026-04")) == [
        ("rivertown", "2026-04", "web", 1)
    ]
    assert cells(asked(public, "allegations-received", month="2026")) == [
        ("lansing-mi", "2026-03", "force", 1),
        ("rivertown", "2026-03", "discourtesy", 1),
        ("rivertown", "2026-03", "force", 1),
        ("rivertown", "2026-04", "force", 1),
    ]


def test_an_entry_is_counted_once_however_often_it_is_counted(counted: Feed, public: TestClient) -> None:
    tell(counted, RECEIVED, make_received())
    assert [count_all(counted.database) for _ in range(3)] == [1, 0, 0]
    assert cells(asked(public, "complaints-received")) == [("rivertown", "2026-03", "web", 1)]


def test_a_feed_that_was_built_anew_is_counted_anew(counted: Feed, public: TestClient) -> None:
    for _ in range(2):
        tell(counted, RECEIVED, make_received())
    count_all(counted.database)
    counted.empty()
    tell(counted, RECEIVED, make_received(channel="mail"))
    assert count_all(counted.database) == 1
    assert cells(asked(public, "complaints-received")) == [("rivertown", "2026-03", "mail", 1)]


def test_findings_outcomes_and_days_are_told_however_few_they_are(counted: Feed, public: TestClient) -> None:
    for days in (10, 40, 20):
        tell(counted, DECIDED, make_decided(days))
    count_all(counted.database)
    assert cells(asked(public, "findings")) == [("rivertown", "2026-03", "force", "sustained", 6)]
    assert cells(asked(public, "outcomes")) == [("rivertown", "2026-03", "sustained", 3)]
    [row] = asked(public, "days-open").rows
    assert (row.count, row.value) == (3, 20.0)


def test_missed_limits_are_told_for_each_hundred_complaints(counted: Feed, public: TestClient) -> None:
    for _ in range(8):
        tell(counted, RECEIVED, make_received())
    tell(counted, "complaint.limit_expired.v1", {"limit": "acknowledge", "due_on": "2026-03-02"})
    count_all(counted.database)
    [row] = asked(public, "time-limits").rows
    assert (row.keys, row.count, row.value) == ({"limit": "acknowledge"}, 1, 12.5)


def test_a_commitment_counts_as_it_was_last_told_of(counted: Feed, public: TestClient) -> None:
    promised = [
        {"number": number, "owner": "agency", "kind": "training", "due_on": "2026-06-01"} for number in (1, 2, 3)
    ]
    case = {"subject": "abcdefghijklmnop"}
    tell(counted, AGREED, {"process": "mediation", "commitments": promised}, **case)
    for commitment in promised[:2]:
        tell(counted, REPORTED, {"commitment": commitment, "reported": "reported done"}, **case)
    tell(counted, VERIFIED, {"commitment": promised[0], "reported": "reported done", "verified": "verified"}, **case)
    count_all(counted.database)
    assert cells(asked(public, "commitments")) == [
        ("rivertown", "2026-03", "training", "community: verified", 1),
        ("rivertown", "2026-03", "training", "promised", 1),
        ("rivertown", "2026-03", "training", "reported done", 1),
    ]
    assert [row.labels["state"] for row in asked(public, "commitments", language="es").rows] == [
        "comunidad: verificado",
        "prometido",
        "declarado cumplido",
    ]


def test_what_a_correction_puts_right_is_not_counted_beside_it(counted: Feed, public: TestClient) -> None:
    case = {"subject": "abcdefghijklmnop"}
    tell(counted, DECIDED, make_decided(outcome="exonerated"), **case)
    count_all(counted.database)
    tell(counted, DECIDED, make_decided(), **case)
    count_all(counted.database)
    assert cells(asked(public, "outcomes")) == [("rivertown", "2026-03", "sustained", 1)]


def test_records_of_before_count_in_their_own_month(counted: Feed, public: TestClient) -> None:
    findings = [{"category": "force", "finding": "unfounded", "count": 1}]
    record = {"received_on": "2019-05-01", "precision": "month", "findings": findings, "outcome": "unfounded"}
    tell(counted, "complaint.imported.v1", {**record, "days_open": None, "late": []})
    count_all(counted.database)
    assert cells(asked(public, "outcomes")) == [("rivertown", "2019-05", "unfounded", 1)]


def test_key_figures_are_those_of_the_tables(counted: Feed, public: TestClient) -> None:
    tell(counted, RECEIVED, make_received())
    tell(counted, DECIDED, make_decided(31))
    count_all(counted.database)
    found = public.get("/statistics/figures.json", params={"agency": "rivertown"}).json()
    assert found.keys() == KeyFiguresOut.model_fields.keys(), found
    day = date.fromisoformat(found.pop("next_release"))
    assert day.day == 1
    nothing = dict.fromkeys(KeyFiguresOut.model_fields.keys() - {"next_release"}, 0)
    assert found == {**nothing, "received": 1, "decided": 1, "sustained": 1, "median_days": 31.0}
    assert public.get("/statistics/figures.json", params={"agency": "lansing-mi"}).json()["received"] == 0


def test_no_spreadsheet_runs_what_stands_in_a_table(counted: Feed, public: TestClient) -> None:
    tell(counted, RECEIVED, make_received())
    with counted._as_owner() as connection:  # noqa: SLF001 - a code of no pack
        connection.execute("""update entry set fields = '{"channel": "=1+1", "categories": []}'""")
    count_all(counted.database)
    answer = public.get("/statistics/complaints-received.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text == "agency,month,channel,count\r\nrivertown,2026-03,'=1+1,1\r\n"


@pytest.mark.parametrize(("values", "middle"), [({}, None), ({3: 1}, 3), ({1: 1, 4: 1}, 2.5), ({1: 5, 9: 4}, 1)])
def test_the_median_is_the_middle(values: dict[int, int], middle: float | None) -> None:
    assert median(values) == middle


def test_a_table_that_there_is_not_is_refused(public: TestClient) -> None:
    answer = public.get("/statistics/gossip.json")
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("There is no table 'gossip'; there is complaints-received, ")
    assert public.get("/statistics/outcomes.json", params={"agency": "gotham"}).status_code == 404


def test_every_table_and_column_is_explained_in_both_languages(public: TestClient) -> None:
    listed = [one["name"] for one in public.get("/statistics.json").json()["tables"]]
    for language in ("en", "es"):
        explained = public.get("/statistics/dictionary.json", params={"language": language}).json()["tables"]
        assert [one["name"] for one in explained] == listed
        assert all(one["about"] and all(column["about"] for column in one["columns"]) for one in explained)


def test_whatever_people_say_of_themselves_has_spanish_words() -> None:
    said = {word for words in WORDS.values() for word in words}
    assert said - set(words("es")) == set()
    assert label("said", "18 to 24", None, "es") == "de 18 a 24"
    assert label("said", "asian", None, "en") == "Asian"
