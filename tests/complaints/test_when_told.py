"""What is told of a complaint bears the day on which it happened, and counts the days that were waited."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.complaints.clock import WATCHES
from shared.actors import Role
from shared.policy import Policy
from shared.sweep import sweep
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.strict import told
from tests.complaints.test_limits import noon
from tests.make import make_classification, make_findings

POLICY = Policy.read()
NOW = datetime.now(UTC)
TODAY = POLICY.agencies["rivertown"].today(NOW)
NOON = noon(TODAY)


def run(desk: Desk, statement: str, complaint: dict[str, Any], **said: Any) -> list[Any]:
    with desk.house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        result = connection.execute(text(statement), {"id": complaint["id"], **said})
        return list(result) if result.returns_rows else []


def last_touched(desk: Desk, complaint: dict[str, Any], days: int) -> datetime:
    """Let the last step have been so many days ago, and return when that was."""
    earlier = "update complaint set updated_at = updated_at - make_interval(days => :days) where id = :id"
    moment: datetime = run(desk, f"{earlier} returning updated_at", complaint, days=days)[0][0]
    return moment


def dated(desk: Desk, complaint: dict[str, Any], kind: str) -> dict[str, datetime]:
    """Return the moments on the records of the last event of this kind, by topic."""
    statement = "select topic, headers ->> 'ce_time' from outbox where case_id = :id and type = :type order by id"
    rows = run(desk, statement, complaint, type=f"complaint.{kind}.v1")
    return {topic.removeprefix("accord."): datetime.fromisoformat(moment) for topic, moment in rows}


def swept(desk: Desk, days: int) -> datetime:
    """Let so many days pass, and the workers look; return when they did."""
    moment = NOON + timedelta(days=days)
    with desk.house.database("complaints") as database:
        sweep(database, POLICY, WATCHES, moment)
    return moment


def midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize(
    ("kind", "days", "topics"),
    [
        ("limit_expired", (8,), {"oversight", "public"}),
        ("limit_warned", (31,), {"oversight"}),
        ("stalled", (31,), {"oversight"}),
        ("stall_ignored", (31, 39), {"oversight"}),
    ],
)
def test_what_the_clock_tells_bears_its_own_day_and_not_that_of_the_last_step(
    desk: Desk, kind: str, days: tuple[int, ...], topics: set[str]
) -> None:
    complaint = desk.assigned()
    touched = last_touched(desk, complaint, 5)

    moments = [swept(desk, passed) for passed in days]

    expected = {"complaints": moments[-1]} | dict.fromkeys(topics, midnight(moments[-1]))
    assert dated(desk, complaint, kind) == expected
    assert run(desk, "select updated_at from complaint where id = :id", complaint) == [(touched,)]


@pytest.mark.parametrize("step", ["links", "duplicate"])
def test_a_link_bears_the_day_on_which_it_was_made_in_both_complaints(desk: Desk, step: str) -> None:
    complaint, other = desk.classified(), desk.classified()
    touched = last_touched(desk, other, 40)
    said = {"kind": "same incident"} if step == "links" else {"because": "The same."}
    body = {"other_id": other["id"], **said}

    answer = desk.client.post(f"{COMPLAINTS}/{complaint['id']}/{step}", json=body, headers=dict(desk.commander.headers))

    assert answer.status_code in (200, 201), answer.text
    assert timedelta() <= dated(desk, other, "linked")["complaints"] - NOW < timedelta(hours=1)
    assert run(desk, "select updated_at from complaint where id = :id", other) == [(touched,)]


def imported(desk: Desk, **over: Any) -> dict[str, Any]:
    """Return a complaint that was received in 2024 and is decided today."""
    pending = {"legacy_id": f"old {uuid4()}", "received_on": "2024-05-01", "allegations": [{"category": "force"}]}
    records = dict(desk.house.person(Role.RECORDS).headers)
    complaint = desk.client.post(f"{COMPLAINTS}/legacy", json={**pending, **over}, headers=records).json()
    complaint = desk.post(complaint, "classification", desk.intake, make_classification(desk.officer_id))
    complaint = desk.post(complaint, "assignment", desk.commander, {"investigator_id": str(desk.investigator.id)})
    complaint = desk.post(complaint, "investigation", desk.investigator, make_findings(complaint))
    complaint = desk.post(complaint, "review", desk.commander, make_findings(complaint))
    return desk.post(complaint, "decision", desk.adjudicator, make_findings(complaint))


@pytest.mark.parametrize(("precision", "days"), [("day", (TODAY - date(2024, 5, 1)).days), ("month", 0), ("year", 0)])
def test_a_complaint_was_open_since_it_was_received_and_not_since_it_was_entered(
    desk: Desk, precision: str, days: int
) -> None:
    complaint = imported(desk, precision=precision)

    assert told(desk, complaint, "decided")["public"]["days_open"] == days


@pytest.mark.parametrize(
    "change",
    [
        "update vote set finding = 'unfounded'",
        "update assignment set investigator_id = :id",
        "update referral set because = ''",
        "update reporting_line set supervisor_id = :id",
        "update discipline_case set officer_id = :id",
    ],
)
def test_what_was_done_cannot_be_rewritten_by_the_application(desk: Desk, change: str) -> None:
    with pytest.raises(Exception, match="permission denied"):
        run(desk, change, desk.filed())
