"""What is found fits its allegation, a complaint rolls up to its gravest finding, and the agency can be at fault."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.findings import AGENCY_LEVEL, charges, counts, failures, gravest
from services.complaints.models import Allegation
from shared.events.complaints import Finding, Severity
from tests.complaints.conftest import Desk
from tests.complaints.strict import happened, refusal, told
from tests.make import make_classification, make_findings

FINDINGS = st.lists(st.one_of(st.none(), st.sampled_from(Finding)), max_size=30)
CATEGORIES = ("force", "discourtesy", "driving")


@given(FINDINGS)
def test_a_complaint_rolls_up_to_its_gravest_finding(found: list[Finding | None]) -> None:
    known = [one for one in found if one is not None]
    outcome = gravest(found)

    assert (outcome is None) is (not known)
    order = list(Finding)
    assert all(order.index(outcome) <= order.index(one) for one in known if outcome is not None)
    assert outcome is None or outcome in known


@given(FINDINGS, st.randoms())
def test_the_order_of_allegations_changes_no_outcome(found: list[Finding | None], chance: Any) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)

    assert gravest(shuffled) is gravest(found)


@given(FINDINGS, FINDINGS)
def test_two_halves_of_a_complaint_roll_up_like_the_whole(
    one: list[Finding | None], other: list[Finding | None]
) -> None:
    assert gravest([*one, *other]) is gravest([gravest(one), gravest(other)])


@given(st.lists(st.tuples(st.sampled_from(CATEGORIES), st.one_of(st.none(), st.sampled_from(Finding)))))
def test_counts_lose_no_allegation_and_repeat_no_line(found: list[tuple[str, Finding | None]]) -> None:
    lines = counts(found)

    assert sum(line.count for line in lines) == len(found)
    assert len({(line.category, line.finding) for line in lines}) == len(lines)
    assert counts(reversed(found)) == lines


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(Finding)), max_size=20))
def test_only_sustained_allegations_against_an_officer_are_charges(found: list[tuple[bool, Finding]]) -> None:
    allegations = [
        Allegation(
            id=uuid4(),
            category="force",
            severity=Severity.LOW,
            officer_id=uuid4() if known else None,
            finding=finding,
        )
        for known, finding in found
    ]

    assert len(charges(allegations)) == sum(known and finding is Finding.SUSTAINED for known, finding in found)
    assert sum(one.count for one in failures(allegations)) == sum(finding in AGENCY_LEVEL for _, finding in found)


def without_officer(desk: Desk) -> dict[str, Any]:
    """Return a complaint under investigation in which nobody knows who it was."""
    said = make_classification(allegations=[{"category": "force", "officer_id": None}])
    complaint = desk.post(desk.filed(), "classification", desk.intake, said)
    return desk.post(complaint, "assignment", desk.commander, {"investigator_id": str(desk.investigator.id)})


def test_sustained_takes_an_officer(desk: Desk) -> None:
    complaint = without_officer(desk)

    refused = refusal(desk, complaint, "investigation", desk.investigator, make_findings(complaint))

    sentence = "'sustained' takes an officer, and allegation 1 names none; name one, or find"
    assert refused == (422, f"{sentence} policy failure, supervision failure, training failure.")


def test_an_officer_who_is_named_is_not_unidentified(desk: Desk) -> None:
    complaint = desk.assigned()
    findings = make_findings(complaint, "officer unidentified")

    refused = refusal(desk, complaint, "investigation", desk.investigator, findings)

    assert refused == (422, "Allegation 1 names an officer; 'officer unidentified' does not hold.")


@pytest.mark.parametrize(
    ("finding", "instead"),
    [
        ("duplicate", "close the complaint as a duplicate of the other one"),
        ("referred", "refer the complaint out"),
        ("administratively closed", "close the complaint administratively"),
    ],
)
def test_what_has_a_step_of_its_own_is_not_found(desk: Desk, finding: str, instead: str) -> None:
    complaint = desk.assigned()

    refused = refusal(desk, complaint, "investigation", desk.investigator, make_findings(complaint, finding))

    assert refused == (422, f"'{finding}' is not found; {instead}.")


@pytest.mark.parametrize("failure", ["policy failure", "supervision failure", "training failure"])
def test_a_failure_of_the_agency_is_told_to_everybody_and_charges_nobody(desk: Desk, failure: str) -> None:
    complaint = without_officer(desk)
    complaint = desk.post(complaint, "investigation", desk.investigator, make_findings(complaint, failure))
    complaint = desk.post(complaint, "review", desk.commander, make_findings(complaint, failure))

    complaint = desk.post(complaint, "decision", desk.adjudicator, make_findings(complaint, failure))

    found = {"failures": [{"category": "force", "finding": failure, "count": 1}]}
    assert complaint["outcome"] == failure
    assert happened(desk, complaint)[-2:] == ["decided", "agency_found"]
    assert told(desk, complaint, "agency_found") == {"complaints": found, "oversight": found, "public": found}
    assert told(desk, complaint, "decided")["complaints"]["charges"] == []


def test_a_finding_against_officers_alone_calls_for_no_recommendation(desk: Desk) -> None:
    assert told(desk, desk.decided(), "agency_found") == {}
