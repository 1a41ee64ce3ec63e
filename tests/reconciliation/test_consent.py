from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.reconciliation.models import Consent, Party, Process, State
from services.reconciliation.workflow import PROCESS
from shared.actors import Actor, Role
from shared.errors import Objection
from shared.events.complaints import RepairProcess
from shared.events.reconciliation import Side
from tests.reconciliation.make import Desk, everywhere, make_session, refused

BEFORE_THE_SESSION = (State.SCREENED, State.CONSENTED, State.PREPARED, State.SCHEDULED)


def parties(process: dict[str, Any]) -> tuple[str, str]:
    officer, community = process["parties"]
    assert (officer["side"], community["side"]) == ("officer", "community")
    return officer["id"], community["id"]


def test_the_consents_are_complete_with_the_last_party(desk: Desk) -> None:
    process = desk.screened()
    officer, community = parties(process)

    one = desk.done(desk.liaison, process, f"parties/{community}/consent")
    both = desk.done(desk.officer, process, f"parties/{officer}/consent")

    assert (one["state"], both["state"]) == ("screened", "consents given")
    assert desk.told(process, since=3) == [
        (4, "reconciliation", "consent_given", {"side": "community", "complete": False}),
        (5, "reconciliation", "consent_given", {"side": "officer", "complete": True}),
    ]


def test_nothing_is_prepared_scheduled_or_held_without_every_consent(desk: Desk) -> None:
    process = desk.screened()
    officer, community = parties(process)
    desk.done(desk.liaison, process, f"parties/{community}/consent")

    for who, path, body, verb in (
        (desk.liaison, f"parties/{officer}/preparation", None, "prepare party"),
        (desk.liaison, "schedule", make_session(desk.facilitator), "schedule"),
        (desk.facilitator, "session", None, "hold"),
    ):
        refused(
            desk.post(who, process, path, body),
            409,
            f"A reconciliation process that is screened cannot be taken through {verb!r}; "
            "from here: give consent, complete consents, refuse consent, withdraw consent, return.",
        )


@pytest.mark.parametrize(("verb", "state"), [("schedule", State.PREPARED), ("hold", State.SCHEDULED)])
def test_consent_is_looked_at_again_whatever_the_state_says(verb: str, state: State) -> None:
    facilitator = Actor(uuid4(), frozenset({Role.FACILITATOR}))
    consents = (Consent.GIVEN, None)
    process = Process(
        kind=RepairProcess.MEDIATION,
        state=state,
        facilitator_id=facilitator.id,
        parties=[Party(side=Side.COMMUNITY, consent=consent) for consent in consents],
    )

    with pytest.raises(Objection, match=r"^1 of 2 parties have not consented\.$"):
        PROCESS.advance(process, verb, facilitator, datetime(2026, 11, 23, tzinfo=UTC))
    assert process.state is state


def test_a_refusal_ends_the_process_and_the_public_learns_no_reason(desk: Desk) -> None:
    process = desk.screened()
    officer, _ = parties(process)

    ended = desk.done(desk.officer, process, f"parties/{officer}/refusal")

    assert (ended["state"], ended["outcome"], ended["parties"][0]["consent"]) == ("declined", "declined", "refused")
    assert desk.told(process, since=3) == [
        (4, "reconciliation", "consent_refused", {"side": "officer"}),
        *everywhere(5, "declined", {"process": "mediation"}, complaint_id=process["complaint_id"]),
    ]


@pytest.mark.parametrize("state", BEFORE_THE_SESSION)
def test_consent_can_be_withdrawn_until_the_session_starts_and_that_ends_the_process(desk: Desk, state: State) -> None:
    process = desk.at(state)
    _, community = parties(process)
    if state is State.SCREENED:
        process = desk.done(desk.liaison, process, f"parties/{community}/consent")

    ended = desk.done(desk.liaison, process, f"parties/{community}/withdrawal")

    assert (ended["state"], ended["outcome"], ended["parties"][1]["consent"]) == ("declined", "declined", "withdrawn")
    version = process["version"]
    assert desk.told(process, since=version) == [
        (version + 1, "reconciliation", "consent_withdrawn", {"side": "community"}),
        *everywhere(version + 2, "declined", {"process": "mediation"}, complaint_id=process["complaint_id"]),
    ]


@pytest.mark.parametrize(
    "path", ["consent", "refusal", "withdrawal", "preparation", "schedule", "session", "agreement", "return"]
)
def test_after_a_withdrawal_nothing_more_can_be_done(desk: Desk, path: str) -> None:
    process = desk.scheduled()
    officer, community = parties(process)
    desk.done(desk.liaison, process, f"parties/{community}/withdrawal")
    told = desk.told(process)
    of_a_party = {"consent": "give consent", "refusal": "refuse consent", "withdrawal": "withdraw consent"}
    verb = {**of_a_party, "preparation": "prepare party", "session": "hold", "agreement": "agree"}.get(path, path)
    party = f"parties/{officer}/" if path in (*of_a_party, "preparation") else ""
    bodies = {
        "schedule": make_session(desk.facilitator),
        "agreement": {
            "commitments": [{"owner": "agency", "kind": "apology", "due_on": "2030-01-01", "text": "Sorry."}]
        },
        "return": {"because": "It is over."},
    }

    answer = desk.post(desk.facilitator, process, f"{party}{path}", bodies.get(path))

    sentence = f"A reconciliation process that is declined cannot be taken through {verb!r}; from here: nothing more."
    refused(answer, 409, sentence)
    assert desk.told(process) == told


def test_consent_is_not_withdrawn_from_a_session_that_takes_place(desk: Desk) -> None:
    process = desk.held()
    officer, _ = parties(process)

    refused(
        desk.post(desk.officer, process, f"parties/{officer}/withdrawal"),
        409,
        "A reconciliation process that is held cannot be taken through 'withdraw consent'; "
        "from here: agree, end without agreement.",
    )


def test_an_officer_answers_for_themselves_only(desk: Desk) -> None:
    process = desk.screened()
    officer, community = parties(process)
    stranger = desk.house.person(Role.OFFICER)
    own_liaison = desk.house.person(Role.OFFICER, Role.LIAISON, id=desk.officer.id)

    refused(
        desk.post(desk.officer, process, f"parties/{community}/consent"), 409, "A party answers for themselves only."
    )
    refused(
        desk.post(own_liaison, process, f"parties/{community}/refusal"), 409, "A party answers for themselves only."
    )
    refused(
        desk.post(stranger, process, f"parties/{officer}/consent"), 404, "There is no such reconciliation process here."
    )
    assert desk.read(process)["version"] == process["version"]


def test_consent_is_given_once_and_only_what_was_given_is_withdrawn(desk: Desk) -> None:
    process = desk.screened()
    officer, community = parties(process)
    withdrawal = desk.post(desk.liaison, process, f"parties/{officer}/withdrawal")
    refused(withdrawal, 409, "This party has given no consent that could be withdrawn; record a refusal.")
    desk.done(desk.liaison, process, f"parties/{community}/consent")

    again = desk.post(desk.liaison, process, f"parties/{community}/consent")
    refused(again, 409, "This party has consented already.")
    refusal = desk.post(desk.liaison, process, f"parties/{community}/refusal")
    refused(refusal, 409, "This party has consented; record a withdrawal.")
    nobody = desk.post(desk.liaison, process, f"parties/{uuid4()}/consent")
    refused(nobody, 404, "There is no such party to this process.")


def test_each_party_is_prepared_apart_and_once(desk: Desk) -> None:
    process = desk.consented()
    officer, community = parties(process)

    first = desk.done(desk.liaison, process, f"parties/{community}/preparation")
    again = desk.post(desk.liaison, process, f"parties/{community}/preparation")
    both = desk.done(desk.facilitator, process, f"parties/{officer}/preparation")

    refused(again, 409, "This party is prepared already.")
    assert (first["state"], both["state"]) == ("consents given", "prepared")
    assert desk.told(process, since=5) == [
        (6, "reconciliation", "party_prepared", {"side": "community", "complete": False}),
        (7, "reconciliation", "party_prepared", {"side": "officer", "complete": True}),
    ]
