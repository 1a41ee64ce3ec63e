"""Agency and board rely on the same dates, or everybody inside and the board learns that they do not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.actors import Role
from shared.policy import Policy
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.rooms import Person, outbox_of

POLICY = Policy.read()
TODAY = POLICY.agencies["rivertown"].today(datetime.now(UTC))
LIMITS = {"acknowledgement": 7, "classification": 30, "investigation": 45, "whole": 180}


@pytest.fixture
def board(desk: Desk) -> Person:
    return desk.house.person(Role.OVERSIGHT)


def dates(**over: str | None) -> dict[str, Any]:
    """Return what one side says, which is what the record of a complaint of today says."""
    due = {code: f"{TODAY + timedelta(days=days)}" for code, days in LIMITS.items()}
    said = {"received": f"{TODAY}", **due, **over}
    received = said.pop("received")
    return {"received_on": received, "limits": [{"limit": code, "due_on": day} for code, day in said.items()]}


def acknowledge(desk: Desk, complaint: dict[str, Any], by: Person, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    path = f"{COMPLAINTS}/dates/{complaint['public_ref']}"
    answer = desk.client.post(path, json=said, headers=dict(by.headers))
    return answer.status_code, answer.json()


def told(desk: Desk, complaint: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    rows = outbox_of(desk.house, "complaints", complaint["id"])
    return [(topic, name, payload) for _, topic, name, payload in rows if ".dates_" in name]


def test_both_sides_that_say_what_the_record_says_agree(desk: Desk, board: Person) -> None:
    complaint = desk.filed()

    first, said = acknowledge(desk, complaint, desk.commander, dates())
    assert (first, said["agreed"]) == (201, False)
    second, said = acknowledge(desk, complaint, board, dates())

    assert (second, said["agreed"]) == (201, True)
    assert {one["side"] for one in said["acknowledged"]} == {"agency", "board"}
    assert [(topic, name, payload) for topic, name, payload in told(desk, complaint) if "oversight" in topic] == [
        ("accord.oversight", "complaint.dates_acknowledged.v1", {"side": "agency"}),
        ("accord.oversight", "complaint.dates_acknowledged.v1", {"side": "board"}),
    ]


def test_a_disagreement_is_an_event_that_names_the_dates(desk: Desk, board: Person) -> None:
    complaint = desk.filed()
    earlier = f"{TODAY - timedelta(days=2)}"

    status, said = acknowledge(desk, complaint, board, dates(received=earlier, whole=None))

    assert status == 201
    assert said["acknowledged"][0]["disputed"] == ["received", "whole"]
    assert said["agreed"] is False
    disputed = {"side": "board", "dates": ["received", "whole"]}
    assert told(desk, complaint) == [
        ("accord.complaints", "complaint.dates_disputed.v1", disputed),
        ("accord.oversight", "complaint.dates_disputed.v1", disputed),
    ]


def test_a_limit_that_one_side_does_not_know_is_a_disagreement(desk: Desk, board: Person) -> None:
    said = dates()
    said["limits"] = said["limits"][1:]

    _, answer = acknowledge(desk, desk.filed(), board, said)

    assert answer["acknowledged"][0]["disputed"] == ["acknowledgement"]


def test_dates_that_move_later_are_to_be_acknowledged_again(desk: Desk, board: Person) -> None:
    complaint = desk.filed()
    acknowledge(desk, complaint, desk.commander, dates())
    acknowledge(desk, complaint, board, dates())

    body = {"duty": "acknowledged", "means": "mail"}
    path = f"{COMPLAINTS}/{complaint['id']}/contacts"
    assert desk.client.post(path, json=body, headers=dict(desk.intake.headers)).status_code == 201

    answer = desk.client.get(f"{COMPLAINTS}/dates/{complaint['public_ref']}", headers=dict(board.headers))
    assert answer.json()["agreed"] is False


def test_the_board_sees_dates_and_nothing_else(desk: Desk, board: Person) -> None:
    complaint = desk.assigned()

    answer = desk.client.get(f"{COMPLAINTS}/dates/{complaint['public_ref']}", headers=dict(board.headers))

    assert answer.status_code == 200
    assert set(answer.json()) == {"public_ref", "stage", "received_on", "limits", "acknowledged", "agreed"}
    one = desk.client.get(f"{COMPLAINTS}/{complaint['id']}", headers=dict(board.headers))
    assert one.status_code == 403


def test_nobody_speaks_for_both_sides(desk: Desk) -> None:
    both = desk.house.person(Role.OVERSIGHT, Role.COMMANDER)
    complaint = desk.filed()

    status, problem = acknowledge(desk, complaint, both, dates())

    assert (status, problem["detail"]) == (
        409,
        "Agency and board acknowledge dates through two people; you hold the roles of both.",
    )
    assert told(desk, complaint) == []


def test_a_limit_is_named_once(desk: Desk, board: Person) -> None:
    said = dates()
    said["limits"] = [*said["limits"], said["limits"][0]]

    status, problem = acknowledge(desk, desk.filed(), board, said)

    assert (status, problem["detail"]) == (422, "A time limit stands there twice; give one date for each.")


def test_an_unknown_reference_is_no_complaint(desk: Desk, board: Person) -> None:
    assert acknowledge(desk, {"public_ref": "abcdefgh"}, board, dates())[0] == 404
