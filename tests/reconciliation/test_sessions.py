from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.reconciliation.models import State
from shared.actors import Role
from tests.reconciliation.make import (
    DUE_ON,
    Desk,
    everywhere,
    make_commitment,
    make_fact,
    make_session,
    refused,
)

MEDIATION: dict[str, Any] = {"process": "mediation"}


def test_a_party_cannot_facilitate(desk: Desk) -> None:
    process = desk.prepared()

    refused(
        desk.post(desk.liaison, process, "schedule", make_session(desk.officer)),
        409,
        "Whoever is a party to a process cannot facilitate it; ask somebody else.",
    )
    assert desk.read(process) == process


def test_a_session_lies_ahead(desk: Desk) -> None:
    process = desk.prepared()
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()

    answer = desk.post(desk.liaison, process, "schedule", make_session(desk.facilitator, starts_at=past))
    refused(answer, 422, f"The session is said to start at {past}, which has passed.")
    vague = desk.post(desk.liaison, process, "schedule", make_session(desk.facilitator, starts_at="2030-05-01T18:00"))
    refused(vague, 422, "starts_at takes a time with its time zone, such as 2026-11-23T15:00:00Z.")


def test_a_session_lies_within_the_calendar(desk: Desk) -> None:
    process = desk.prepared()

    for moment in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        answer = desk.post(desk.liaison, process, "schedule", make_session(desk.facilitator, starts_at=moment))
        refused(answer, 422, "starts_at: this moment lies outside the calendar.")
    assert desk.read(process) == process


def test_a_session_is_not_held_before_its_time(desk: Desk) -> None:
    process = desk.prepared()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    process = desk.post(desk.liaison, process, "schedule", make_session(desk.facilitator, starts_at=tomorrow)).json()

    answer = desk.post(desk.facilitator, process, "session", None)

    refused(answer, 409, f"The session starts at {tomorrow}; to meet earlier, schedule it anew.")
    assert desk.read(process)["state"] == "scheduled"


def test_a_session_can_be_set_anew(desk: Desk) -> None:
    process = desk.scheduled()
    other = desk.house.person(Role.FACILITATOR)

    moved = desk.done(desk.liaison, process, "schedule", make_session(other, place="Town hall"))

    assert (moved["state"], moved["facilitator_id"], moved["place"]) == ("scheduled", str(other.id), "Town hall")


def test_time_and_place_are_for_the_parties_only(desk: Desk) -> None:
    process = desk.scheduled()

    assert desk.told(process, since=7) == everywhere(8, "scheduled", MEDIATION, facilitator_id=str(desk.facilitator.id))


@pytest.mark.parametrize("path", ["session", "agreement", "no-agreement"])
def test_only_the_facilitator_of_the_session_speaks_for_it(desk: Desk, path: str) -> None:
    process = desk.scheduled() if path == "session" else desk.held()
    other = desk.house.person(Role.FACILITATOR)

    answer = desk.post(other, process, path, {"commitments": [make_commitment()]} if path == "agreement" else None)

    refused(answer, 409, "Only the facilitator of the session takes this step.")


def test_that_a_session_takes_place_is_public(desk: Desk) -> None:
    process = desk.held()

    assert process["state"] == "held"
    assert desk.told(process, since=8) == everywhere(9, "held", MEDIATION)


def test_of_an_agreement_the_public_learns_what_kind_of_thing_was_promised_and_by_when(desk: Desk) -> None:
    process = desk.agreed(make_commitment(), make_commitment(owner="officer", kind="apology", text="I say sorry."))

    assert (process["state"], process["outcome"]) == ("agreement", "agreement")
    assert [commitment["text"] for commitment in process["commitments"]] == [
        "The squad is trained by spring.",
        "I say sorry.",
    ]
    promised = [make_fact(), make_fact(number=2, owner="officer", kind="apology")]
    assert desk.told(process, since=9) == everywhere(
        10, "agreed", {**MEDIATION, "commitments": promised}, complaint_id=process["complaint_id"]
    )


def test_nothing_is_promised_for_the_past_and_no_agreement_is_empty(desk: Desk) -> None:
    process = desk.held()
    late = {"commitments": [make_commitment(), make_commitment(due_on="2026-01-01")]}

    answer = desk.post(desk.facilitator, process, "agreement", late)
    refused(answer, 422, "Commitment 2 is due on 2026-01-01, which has passed.")
    empty = desk.post(desk.facilitator, process, "agreement", {"commitments": []})
    assert empty.status_code == 422
    assert desk.read(process) == process


def test_parties_may_leave_a_session_without_agreeing(desk: Desk) -> None:
    process = desk.done(desk.facilitator, desk.held(), "no-agreement")

    assert (process["state"], process["outcome"]) == ("no agreement", "no agreement")
    assert desk.told(process, since=9) == everywhere(
        10, "ended_without_agreement", MEDIATION, complaint_id=process["complaint_id"]
    )
    followed = desk.done(desk.liaison, process, "follow-up")
    assert desk.done(desk.liaison, followed, "closure")["state"] == "closed"


@pytest.mark.parametrize("state", [State.SCREENED, State.CONSENTED, State.PREPARED, State.SCHEDULED])
def test_a_session_that_cannot_be_brought_about_returns_the_harm_to_the_ordinary_process(
    desk: Desk, state: State
) -> None:
    process = desk.at(state)

    returned = desk.done(desk.facilitator, process, "return", {"because": "Nobody can reach her any more."})

    assert (returned["state"], returned["outcome"]) == (
        "returned to the ordinary process",
        "returned to the ordinary process",
    )
    version = process["version"]
    assert desk.told(process, since=version) == everywhere(
        version + 1, "returned", MEDIATION, complaint_id=process["complaint_id"]
    )


def test_whoever_is_not_there_to_facilitate_takes_no_step(desk: Desk) -> None:
    process = desk.scheduled()

    for who, roles in ((desk.commander, "facilitator"), (desk.officer, "facilitator"), (desk.liaison, "facilitator")):
        refused(desk.post(who, process, "session"), 403, f"This takes one of the roles {roles}.")
    missing = desk.post(desk.facilitator, {"id": uuid4()}, "session")
    refused(missing, 404, "There is no such reconciliation process here.")


def test_the_day_of_a_promise_is_kept(desk: Desk) -> None:
    assert desk.agreed()["commitments"][0]["due_on"] == DUE_ON
