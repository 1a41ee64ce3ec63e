"""The past of legacy records: their days are kept, their time limits counted, and the public told once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from services.complaints.clock import WATCHES
from services.complaints.past import past_limits
from services.complaints.shapes.legacy import LegacyIn
from shared.actors import Role
from shared.events.complaints import ComplaintImported
from shared.policy import Policy
from shared.sweep import sweep
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.rooms import House, outbox_of

POLICY = Policy.read()
RULES = POLICY.agencies["rivertown"]
PENDING = {"category": "force"}
FOUND = {"category": "force", "finding": "unfounded"}


def make_legacy(**over: Any) -> dict[str, Any]:
    """Return a record that was closed on the hundredth day."""
    closed = {"received_on": "2019-05-04", "closed_on": "2019-08-12"}
    return {"legacy_id": f"old {uuid4()}", **closed, "allegations": [FOUND], **over}


def enter(house: House, complaints: TestClient, legacy: dict[str, Any]) -> Response:
    headers = dict(house.person(Role.RECORDS).headers)
    return complaints.post(f"{COMPLAINTS}/legacy", json=legacy, headers=headers)


def read(house: House, complaints: TestClient, path: str) -> Any:
    address = COMPLAINTS + (path if path.startswith("?") else f"/{path}")
    answer = complaints.get(address, headers=dict(house.person(Role.COMMANDER).headers))
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(house: House, entered: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return what the public was told of a record."""
    rows = outbox_of(house, "complaints", entered["id"])
    return [(name, payload) for _, topic, name, payload in rows if topic == "accord.public"]


def test_the_days_of_a_record_are_kept_and_shown(house: House, complaints: TestClient) -> None:
    officer, because = str(uuid4()), "Nobody else was there."
    allegation = {**FOUND, "officer_id": officer, "found_on": "2019-08-01", "because": because}
    history = {"investigated": "2019-07-20", "acknowledged": "2019-05-06"}
    legacy = make_legacy(allegations=[allegation], history=history)

    entered = enter(house, complaints, legacy).json()

    assert (entered["closed_on"], entered["days_open"]) == ("2019-08-12", 100)
    complaint = read(house, complaints, entered["id"])
    assert (complaint["closed_on"], complaint["days_open"]) == ("2019-08-12", 100)
    (kept,) = complaint["allegations"]
    shown = {"officer_id": officer, "finding": "unfounded", "finding_because": because, "found_on": "2019-08-01"}
    assert {name: kept[name] for name in shown} == shown
    assert read(house, complaints, f"{entered['id']}/legacy") == {
        "legacy_id": legacy["legacy_id"],
        "received_on": "2019-05-04",
        "precision": "day",
        "closed_on": "2019-08-12",
        "days_open": 100,
        "history": [
            {"step": "acknowledged", "taken_on": "2019-05-06"},
            {"step": "investigated", "taken_on": "2019-07-20"},
        ],
    }


def test_a_complaint_that_was_filed_here_has_no_earlier_record(house: House, complaints: TestClient) -> None:
    filed = complaints.post(COMPLAINTS, json={"narrative": "He shouted."}).json()
    path = f"{COMPLAINTS}/{filed['id']}/legacy"

    answer = complaints.get(path, headers=dict(house.person(Role.COMMANDER).headers))

    detail = "This complaint was filed here; no earlier record of it was brought in."
    assert (answer.status_code, answer.json()["detail"]) == (404, detail)


def test_limits_that_were_not_kept_are_told_with_the_record_and_never_again(
    house: House, complaints: TestClient
) -> None:
    closed = enter(house, complaints, make_legacy()).json()
    pending = enter(house, complaints, make_legacy(allegations=[PENDING], closed_on=None)).json()

    with house.database("complaints") as database:
        sweep(database, POLICY, WATCHES, datetime.now(UTC) + timedelta(days=1))

    ((name, payload),) = told(house, closed)
    assert (name, payload["days_open"]) == ("complaint.imported.v1", 100)
    assert sorted(payload["late"]) == ["classification", "investigation"]
    ((name, payload),) = told(house, pending)
    assert (name, payload["days_open"]) == ("complaint.imported.v1", None)
    assert sorted(payload["late"]) == ["acknowledgement", "classification", "investigation", "whole"]


def test_limits_that_were_not_kept_are_counted(house: House, complaints: TestClient) -> None:
    before = counted(house, complaints)

    enter(house, complaints, make_legacy())
    enter(house, complaints, make_legacy(closed_on="2019-05-20"))
    enter(house, complaints, make_legacy(allegations=[PENDING], closed_on=None))

    now = counted(house, complaints)
    grown = {code: {kind: now[code][kind] - before[code][kind] for kind in before[code]} for code in before}
    assert grown == {
        "acknowledgement": {"in_time": 0, "late": 0, "overdue": 1},
        "classification": {"in_time": 1, "late": 1, "overdue": 1},
        "investigation": {"in_time": 1, "late": 1, "overdue": 1},
        "whole": {"in_time": 2, "late": 0, "overdue": 1},
    }


def counted(house: House, complaints: TestClient) -> dict[str, dict[str, int]]:
    limits = read(house, complaints, "time-limits")["limits"]
    return {one["code"]: {kind: one[kind] for kind in ("in_time", "late", "overdue")} for one in limits}


def test_a_pending_record_is_found_among_the_overdue(house: House, complaints: TestClient) -> None:
    entered = enter(house, complaints, make_legacy(allegations=[PENDING], closed_on=None)).json()

    page = read(house, complaints, f"?overdue=true&number={entered['number']}")

    assert [line["id"] for line in page["complaints"]] == [entered["id"]]


def test_a_step_without_a_day_is_measured_by_the_next_that_has_one() -> None:
    decided = {**FOUND, "found_on": "2019-06-10"}
    legacy = LegacyIn.model_validate(make_legacy(allegations=[decided], history={"classified": "2019-06-04"}))

    limits = {limit.code: limit for limit in past_limits(legacy, RULES)}

    days = {code: (limit.met_on, limit.is_late(date(2026, 1, 1))) for code, limit in limits.items()}
    assert days == {
        "classification": (date(2019, 6, 4), True),
        "investigation": (date(2019, 6, 10), False),
        "whole": (date(2019, 6, 10), False),
    }


@pytest.mark.parametrize("over", [{"precision": "year", "received_on": "2019-01-01"}, {"closed_on": None}])
def test_where_a_day_is_not_known_nothing_is_said_of_limits(
    house: House, complaints: TestClient, over: dict[str, Any]
) -> None:
    entered = enter(house, complaints, make_legacy(**over)).json()

    ((_, payload),) = told(house, entered)
    assert (payload["days_open"], payload["late"]) == (None, [])
    assert read(house, complaints, f"{entered['id']}/time-limits") == {"limits": [], "ledger": []}


def test_an_event_of_before_is_still_read() -> None:
    event = ComplaintImported.model_validate(
        {"received_on": "2019-05-04", "precision": "day", "findings": [], "outcome": None}
    )

    assert (event.days_open, event.late) == (None, ())


@pytest.mark.parametrize(
    ("over", "status", "detail"),
    [
        (
            {"allegations": [{**PENDING, "found_on": "2019-06-01"}], "closed_on": None},
            422,
            "An allegation is pending and has the day of a finding; say what was found.",
        ),
        (
            {"allegations": [{**FOUND, "found_on": "2019-05-03"}]},
            422,
            "force was found to be unfounded on 2019-05-03, which is before it was received on 2019-05-04.",
        ),
        (
            {"history": {"outcome told": "2931-01-01"}},
            422,
            "The record was outcome told on 2931-01-01, which is still to come.",
        ),
        (
            {"history": {"assigned": "2019-06-02", "investigated": "2019-06-01"}},
            422,
            "The record was investigated on 2019-06-01, before it was assigned on 2019-06-02.",
        ),
        (
            {"history": {"decided": "2019-08-13"}},
            422,
            "The record was closed on 2019-08-12, before it was decided on 2019-08-13.",
        ),
        (
            {"history": {"closed": "2019-08-12"}},
            422,
            "history: the day on which it was closed is said by closed_on.",
        ),
    ],
)
def test_a_past_that_cannot_be_is_refused(
    house: House, complaints: TestClient, over: dict[str, Any], status: int, detail: str
) -> None:
    answer = enter(house, complaints, make_legacy(**over))

    assert (answer.status_code, answer.json()["detail"]) == (status, detail)


def test_whoever_is_accused_in_a_record_does_not_enter_it(house: House, complaints: TestClient) -> None:
    records = house.person(Role.RECORDS)
    legacy = make_legacy(allegations=[{**FOUND, "officer_id": str(records.id)}])

    answer = complaints.post(f"{COMPLAINTS}/legacy", json=legacy, headers=dict(records.headers))

    detail = "Whoever is accused in a complaint takes no step on it; somebody else has to enter it."
    assert (answer.status_code, answer.json()["detail"]) == (409, detail)


def test_closing_a_complaint_keeps_the_day(desk: Desk) -> None:
    closed = desk.post(desk.decided(), "closure", desk.adjudicator, {"because": "All was said."})

    assert (closed["closed_on"], closed["days_open"]) == (f"{RULES.today(datetime.now(UTC))}", 0)
