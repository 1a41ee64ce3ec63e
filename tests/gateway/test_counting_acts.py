"""What is counted is what the record now says: after corrections, redactions and expungements, in any order."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.feed.acts import KEPT
from gateway.statistics.counting import count_all, count_some
from gateway.statistics.releases import release_if_due
from shared.policy import Policy
from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received

CASES = ("a" * 16, "b" * 16)
TABLES = ("complaints-received", "complaints-classified", "outcomes", "findings", "days-open", "endings", "commitments")
ORDERED = {"basis": "court-order", "authority": "Superior Court"}
COMMITMENT = {"number": 1, "owner": "agency", "kind": "training", "due_on": "2026-06-01"}
IMPORTED: dict[str, Any] = {
    "received_on": "2019-05-01",
    "precision": "month",
    "outcome": "unfounded",
    "days_open": None,
    "late": [],
}
FOUND = [{"category": "force", "finding": "sustained", "count": 2}]
DECIDED = {"findings": FOUND, "outcome": "sustained", "days_open": 10}
CLASSIFIED = {"classification": "misconduct", "track": "full investigation"}
ENTRIES: Sequence[tuple[str, dict[str, Any]]] = (
    ("complaint.received.v1", make_received()),
    ("complaint.imported.v1", {**IMPORTED, "findings": FOUND}),
    ("complaint.classified.v1", {**CLASSIFIED, "categories": ["force"]}),
    ("complaint.reclassified.v1", {**CLASSIFIED, "track": "mediation"}),
    ("complaint.decided.v1", DECIDED),
    ("complaint.decided.v1", {**DECIDED, "outcome": "exonerated", "days_open": 30}),
    ("complaint.closed.v1", {}),
    ("discipline.final.v1", {"sanction": "written reprimand", "departure": "within", "days": None, "categories": []}),
    ("reconciliation.agreed.v1", {"process": "mediation", "commitments": [COMMITMENT, {**COMMITMENT, "number": 2}]}),
    ("reconciliation.commitment_reported.v1", {"commitment": COMMITMENT, "reported": "reported done"}),
)


def tell(feed: Feed, case: str, kind: str, fields: dict[str, Any]) -> None:
    feed.append((make_envelope(type=kind, subject=case), json.dumps(fields).encode()))


def correct(feed: Feed, case: str, entry: int, *fields: str) -> None:
    tell(feed, case, "record.corrected.v1", {"entry": entry, "fields": fields, "correct": "Otherwise.", **ORDERED})


def redact(feed: Feed, case: str, entry: int, *fields: str) -> None:
    tell(feed, case, "record.redacted.v1", {"entry": entry, "fields": fields, **ORDERED})


def expunge(feed: Feed, case: str) -> None:
    tell(feed, case, "record.expunged.v1", {"entries": 1, **ORDERED})


def figures(feed: Feed) -> Counter[tuple[Any, ...]]:
    rows = feed.ask("select name, agency, month::text, array_to_string(keys, '|'), value, count from figure")
    return Counter({tuple(row[:5]): row[5] for row in rows})


def counts(public: TestClient, name: str) -> list[tuple[Any, ...]]:
    rows = public.get(f"/statistics/{name}.json").json()["rows"]
    return [(*row["keys"].values(), row["count"]) for row in rows]


class Chance:
    """What happens to a feed, as hypothesis draws it."""

    def __init__(self, feed: Feed, data: st.DataObject) -> None:
        self.feed = feed
        self.draw = data.draw
        self.told: dict[int, tuple[str, str, list[str]]] = {}

    def happens(self) -> None:
        """Let one thing happen: an entry, an act on an earlier one, an expungement, or counting of some entries."""
        case = self.draw(st.sampled_from(CASES))
        what = self.draw(st.sampled_from(("tell", "tell", "tell", "correct", "redact", "expunge", "count")))
        mine = [index for index, (owner, kind, _) in self.told.items() if owner == case and kind not in KEPT]
        if what == "count":
            count_some(self.feed.database, most=self.draw(st.integers(1, 3)))
        elif what == "expunge":
            expunge(self.feed, case)
            self.told[len(self.told)] = (case, "record.expunged.v1", [])
        elif what == "tell" or not mine:
            kind, fields = self.draw(st.sampled_from(ENTRIES))
            tell(self.feed, case, kind, fields)
            self.told[len(self.told)] = (case, kind, [*fields])
        else:
            self.acts(case, what, self.draw(st.sampled_from(mine)))

    def acts(self, case: str, what: str, entry: int) -> None:
        """Correct or redact fields of an entry."""
        names = self.told[entry][2] or ["nothing"]
        some = self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
        {"correct": correct, "redact": redact}[what](self.feed, case, entry, *some)
        self.told[len(self.told)] = (case, f"record.{what}ed.v1", ["entry", "fields"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_was_counted_along_the_way_is_what_counting_from_the_beginning_gives(
    counted: Feed, data: st.DataObject
) -> None:
    counted.empty()
    counted.uncount()
    chance = Chance(counted, data)
    for _ in range(data.draw(st.integers(2, 14))):
        chance.happens()
    count_all(counted.database)
    along_the_way = figures(counted)
    counted.uncount()
    count_all(counted.database)
    assert along_the_way == figures(counted)
    assert all(count > 0 for count in along_the_way.values())


def test_a_value_that_a_correction_calls_wrong_is_not_counted(counted: Feed, public: TestClient) -> None:
    tell(counted, CASES[0], "complaint.decided.v1", DECIDED)
    tell(counted, CASES[1], "complaint.decided.v1", DECIDED)
    count_all(counted.database)
    assert counts(public, "outcomes") == [("sustained", 2)]
    correct(counted, CASES[0], 0, "outcome")
    count_all(counted.database)
    assert counts(public, "outcomes") == [("sustained", 1)]
    assert counts(public, "findings") == [("force", "sustained", 4)]
    redact(counted, CASES[0], 2, "fields")  # the correction itself is taken back
    count_all(counted.database)
    assert counts(public, "outcomes") == [("sustained", 2)]


def test_a_value_that_was_deleted_is_not_counted_and_the_rest_is(counted: Feed, public: TestClient) -> None:
    tell(counted, CASES[0], "complaint.imported.v1", {**IMPORTED, "findings": FOUND})
    count_all(counted.database)
    redact(counted, CASES[0], 0, "outcome")
    count_all(counted.database)
    assert counts(public, "outcomes") == []
    assert counts(public, "findings") == [("force", "sustained", 2)]
    redact(counted, CASES[0], 0, "received_on")
    count_all(counted.database)
    assert counts(public, "findings") == [], "a record whose day was deleted counts in no month"


def test_an_expunged_case_counts_in_no_table(counted: Feed, public: TestClient) -> None:
    for kind, fields in ENTRIES:
        tell(counted, CASES[0], kind, fields)
    count_all(counted.database)
    assert all(counts(public, name) for name in TABLES)
    expunge(counted, CASES[0])
    tell(counted, CASES[0], "complaint.withdrawn.v1", {})
    count_all(counted.database)
    assert [name for name in TABLES if counts(public, name)] == []
    assert counted.ask("select count(*) from figure union all select count(*) from counted_case") == [(0,), (0,)]
    figures_told = public.get("/statistics/figures.json").json()
    assert {name: told for name, told in figures_told.items() if told and name != "next_release"} == {}


def test_the_newest_of_several_decisions_is_counted(counted: Feed, public: TestClient) -> None:
    for outcome in ("sustained", "unfounded", "exonerated"):
        tell(counted, CASES[0], "complaint.decided.v1", {**DECIDED, "outcome": outcome})
        count_all(counted.database)
        assert counts(public, "outcomes") == [(outcome, 1)]
    redact(counted, CASES[0], 2, "outcome")
    count_all(counted.database)
    assert counts(public, "outcomes") == [], "what was replaced does not come back"


def test_what_was_released_stays_as_it_was_released(counted: Feed, public: TestClient) -> None:
    tell(counted, CASES[0], "complaint.decided.v1", DECIDED)
    release_if_due(counted.database, Policy.read(None), date(2026, 4, 1))
    before = public.get("/statistics/releases/1/outcomes.json").json()
    assert [row["count"] for row in before["rows"]] == [1]
    expunge(counted, CASES[0])
    release_if_due(counted.database, Policy.read(None), date(2026, 5, 1))
    assert public.get("/statistics/releases/1/outcomes.json").json() == before
    assert public.get("/statistics/releases/2/outcomes.json").json()["rows"] == []
