"""Complaints that go to somebody outside or into mediation, and how they come back, clock and all."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.actors import Role
from shared.events.complaints import RepairProcess
from shared.events.discipline import Departure, DisciplineBecameFinal, DisciplineOpened
from shared.events.event import Event
from shared.events.reconciliation import (
    ProcessAgreed,
    ProcessDeclined,
    ProcessEndedWithoutAgreement,
    ProcessReturned,
)
from tests.complaints.conftest import COMPLAINTS, Desk, ask
from tests.complaints.strict import HEAD, happened, limits_of, look, refusal, strict_desk, tell, told
from tests.make import make_classification, make_findings
from tests.rooms import House

SHERIFF = {"authority": "County Sheriff", "because": "It happened in their jail."}
NOBODY_INSIDE = "A complaint about the head of the agency goes to the outside authority; nobody inside deals with it."


@pytest.fixture(scope="module")
def there(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield a unit under a policy that knows the head of the agency, and grounds for standing still."""
    with strict_desk(house, tmp_path_factory.mktemp("outside"), f'\nheads = ["{HEAD}"]\n') as desk:
        yield desk


def about_head(desk: Desk) -> dict[str, Any]:
    return desk.post(desk.filed(), "classification", desk.intake, make_classification(HEAD))


def referred(desk: Desk) -> dict[str, Any]:
    return desk.post(desk.assigned(), "referral", desk.commander, SHERIFF)


def in_mediation(desk: Desk) -> dict[str, Any]:
    said = make_classification(desk.officer_id, track="mediation")
    complaint = desk.post(desk.filed(), "classification", desk.intake, said)
    return desk.post(complaint, "mediation", desk.commander, {"because": "Both sides are open to it."})


def stopped(desk: Desk, complaint: dict[str, Any]) -> bool:
    """Whether the investigation's time limit stands still."""
    return limits_of(desk, complaint)["investigation"]["due_on"] is None


def test_a_referred_complaint_stands_still_if_the_policy_says_so(there: Desk) -> None:
    complaint = referred(there)

    assert (complaint["state"], complaint["investigator_id"], stopped(there, complaint)) == ("referred out", None, True)
    assert look(there, complaint, "/referrals")["referrals"][0]["authority"] == "County Sheriff"
    seen = {"about_head": False}
    assert told(there, complaint, "referred_out") == {"complaints": seen, "oversight": seen, "public": {}}
    assert happened(there, complaint)[-2:] == ["referred_out", "limits_moved"]


def test_a_referred_complaint_runs_on_if_the_policy_does_not_say_so(desk: Desk) -> None:
    assert not stopped(desk, referred(desk))


def test_a_complaint_that_comes_back_goes_its_ordinary_way_clock_and_all(there: Desk) -> None:
    complaint = referred(there)

    after = there.post(complaint, "referral/return", there.intake, {"outcome": "They will not deal with it."})

    assert (after["state"], stopped(there, complaint)) == ("classified", False)
    assert look(there, complaint, "/referrals")["referrals"][0]["outcome"] == "They will not deal with it."
    assert told(there, complaint, "referral_returned")["oversight"] == {"with_findings": False}
    body = {"investigator_id": str(there.investigator.id)}
    assert there.post(complaint, "assignment", there.commander, body)["state"] == "investigating"


def test_findings_from_outside_are_reviewed_and_decided_here(there: Desk) -> None:
    complaint = referred(there)
    findings = make_findings(complaint, "exonerated")["findings"]

    complaint = there.post(complaint, "referral/return", there.intake, {"outcome": "See below.", "findings": findings})

    assert (complaint["state"], complaint["allegations"][0]["recommended"]) == ("under review", "exonerated")
    complaint = there.post(complaint, "review", there.commander, make_findings(complaint))
    assert there.post(complaint, "decision", there.adjudicator, make_findings(complaint))["state"] == "decided"


def test_a_complaint_that_stays_outside_ends_here_as_referred(there: Desk) -> None:
    complaint = there.post(referred(there), "referral/closure", there.commander, {"because": "It is theirs."})

    assert (complaint["state"], complaint["outcome"]) == ("closed", "referred")
    assert told(there, complaint, "closed_as_referred")["public"] == {}
    assert limits_of(there, complaint)["investigation"]["ended_on"] is not None


def test_a_complaint_about_the_head_is_noticed_when_it_is_classified(there: Desk) -> None:
    complaint = about_head(there)

    assert complaint["about_head"]
    assert told(there, complaint, "head_accused") == {"complaints": {}, "oversight": {}}


def test_a_head_who_is_named_later_is_noticed_then(there: Desk) -> None:
    complaint = there.assigned()
    more = {"category": "untruthful-statement", "severity": "high", "officer_id": str(HEAD)}

    complaint = there.post(complaint, "allegations", there.investigator, more)

    assert complaint["about_head"]
    refused = refusal(there, complaint, "investigation", there.investigator, make_findings(complaint))
    assert refused == (409, NOBODY_INSIDE)


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("assignment", {"investigator_id": str(uuid4())}),
        ("administrative-closure", {"ground": "too long ago", "because": "It was long ago."}),
        ("duplicate", {"other_id": str(uuid4()), "because": "The same."}),
    ],
)
def test_nobody_inside_deals_with_a_complaint_about_the_head(there: Desk, step: str, body: dict[str, Any]) -> None:
    if "other_id" in body:
        body = {**body, "other_id": there.filed()["id"]}

    assert refusal(there, about_head(there), step, there.commander, body) == (409, NOBODY_INSIDE)


def test_a_complaint_about_the_head_goes_to_the_authority_that_the_policy_names(there: Desk) -> None:
    complaint = about_head(there)
    assert refusal(there, complaint, "referral", there.intake, SHERIFF) == (
        409,
        "A complaint about the head of the agency goes to the Attorney General; refer it there.",
    )

    complaint = there.post(complaint, "referral", there.intake, {"because": "It is about the chief."})

    assert look(there, complaint, "/referrals")["referrals"][0]["authority"] == "Attorney General"
    assert told(there, complaint, "referred_out")["oversight"] == {"about_head": True}


def test_what_those_outside_found_of_the_head_is_final(there: Desk) -> None:
    complaint = there.post(about_head(there), "referral", there.intake, {"because": "It is about the chief."})
    assert refusal(there, complaint, "referral/return", there.intake, {"outcome": "No."}) == (409, NOBODY_INSIDE)
    assert refusal(there, complaint, "referral/closure", there.intake, {"because": "No."}) == (409, NOBODY_INSIDE)
    said = {"outcome": "See the report.", "findings": make_findings(complaint)["findings"]}

    complaint = there.post(complaint, "referral/return", there.intake, said)

    assert (complaint["state"], complaint["outcome"]) == ("decided", "sustained")
    assert told(there, complaint, "decided")["complaints"]["charges"][0]["officer_id"] == str(HEAD)


def test_nobody_inside_withdraws_a_complaint_about_the_head_for_whoever_complained(there: Desk) -> None:
    filed, they_asked = there.filed(), {"because": "They asked for it."}
    complaint = there.post(filed, "classification", there.intake, make_classification(HEAD))
    assert refusal(there, complaint, "withdrawal", there.intake, they_asked) == (409, NOBODY_INSIDE)

    code = {"Receipt-Code": filed["receipt_code"]}
    answer = there.client.post(f"{COMPLAINTS}/track/withdrawal", json={"because": "I want it."}, headers=code)

    assert (answer.status_code, look(there, complaint)["state"]) == (200, "withdrawn")


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("withdrawal", {"because": "They asked for it."}),
        ("referral", SHERIFF),
        ("referral/return", {"outcome": "Not theirs."}),
        ("referral/return", {"outcome": "See below.", "findings": []}),
        ("referral/closure", {"because": "It is theirs."}),
    ],
)
def test_whoever_has_a_conflict_leads_no_complaint_out_or_back(there: Desk, step: str, body: dict[str, Any]) -> None:
    complaint, clerk = there.assigned() if step in ("withdrawal", "referral") else referred(there), there.intake
    body = {**body, **(make_findings(complaint) if "findings" in body else {})}
    declared = {"conflict": "family", "because": "They told me.", "person_id": str(clerk.id)}
    assert ask(there, complaint, "conflicts", there.commander, **declared)[0] == 201

    refused = refusal(there, complaint, step, clerk, body)

    way_out = "takes no part in dealing with it, unless a second person overrides that"
    assert refused == (409, f"Whoever has a conflict of interest (family) {way_out}.")


def test_from_a_complaint_about_the_head_only_the_accused_are_kept(there: Desk) -> None:
    complaint = about_head(there)
    declared = {"conflict": "family", "because": "They told me.", "person_id": str(there.intake.id)}
    assert ask(there, complaint, "conflicts", there.commander, **declared)[0] == 201

    complaint = there.post(complaint, "referral", there.intake, {"because": "It is about the chief."})
    said = {"outcome": "See the report.", **make_findings(complaint)}

    assert there.post(complaint, "referral/return", there.intake, said)["state"] == "decided"


def test_whoever_wrote_down_the_findings_from_outside_does_not_review_them(there: Desk) -> None:
    complaint = referred(there)
    said = {"outcome": "See below.", **make_findings(complaint)}
    complaint = there.post(complaint, "referral/return", there.commander, said)

    refused = refusal(there, complaint, "review", there.commander, make_findings(complaint))

    assert refused == (409, "Whoever investigated a complaint may not review it.")


@pytest.mark.parametrize("step", ["reopening", "reclassification"])
def test_a_head_who_was_none_when_the_complaint_came_is_noticed_when_it_is_taken_up(
    desk: Desk, there: Desk, step: str
) -> None:
    desk.officer_id = HEAD
    body = {"classification": "misconduct", "track": "full investigation", "priority": "urgent"}
    if step == "reopening":
        complaint, by, body = desk.decided(), there.adjudicator, {"ground": "new evidence", "because": "A recording."}
    else:
        complaint, by = desk.classified(), there.intake
    assert not complaint["about_head"]

    complaint = there.post(complaint, step, by, body)

    assert complaint["about_head"]
    assert told(there, complaint, "head_accused") == {"complaints": {}, "oversight": {}}
    assigned = {"investigator_id": str(there.investigator.id)}
    assert refusal(there, complaint, "assignment", there.commander, assigned) == (409, NOBODY_INSIDE)


@pytest.mark.parametrize("finding", ["sustained", None])
@pytest.mark.parametrize("many", [False, True])
def test_a_legacy_record_about_the_head_is_noticed_when_it_is_entered(
    there: Desk, finding: str | None, *, many: bool
) -> None:
    allegation = {"category": "force", "finding": finding, "officer_id": str(HEAD)}
    legacy = {"legacy_id": f"old {uuid4()}", "received_on": "2019-05-04", "allegations": [allegation]}
    records = dict(there.house.person(Role.RECORDS).headers)
    answer = there.client.post(
        f"{COMPLAINTS}/legacy/batch" if many else f"{COMPLAINTS}/legacy",
        json={"records": [legacy]} if many else legacy,
        headers=records,
    )
    assert answer.status_code in (200, 201), answer.text
    entered = there.client.post(f"{COMPLAINTS}/legacy", json=legacy, headers=records).json()

    assert look(there, entered)["about_head"]
    assert happened(there, entered) == ["imported", "head_accused"]
    assert told(there, entered, "head_accused") == {"complaints": {}, "oversight": {}}


def end(desk: Desk, complaint: dict[str, Any], kind: type[Event]) -> None:
    """Let reconciliation tell how a mediation ended."""
    commitments = {"commitments": ()} if kind is ProcessAgreed else {}
    event = kind(process=RepairProcess.MEDIATION, complaint_id=UUID(complaint["id"]), **commitments)
    tell(desk.house, event, uuid4())


def test_a_complaint_on_its_track_goes_to_mediation_and_stands_still(there: Desk) -> None:
    complaint = in_mediation(there)

    assert (complaint["state"], complaint["harm_referred_to"]) == ("in mediation", "mediation")
    assert stopped(there, complaint)
    assert told(there, complaint, "harm_referred")["public"] == {"process": "mediation"}


def test_only_what_is_on_its_track_is_mediated(there: Desk) -> None:
    refused = refusal(there, there.classified(), "mediation", there.commander, {"because": "They want to talk."})

    expected = "A complaint on the track 'full investigation' is not mediated; reclassify it first."
    assert refused == (409, expected)


def test_a_mediated_complaint_is_decided_so(there: Desk) -> None:
    complaint = in_mediation(there)

    end(there, complaint, ProcessAgreed)

    after = look(there, complaint)
    assert (after["state"], after["outcome"], after["harm_agreed"]) == ("decided", "mediated", True)
    assert happened(there, complaint)[-3:] == ["harm_answered", "limits_moved", "decided"]
    assert told(there, complaint, "decided")["complaints"]["charges"] == []
    limits = limits_of(there, complaint)
    assert (limits["whole"]["met_on"] is None, limits["investigation"]["ended_on"] is None) == (False, False)
    assert there.post(after, "closure", there.adjudicator, {"because": "They agreed."})["state"] == "closed"


@pytest.mark.parametrize("kind", [ProcessEndedWithoutAgreement, ProcessDeclined, ProcessReturned])
def test_a_complaint_that_was_not_mediated_is_investigated_clock_and_all(there: Desk, kind: type[Event]) -> None:
    complaint = in_mediation(there)

    end(there, complaint, kind)

    after = look(there, complaint)
    assert (after["state"], after["harm_agreed"], stopped(there, complaint)) == ("classified", False, False)
    assert told(there, complaint, "mediation_failed") == {"complaints": {}, "oversight": {}, "public": {}}
    body = {"investigator_id": str(there.investigator.id)}
    assert there.post(complaint, "assignment", there.commander, body)["state"] == "investigating"


def test_a_complaint_that_was_withdrawn_meanwhile_stays_withdrawn(there: Desk) -> None:
    complaint = there.post(in_mediation(there), "withdrawal", there.intake, {"because": "They asked for it."})

    end(there, complaint, ProcessAgreed)

    assert look(there, complaint)["state"] == "withdrawn"
    ledger = look(there, complaint, "/time-limits")["ledger"]
    assert [(toll["ground"], toll["until"] is None) for toll in ledger] == [("mediation", False)]


def test_it_is_noted_when_discipline_is_final_and_what_it_was_is_not(desk: Desk) -> None:
    complaint, first, second = desk.decided(), uuid4(), uuid4()
    for case in (first, second):
        opened = DisciplineOpened(counts=1, officer_id=desk.officer_id, complaint_id=UUID(complaint["id"]))
        tell(desk.house, opened, case)
    final = DisciplineBecameFinal(
        sanction=None, days=None, departure=Departure.BELOW, categories=("force",), officer_id=desk.officer_id
    )
    assert look(desk, complaint)["discipline_final"] is False
    tell(desk.house, final, first)
    assert look(desk, complaint)["discipline_final"] is False

    tell(desk.house, final, second)

    assert look(desk, complaint)["discipline_final"] is True
    assert told(desk, complaint, "discipline_noted") == {"complaints": {"cases": 2, "final": True}}
    assert happened(desk, complaint)[-4:] == ["discipline_noted"] * 4


def test_discipline_that_no_complaint_opened_is_nobody_s_business_here(desk: Desk) -> None:
    final = DisciplineBecameFinal(
        sanction=None, days=None, departure=Departure.BELOW, categories=("force",), officer_id=desk.officer_id
    )

    tell(desk.house, final, uuid4())


def test_who_refers_out_is_intake_or_a_commander(desk: Desk) -> None:
    assert ask(desk, desk.assigned(), "referral", desk.house.person(Role.LIAISON), **SHERIFF)[0] == 403


def test_findings_from_outside_that_are_sent_back_are_investigated_here(there: Desk) -> None:
    complaint = referred(there)
    said = {"outcome": "See below.", "findings": make_findings(complaint)["findings"]}
    complaint = there.post(complaint, "referral/return", there.intake, said)

    complaint = there.post(complaint, "return", there.commander, {"because": "They asked nobody."})

    assert (complaint["state"], complaint["investigator_id"]) == ("investigating", None)
    body = {"investigator_id": str(there.investigator.id)}
    assert there.post(complaint, "assignment", there.commander, body)["investigator_id"] == str(there.investigator.id)


def test_a_complaint_that_comes_back_after_its_investigation_is_investigated_anew(there: Desk) -> None:
    complaint = there.post(there.submitted(), "referral", there.commander, SHERIFF)

    there.post(complaint, "referral/return", there.intake, {"outcome": "Not theirs."})

    assert limits_of(there, complaint)["investigation"]["met_on"] is None
