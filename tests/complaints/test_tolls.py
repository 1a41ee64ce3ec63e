"""The toll ledger: what lets time limits stand still, for how long, and what it does not take."""

from typing import Any
from uuid import uuid4

import pytest

from tests.complaints.conftest import Desk, ask
from tests.complaints.test_limits import TODAY, age, due, stopped, swept, told


def test_a_criminal_matter_lets_the_investigation_stand_still(desk: Desk) -> None:
    complaint = desk.assigned()

    status, said = stopped(desk, complaint)

    assert status == 201
    limits = {limit["code"]: limit for limit in said["limits"]}
    assert limits["investigation"]["due_on"] is None
    assert limits["whole"]["due_on"] == due(180)
    moved = {"ground": "criminal-matter", "limits": [{"limit": "investigation", "due_on": None}]}
    assert told(desk, complaint, "limits_moved") == [moved]
    swept(desk, 100)
    assert {one["limit"] for one in told(desk, complaint, "limit_expired")} == {"acknowledgement"}


def test_the_days_of_a_stop_are_given_back(desk: Desk) -> None:
    complaint = desk.assigned()
    age(desk, complaint, 20)
    _, said = stopped(desk, complaint, since=due(-9))
    toll = said["ledger"][0]["id"]

    status, said = ask(desk, complaint, "tolls/end", desk.commander, toll_id=toll, until=due(-1))

    assert status == 200
    found = {limit["code"]: limit for limit in said["limits"]}["investigation"]
    assert found["due_on"] == due(45 - 20 + 9)
    assert found["explained"] == f"{due(34)} = received {due(-20)} + 45 calendar days + 9 tolled"
    assert said["ledger"][0]["until"] == due(-1)


@pytest.mark.parametrize("until", [due(1), "9999-12-31"])
def test_nobody_says_that_a_stop_ends_on_a_day_that_is_still_to_come(desk: Desk, until: str) -> None:
    complaint, sentence = desk.assigned(), f"Nobody knows yet that the time limits stand still until {until}, which is "
    sentence += "still to come; leave the end open, and say it when they go on."

    status, problem = stopped(desk, complaint, until=until)
    assert (status, problem["detail"]) == (422, sentence)
    assert told(desk, complaint, "limits_moved") == []

    toll = stopped(desk, complaint)[1]["ledger"][0]["id"]
    status, problem = ask(desk, complaint, "tolls/end", desk.commander, toll_id=toll, until=until)
    assert (status, problem["detail"]) == (422, sentence)
    assert len(told(desk, complaint, "limits_moved")) == 1


REFUSALS: dict[str, tuple[dict[str, Any], int, str]] = {
    "an unknown ground": ({"ground": "holidays"}, 422, "The ground 'holidays' is not known; there is criminal-matter."),
    "more days for a ground that stops": (
        {"longer_by": 5},
        422,
        "The ground 'criminal-matter' lets time limits stand still; say since when, not by how long.",
    ),
    "a stop that is still to come": (
        {"since": due(1)},
        422,
        f"The time limits cannot stand still since {due(1)}, which is still to come.",
    ),
    "an end before the beginning": (
        {"until": due(-1)},
        422,
        f"The time limits cannot stand still from {TODAY} until {due(-1)}.",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_the_toll_ledger_takes_no_nonsense(desk: Desk, name: str) -> None:
    said, expected, detail = REFUSALS[name]
    complaint = desk.assigned()

    status, problem = stopped(desk, complaint, **said)

    assert (status, problem["detail"]) == (expected, detail)
    assert told(desk, complaint, "limits_moved") == []


def test_a_stop_that_holds_is_not_entered_again(desk: Desk) -> None:
    complaint = desk.assigned()
    stopped(desk, complaint)

    status, problem = stopped(desk, complaint)

    assert (status, problem["detail"]) == (409, "The time limits stand still for 'criminal-matter' already.")


def test_a_stop_ends_once(desk: Desk) -> None:
    complaint = desk.assigned()
    _, said = stopped(desk, complaint, until=due(0))

    status, problem = ask(desk, complaint, "tolls/end", desk.commander, toll_id=said["ledger"][0]["id"], until=due(0))

    assert (status, problem["detail"]) == (409, "This entry of the toll ledger does not stop anything now.")


def test_an_unknown_entry_of_the_ledger_is_not_ended(desk: Desk) -> None:
    assert ask(desk, desk.assigned(), "tolls/end", desk.commander, toll_id=str(uuid4()), until=due(0))[0] == 404


def test_a_limit_that_is_met_stops_for_nothing(desk: Desk) -> None:
    status, problem = stopped(desk, desk.submitted())

    assert status == 409
    assert problem["detail"] == "No time limit that runs in this case stops for 'criminal-matter'."


def test_an_investigator_does_not_move_the_limits_of_their_own_case(desk: Desk) -> None:
    complaint = desk.assigned()

    status, _ = ask(
        desk, complaint, "tolls", desk.investigator, ground="criminal-matter", document="-", since=f"{TODAY}"
    )

    assert status == 403
