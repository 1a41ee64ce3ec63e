"""A complaint in which nothing happens is spoken of: an alert, an answer, or word that nobody answered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.complaints.clock import WATCHES
from shared.actors import Role
from shared.policy import Policy
from shared.sweep import sweep
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.evidence import deposit, get
from tests.complaints.test_limits import noon
from tests.rooms import Person, outbox_of

POLICY = Policy.read()
TODAY = POLICY.agencies["rivertown"].today(datetime.now(UTC))


def day(days: int) -> str:
    return f"{TODAY + timedelta(days=days)}"


def swept(desk: Desk, days: int) -> None:
    """Let so many days pass, and the workers look."""
    with desk.house.database("complaints") as database:
        sweep(database, POLICY, WATCHES, noon(TODAY + timedelta(days=days)))


def still(desk: Desk, complaint: dict[str, Any], days: int) -> None:
    """Let nothing have happened to a complaint for so many days."""
    with desk.house.database("complaints") as database, database.engine.begin() as connection:
        connection.exec_driver_sql("select set_config('accord.agency', 'rivertown', true)")
        connection.exec_driver_sql(
            "update complaint set moved_at = moved_at - make_interval(days => %s) where id = %s",
            (days, complaint["id"]),
        )


def told(desk: Desk, complaint: dict[str, Any], *kinds: str, topic: str = "accord.oversight") -> list[dict[str, Any]]:
    names = {f"complaint.{kind}.v1" for kind in kinds}
    rows = outbox_of(desk.house, "complaints", complaint["id"])
    return [payload for _, where, name, payload in rows if where == topic and name in names]


def explain(desk: Desk, complaint: dict[str, Any], by: Person, estimate: str) -> tuple[int, dict[str, Any]]:
    body = {"because": "The witness is abroad.", "estimate": estimate}
    answer = desk.client.post(f"{COMPLAINTS}/{complaint['id']}/stalls/answer", json=body, headers=dict(by.headers))
    return answer.status_code, answer.json()


def alerted(desk: Desk) -> dict[str, Any]:
    """Return a complaint that was assigned 31 days ago, with an alert of today."""
    complaint = desk.assigned()
    still(desk, complaint, 31)
    swept(desk, 0)
    return complaint


def test_a_complaint_that_stands_still_for_thirty_days_raises_one_alert(desk: Desk) -> None:
    complaint = alerted(desk)
    swept(desk, 1)

    assert told(desk, complaint, "stalled") == [{"idle_days": 31, "answer_by": day(7)}]
    assert told(desk, complaint, "stalled", topic="accord.public") == []


def test_a_complaint_that_moves_raises_no_alert(desk: Desk) -> None:
    complaint = desk.assigned()
    still(desk, complaint, 29)

    swept(desk, 0)

    assert told(desk, complaint, "stalled") == []


def test_a_decided_complaint_stands_still_without_an_alert(desk: Desk) -> None:
    complaint = desk.decided()
    still(desk, complaint, 90)

    swept(desk, 0)

    assert told(desk, complaint, "stalled") == []


def test_an_alert_that_nobody_answers_is_told_once(desk: Desk) -> None:
    complaint = alerted(desk)

    for days in (7, 8, 9):
        swept(desk, days)

    assert told(desk, complaint, "stall_ignored") == [{"days": 8}]


def test_an_answer_gives_a_reason_and_a_new_estimate(desk: Desk) -> None:
    complaint = alerted(desk)

    status, said = explain(desk, complaint, desk.investigator, day(20))

    assert status == 200
    alert = said["stalls"][0]
    assert (alert["because"], alert["estimate"]) == ("The witness is abroad.", day(20))
    assert alert["answered_by"] == str(desk.investigator.id)
    assert told(desk, complaint, "delay_explained") == [{"estimate": day(20), "late": False}]
    swept(desk, 19)
    assert len(told(desk, complaint, "stalled", "stall_ignored")) == 1


def test_a_promise_that_is_not_kept_raises_the_next_alert(desk: Desk) -> None:
    complaint = alerted(desk)
    explain(desk, complaint, desk.commander, day(10))

    swept(desk, 10)
    assert len(told(desk, complaint, "stalled")) == 1
    swept(desk, 11)
    assert len(told(desk, complaint, "stalled")) == 2


def test_a_promise_that_is_kept_raises_none(desk: Desk) -> None:
    complaint = alerted(desk)
    explain(desk, complaint, desk.commander, day(10))
    another = desk.house.person(Role.INVESTIGATOR)
    body = {"investigator_id": str(another.id), "because": "The first one is on leave."}
    desk.post(complaint, "assignment", desk.commander, body)

    swept(desk, 11)

    assert len(told(desk, complaint, "stalled")) == 1


def test_who_asks_for_news_or_brings_something_does_not_silence_the_alert(desk: Desk) -> None:
    complaint = desk.filed()
    still(desk, complaint, 31)
    with_code = {"Receipt-Code": complaint["receipt_code"]}

    desk.client.post(f"{COMPLAINTS}/track/messages", json={"text": "Any news?"}, headers=with_code)
    assert deposit(desk, complaint["receipt_code"]).status_code == 201
    desk.client.post(
        f"{COMPLAINTS}/{complaint['id']}/messages", json={"text": "No."}, headers=dict(desk.intake.headers)
    )
    board = desk.house.person(Role.OVERSIGHT)
    acknowledged = {"received_on": f"{TODAY}", "limits": []}
    desk.client.post(f"{COMPLAINTS}/dates/{complaint['public_ref']}", json=acknowledged, headers=dict(board.headers))
    swept(desk, 0)

    assert told(desk, complaint, "complainant_wrote", "staff_wrote", topic="accord.complaints") == [{}, {"answered": 1}]
    assert told(desk, complaint, "stalled") == [{"idle_days": 31, "answer_by": day(7)}]


def test_a_message_does_not_void_a_promise(desk: Desk) -> None:
    complaint = desk.filed()
    still(desk, complaint, 31)
    swept(desk, 0)
    explain(desk, complaint, desk.commander, day(10))
    with_code = {"Receipt-Code": complaint["receipt_code"]}
    desk.client.post(f"{COMPLAINTS}/track/messages", json={"text": "Any news?"}, headers=with_code)

    swept(desk, 10)
    assert len(told(desk, complaint, "stalled")) == 1
    swept(desk, 11)
    assert len(told(desk, complaint, "stalled")) == 2


@pytest.mark.parametrize("step", ["withdrawal", "administrative-closure"])
def test_an_alert_of_a_complaint_that_ended_waits_no_longer_and_does_not_come_back(desk: Desk, step: str) -> None:
    complaint = alerted(desk)
    said: dict[str, Any] = {"because": "They asked for it."}
    if step == "withdrawal":
        desk.post(complaint, step, desk.intake, said)
    else:
        desk.post(complaint, step, desk.commander, {**said, "ground": "answered at contact"})

    alerts = get(desk, complaint, "stalls", desk.commander).json()["stalls"]
    again = {"ground": "new evidence", "because": "A second recording has come up."}
    desk.post(complaint, "reopening", desk.adjudicator, again)
    swept(desk, 20)

    assert [(one["because"], one["answered_by"], one["estimate"]) for one in alerts] == [
        ("The case has ended.", None, None)
    ]
    assert told(desk, complaint, "stall_ignored") == []
    swept(desk, 31)
    assert len(told(desk, complaint, "stalled")) == 2


def test_nobody_explains_what_nobody_asked(desk: Desk) -> None:
    status, problem = explain(desk, desk.assigned(), desk.commander, day(3))

    assert status == 409
    assert problem["detail"] == ("There is no alert to be answered: nobody said that nothing happens in this case.")


@pytest.mark.parametrize(("days", "when"), [(-1, "in the past"), (367, "more than 366 days away")])
def test_an_estimate_lies_in_the_year_ahead(desk: Desk, days: int, when: str) -> None:
    complaint = alerted(desk)

    status, problem = explain(desk, complaint, desk.commander, day(days))

    assert (status, problem["detail"]) == (422, f"The next step is promised for {day(days)}, which is {when}.")
    assert told(desk, complaint, "delay_explained") == []


def test_alerts_that_wait_are_listed_with_the_most_urgent_first(desk: Desk) -> None:
    complaint, other = alerted(desk), desk.assigned()

    answer = desk.client.get(f"{COMPLAINTS}/stalled", headers=dict(desk.commander.headers))

    lines = answer.json()["complaints"]
    mine = next(line for line in lines if line["id"] == complaint["id"])
    assert mine["answer_by"] == day(7)
    assert other["id"] not in {line["id"] for line in lines}
    assert [date.fromisoformat(line["answer_by"]) for line in lines] == sorted(
        date.fromisoformat(line["answer_by"]) for line in lines
    )


def test_whoever_may_not_see_a_complaint_does_not_see_its_alert(desk: Desk) -> None:
    complaint = alerted(desk)
    stranger = desk.house.person(Role.INVESTIGATOR)

    listed = desk.client.get(f"{COMPLAINTS}/stalled", headers=dict(stranger.headers)).json()["complaints"]
    one = desk.client.get(f"{COMPLAINTS}/{complaint['id']}/stalls", headers=dict(stranger.headers))

    assert complaint["id"] not in {line["id"] for line in listed}
    assert one.status_code == 404
