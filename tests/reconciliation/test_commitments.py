from typing import Any

import pytest

from shared.actors import Role
from tests.reconciliation.make import Desk, everywhere, make_commitment, make_fact, refused
from tests.rooms import Person


def place(process: dict[str, Any], number: int = 1) -> str:
    return f"commitments/{process['commitments'][number - 1]['id']}"


def reported(desk: Desk, process: dict[str, Any], said: str = "reported done", number: int = 1) -> dict[str, Any]:
    return desk.done(desk.commander, process, f"{place(process, number)}/report", {"reported": said})


def verified(desk: Desk, process: dict[str, Any], said: str = "verified", number: int = 1) -> dict[str, Any]:
    return desk.done(desk.liaison, process, f"{place(process, number)}/verification", {"verified": said})


def test_what_the_agency_says_and_what_the_community_says_are_kept_apart(desk: Desk) -> None:
    process = reported(desk, desk.agreed())
    assert [(c["reported"], c["verified"]) for c in process["commitments"]] == [("reported done", None)]

    process = verified(desk, process, "not done")

    assert [(c["reported"], c["verified"]) for c in process["commitments"]] == [("reported done", "not done")]
    said: dict[str, Any] = {"commitment": make_fact(), "reported": "reported done"}
    assert desk.told(process, since=10) == [
        *everywhere(11, "commitment_reported", said),
        *everywhere(12, "commitment_verified", {**said, "verified": "not done"}),
    ]


def test_only_what_was_reported_done_is_verified(desk: Desk) -> None:
    process = desk.agreed()
    for said in (None, "in progress", "declined"):
        if said:
            process = reported(desk, process, said)
        refused(
            desk.post(desk.liaison, process, f"{place(process)}/verification", {"verified": "verified"}),
            409,
            "The agency has not reported this commitment as done; there is nothing to verify.",
        )


def test_whoever_reported_a_commitment_may_not_verify_it(desk: Desk) -> None:
    both = desk.house.person(Role.COMMANDER, Role.LIAISON)
    process = desk.agreed()
    desk.done(both, process, f"{place(process)}/report", {"reported": "reported done"})

    refused(
        desk.post(both, process, f"{place(process)}/verification", {"verified": "verified"}),
        409,
        "Whoever reported a commitment may not verify it.",
    )


def test_what_the_community_has_verified_is_not_reported_again(desk: Desk) -> None:
    process = verified(desk, reported(desk, desk.agreed()))

    refused(
        desk.post(desk.commander, process, f"{place(process)}/report", {"reported": "in progress"}),
        409,
        "The community has verified this commitment; there is nothing more to report.",
    )


def test_the_agency_reports_and_the_community_verifies(desk: Desk) -> None:
    process = desk.agreed()
    tries: tuple[tuple[Person, str, dict[str, str], str], ...] = (
        (desk.liaison, "report", {"reported": "reported done"}, "commander, supervisor"),
        (desk.commander, "verification", {"verified": "verified"}, "liaison, oversight"),
        (desk.commander, "release", {"text": "Trained."}, "liaison"),
    )
    for who, path, body, roles in tries:
        answer = desk.post(who, process, f"{place(process)}/{path}", body)
        refused(answer, 403, f"This takes one of the roles {roles}.")


def test_civilian_oversight_verifies_too(desk: Desk) -> None:
    process = reported(desk, desk.agreed())
    board = desk.house.person(Role.OVERSIGHT)

    answer = desk.post(board, process, f"{place(process)}/verification", {"verified": "partially done"})

    assert answer.status_code == 200
    assert answer.json()["commitments"][0]["verified"] == "partially done"


def test_a_process_is_closed_when_every_commitment_is_verified_or_declined(desk: Desk) -> None:
    process = desk.agreed(make_commitment(), make_commitment(kind="apology"))
    process = desk.done(desk.liaison, process, "follow-up")
    process = reported(desk, process, "reported done", number=1)
    process = reported(desk, process, "declined", number=2)
    refused(desk.post(desk.liaison, process, "closure"), 409, "1 of 2 commitments are neither verified nor declined.")
    process = verified(desk, process, "verified", number=1)

    closed = desk.done(desk.liaison, process, "closure")

    assert (closed["state"], closed["outcome"]) == ("closed", "agreement")
    version = process["version"]
    assert desk.told(process, since=version) == everywhere(
        version + 1, "closed", {"process": "mediation", "verified": 1, "declined": 1}
    )


def test_an_agreement_is_followed_up_before_it_is_closed(desk: Desk) -> None:
    process = desk.agreed()

    refused(
        desk.post(desk.liaison, process, "closure"),
        409,
        "A reconciliation process that is agreement cannot be taken through 'close'; from here: "
        "release commitment, report commitment, verify commitment, follow up.",
    )
    followed = desk.done(desk.liaison, process, "follow-up")
    assert followed["state"] == "follow-up"
    assert desk.told(process, since=10) == [
        (11, "reconciliation", "followed_up", {}),
        (11, "oversight", "followed_up", {}),
    ]


def test_words_are_published_only_in_a_step_of_their_own(desk: Desk) -> None:
    process = desk.agreed()
    words = "All officers of the squad are trained in de-escalation."

    released = desk.done(desk.liaison, process, f"{place(process)}/release", {"text": f" {words} "})

    assert released["commitments"][0]["released_text"] == words
    assert released["commitments"][0]["text"] == make_commitment()["text"]
    assert desk.told(process, since=10) == everywhere(
        11, "commitment_released", {"commitment": make_fact(), "text": words}
    )


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "x" * 2001])
def test_words_that_cannot_be_published_are_refused(desk: Desk, text: str) -> None:
    process = desk.agreed()

    assert desk.post(desk.liaison, process, f"{place(process)}/release", {"text": text}).status_code == 422
    assert desk.read(process) == process


def test_a_commitment_belongs_to_its_process(desk: Desk) -> None:
    process, other = desk.agreed(), desk.agreed()

    refused(
        desk.post(desk.commander, process, f"{place(other)}/report", {"reported": "reported done"}),
        404,
        "There is no such commitment in this process.",
    )
