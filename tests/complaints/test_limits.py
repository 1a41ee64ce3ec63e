"""Time limits of complaints: they begin and are met by what happens, stop only for a ground, and pass in the open."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.complaints.clock import WATCHES
from services.complaints.commands.limits import tell_complainant
from services.complaints.shapes.limits import ContactIn
from shared.actors import Actor, Role
from shared.events.complaints import Duty, Means
from shared.occasion import Occasion
from shared.policy import Policy
from shared.policy.limits import Limit, Milestone
from shared.sweep import sweep
from shared.timelimits import running_limits
from tests.complaints.conftest import COMPLAINTS, Desk, ask
from tests.rooms import outbox_of

POLICY = Policy.read()
TODAY = POLICY.agencies["rivertown"].today(datetime.now(UTC))


def limits_of(desk: Desk, complaint: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = desk.client.get(f"{COMPLAINTS}/{complaint['id']}/time-limits", headers=dict(desk.commander.headers))
    assert answer.status_code == 200, answer.text
    return {limit["code"]: limit for limit in answer.json()["limits"]}


def stopped(desk: Desk, complaint: dict[str, Any], **over: Any) -> tuple[int, dict[str, Any]]:
    said = {"ground": "criminal-matter", "document": "CR 2026-17", "since": f"{TODAY}", **over}
    return ask(desk, complaint, "tolls", desk.commander, **said)


def noon(day: date) -> datetime:
    """Return noon in the agency."""
    zone = ZoneInfo(POLICY.agencies["rivertown"].agency.timezone)
    return datetime.combine(day, time(12), zone).astimezone(UTC)


def after(days: int) -> datetime:
    """Return noon, so many days from now."""
    return noon(TODAY + timedelta(days=days))


def swept(desk: Desk, days: int) -> None:
    """Let so many days pass, and the workers look."""
    with desk.house.database("complaints") as database:
        sweep(database, POLICY, WATCHES, after(days))


def told(desk: Desk, complaint: dict[str, Any], kind: str, topic: str = "accord.complaints") -> list[dict[str, Any]]:
    """Return what a topic was told of a complaint."""
    rows = outbox_of(desk.house, "complaints", complaint["id"])
    return [payload for _, where, name, payload in rows if (where, name) == (topic, f"complaint.{kind}.v1")]


def due(days: int) -> str:
    return f"{TODAY + timedelta(days=days)}"


def test_filing_begins_the_time_limits_of_the_agency(desk: Desk) -> None:
    limits = limits_of(desk, desk.filed())

    assert {code: limit["due_on"] for code, limit in limits.items()} == {
        "acknowledgement": due(7),
        "classification": due(30),
        "investigation": due(45),
        "whole": due(180),
    }
    assert limits["whole"]["explained"] == f"{due(180)} = received {TODAY} + 180 calendar days + 0 tolled"
    assert limits["whole"]["law"] == "settlement agreement, Portland: 180 days"


def test_steps_meet_time_limits(desk: Desk) -> None:
    complaint = desk.decided()

    met = {code: limit["met_on"] for code, limit in limits_of(desk, complaint).items()}

    assert met == {
        "acknowledgement": None,
        "classification": f"{TODAY}",
        "investigation": f"{TODAY}",
        "whole": f"{TODAY}",
    }


def test_an_investigation_that_is_returned_runs_on(desk: Desk) -> None:
    complaint = desk.submitted()

    desk.post(complaint, "return", desk.commander, {"because": "Nobody asked the passenger."})

    assert limits_of(desk, complaint)["investigation"]["met_on"] is None


def test_a_withdrawn_complaint_waits_for_nothing(desk: Desk) -> None:
    complaint = desk.classified()

    desk.post(complaint, "withdrawal", desk.intake, {"because": "They asked for it."})

    limits = limits_of(desk, complaint)
    assert limits["whole"]["ended_on"] == f"{TODAY}"
    assert limits["classification"]["met_on"] == f"{TODAY}"
    swept(desk, 400)
    assert told(desk, complaint, "limit_expired") == []


def test_a_time_limit_that_passes_is_told_to_the_public_once(desk: Desk) -> None:
    complaint = desk.classified()

    swept(desk, 8)
    swept(desk, 9)

    expired = [{"limit": "acknowledgement", "due_on": due(7)}]
    assert told(desk, complaint, "limit_expired") == expired
    assert told(desk, complaint, "limit_expired", "accord.public") == expired


def test_on_its_due_date_a_time_limit_has_not_passed(desk: Desk) -> None:
    complaint = desk.classified()

    swept(desk, 7)

    assert told(desk, complaint, "limit_expired") == []


def test_warnings_are_given_once_each_and_only_to_those_inside_and_oversight(desk: Desk) -> None:
    complaint = desk.classified()
    ask(desk, complaint, "contacts", desk.intake, duty="acknowledged", means="phone")

    for days in (30, 31, 32, 42, 43):
        swept(desk, days)

    warned = [
        {"limit": "investigation", "due_on": due(45), "days_left": 14},
        {"limit": "investigation", "due_on": due(45), "days_left": 3},
    ]
    assert told(desk, complaint, "limit_warned") == warned
    assert told(desk, complaint, "limit_warned", "accord.oversight") == warned
    assert told(desk, complaint, "limit_warned", "accord.public") == []


def test_a_time_limit_that_is_met_too_late_is_told_even_if_nobody_looked(desk: Desk) -> None:
    complaint = desk.filed()
    age(desk, complaint, 8)

    ask(desk, complaint, "contacts", desk.intake, duty="acknowledged", means="mail")

    assert told(desk, complaint, "limit_expired") == [{"limit": "acknowledgement", "due_on": due(-1)}]
    assert limits_of(desk, complaint)["acknowledgement"]["late"]
    swept(desk, 0)
    assert len(told(desk, complaint, "limit_expired")) == 1


def age(desk: Desk, complaint: dict[str, Any], days: int) -> None:
    """Let a complaint have been received so many days earlier."""
    with desk.house.database("complaints") as database, database.engine.begin() as connection:
        connection.exec_driver_sql("select set_config('accord.agency', 'rivertown', true)")
        connection.exec_driver_sql(
            "update time_limit set started_on = started_on - %s, due_on = due_on - %s where case_id = %s",
            (days, days, complaint["id"]),
        )


def test_an_acknowledgement_on_an_earlier_day_meets_the_limit_on_that_day(desk: Desk) -> None:
    complaint = desk.filed()

    status, said = ask(desk, complaint, "contacts", desk.intake, duty="acknowledged", means="e-mail")

    assert status == 201
    assert {limit["code"]: limit["met_on"] for limit in said["limits"]}["acknowledgement"] == f"{TODAY}"
    assert told(desk, complaint, "complainant_told") == [{"duty": "acknowledged", "means": "e-mail"}]


def test_what_was_told_to_have_passed_stays_late_whatever_day_is_entered(desk: Desk) -> None:
    before, complaint = kept(desk), desk.filed()
    swept(desk, 8)

    ask(desk, complaint, "contacts", desk.intake, duty="acknowledged", means="mail", told_on=f"{TODAY}")

    now = kept(desk)
    assert {kind: now[kind] - before[kind] for kind in ("in_time", "late")} == {"in_time": 0, "late": 1}
    assert limits_of(desk, complaint)["acknowledgement"]["late"]


def test_nothing_meets_a_time_limit_before_it_began(desk: Desk) -> None:
    complaint = desk.filed()
    age(desk, complaint, -2)

    ask(desk, complaint, "contacts", desk.intake, duty="acknowledged", means="mail")

    assert limits_of(desk, complaint)["acknowledgement"]["met_on"] is None


def test_nobody_is_said_to_know_an_outcome_before_there_is_one(desk: Desk) -> None:
    complaint = desk.assigned()

    status, problem = ask(desk, complaint, "contacts", desk.commander, duty="outcome told", means="phone")

    sentence = "There is no outcome to be told yet; the complaint has not been decided."
    assert (status, problem["detail"]) == (409, sentence)
    assert told(desk, complaint, "complainant_told") == []


def test_news_of_a_closed_complaint_begins_no_wait_for_more(desk: Desk) -> None:
    complaint = desk.decided()
    desk.post(complaint, "closure", desk.adjudicator, {"because": "Everybody was told."})
    news = Limit(label={"en": "news"}, law="-", begins=Milestone.UPDATED, met_by=Milestone.UPDATED, days=28)
    rules = replace(POLICY.agencies["rivertown"], limits={"news": news})
    contact = ContactIn(duty=Duty.UPDATED, means=Means.PHONE)
    commander = Actor(desk.commander.id, frozenset({Role.COMMANDER}))

    here = Occasion(service="complaints", agency="rivertown")
    with desk.house.database("complaints") as database, database.transaction(here) as session:
        tell_complainant(session, UUID(complaint["id"]), contact, commander, after(0), rules)
        running = [limit.code for limit in running_limits(session, UUID(complaint["id"]))]

    assert "news" not in running


@pytest.mark.parametrize(("days", "when"), [(1, "still to come"), (-1, "before the complaint was received on ")])
def test_nobody_is_told_before_they_complained_or_in_the_future(desk: Desk, days: int, when: str) -> None:
    status, problem = ask(
        desk, desk.filed(), "contacts", desk.intake, duty="acknowledged", means="mail", told_on=due(days)
    )

    assert status == 422
    assert when in problem["detail"]


def test_whoever_may_not_see_a_complaint_does_not_learn_its_limits(desk: Desk) -> None:
    accused = desk.house.person(Role.COMMANDER, id=desk.officer_id)
    complaint = desk.classified()

    answer = desk.client.get(f"{COMPLAINTS}/{complaint['id']}/time-limits", headers=dict(accused.headers))

    assert answer.status_code == 404


def test_complaints_with_a_limit_that_passed_are_found(desk: Desk) -> None:
    late, other = desk.classified(), desk.classified()
    age(desk, late, 8)

    page = desk.client.get(COMPLAINTS, params={"overdue": True, "limit": 200}, headers=dict(desk.commander.headers))

    found = {line["id"] for line in page.json()["complaints"]}
    assert late["id"] in found
    assert other["id"] not in found


def test_how_limits_were_kept_is_counted(desk: Desk) -> None:
    before = kept(desk)
    in_time, late = desk.filed(), desk.filed()
    age(desk, late, 10)
    for complaint in (in_time, late):
        ask(desk, complaint, "contacts", desk.intake, duty="acknowledged", means="mail")
    overdue = desk.filed()
    age(desk, overdue, 8)

    now = kept(desk)

    grown = {kind: now[kind] - before[kind] for kind in ("in_time", "late", "overdue")}
    assert grown == {"in_time": 1, "late": 1, "overdue": 1}


def kept(desk: Desk) -> dict[str, int]:
    """Return how the limit for the acknowledgement was kept in the agency."""
    answer = desk.client.get(f"{COMPLAINTS}/time-limits", headers=dict(desk.commander.headers))
    found: dict[str, int] = next(one for one in answer.json()["limits"] if one["code"] == "acknowledgement")
    return found


def test_two_workers_that_sweep_at_once_tell_once(desk: Desk) -> None:
    complaint = desk.classified()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: swept(desk, 8), range(2)))

    assert len(told(desk, complaint, "limit_expired")) == 1


def test_the_day_is_the_agency_s_own() -> None:
    rules = POLICY.agencies["rivertown"]

    assert rules.today(datetime(2026, 3, 4, 3, 0, tzinfo=UTC)) == date(2026, 3, 3)
