"""A complaint that has ended is dealt with again: what was found before stays, and the clock begins again."""

from pathlib import Path
from typing import Any

import pytest

from shared.actors import Role
from tests.complaints.conftest import Desk
from tests.complaints.strict import limits_of, look, refusal, strict_desk, told
from tests.make import make_findings
from tests.rooms import House

NEW = {"ground": "new evidence", "because": "A second recording has come up."}


def reopened(desk: Desk, complaint: dict[str, Any] | None = None) -> dict[str, Any]:
    return desk.post(complaint or desk.decided(), "reopening", desk.adjudicator, NEW)


def again(desk: Desk, complaint: dict[str, Any], finding: str) -> dict[str, Any]:
    """Take a reopened complaint through everything, with other people than before where that must be."""
    body = {"investigator_id": str(desk.investigator.id)}
    complaint = desk.post(complaint, "assignment", desk.commander, body)
    complaint = desk.post(complaint, "investigation", desk.investigator, make_findings(complaint, finding))
    complaint = desk.post(complaint, "review", desk.commander, make_findings(complaint, finding))
    return desk.post(complaint, "decision", desk.adjudicator, make_findings(complaint, finding))


def test_a_reopened_complaint_has_no_finding_yet(desk: Desk) -> None:
    complaint = reopened(desk)

    allegation = complaint["allegations"][0]
    found = [complaint["outcome"], *(allegation[name] for name in ("recommended", "reviewed", "finding"))]
    assert (complaint["state"], found) == ("reopened", [None] * 4)
    assert complaint["reopened_at"] is not None
    seen = {"ground": "new evidence"}
    assert told(desk, complaint, "reopened") == {"complaints": seen, "oversight": seen, "public": seen}


def test_what_was_found_before_stays_beside_what_is_found_now(desk: Desk) -> None:
    complaint = again(desk, reopened(desk, desk.decided("exonerated")), "sustained")

    before = look(desk, complaint, "/earlier-findings")["findings"]
    assert [(one["recommended"], one["reviewed"], one["finding"]) for one in before] == [
        ("sustained", "sustained", "exonerated")
    ]
    assert (before[0]["finding_because"], before[0]["decided_at"] is None) == ("The recording shows it.", False)
    assert (complaint["outcome"], complaint["allegations"][0]["finding"]) == ("sustained", "sustained")


@pytest.mark.parametrize("ended", ["decided", "closed", "withdrawn"])
def test_whatever_has_ended_can_be_reopened(desk: Desk, ended: str) -> None:
    complaint = desk.classified() if ended == "withdrawn" else desk.decided()
    if ended == "closed":
        complaint = desk.post(complaint, "closure", desk.adjudicator, {"because": "All is said."})
    if ended == "withdrawn":
        complaint = desk.post(complaint, "withdrawal", desk.intake, {"because": "They asked for it."})
    assert complaint["state"] == ended

    assert again(desk, reopened(desk, complaint), "unfounded")["outcome"] == "unfounded"


def test_what_goes_on_is_not_reopened(desk: Desk) -> None:
    status, detail = refusal(desk, desk.assigned(), "reopening", desk.adjudicator, NEW)

    assert (status, detail.split(";")[0]) == (
        409,
        "A complaint that is investigating cannot be taken through 'reopen'",
    )


@pytest.mark.parametrize("role", [Role.INTAKE, Role.INVESTIGATOR, Role.COMMANDER, Role.RECORDS, Role.ADMIN])
def test_reopening_is_a_permission_of_its_own(desk: Desk, role: Role) -> None:
    refused = refusal(desk, desk.decided(), "reopening", desk.house.person(role), NEW)

    assert refused == (403, "This takes one of the roles adjudicator.")


def test_whoever_decided_neither_investigates_nor_reviews_afterwards(desk: Desk) -> None:
    complaint = reopened(desk)
    judge = desk.adjudicator.id
    assert refusal(desk, complaint, "assignment", desk.commander, {"investigator_id": str(judge)}) == (
        409,
        "Whoever decided a complaint cannot investigate it; assign somebody else.",
    )
    body = {"investigator_id": str(desk.investigator.id)}
    complaint = desk.post(complaint, "assignment", desk.commander, body)
    complaint = desk.post(complaint, "investigation", desk.investigator, make_findings(complaint))

    both = desk.house.person(Role.COMMANDER, id=judge)

    assert refusal(desk, complaint, "review", both, make_findings(complaint)) == (
        409,
        "Whoever decided a complaint may not review it.",
    )


def test_what_was_never_classified_is_classified_before_it_is_investigated(desk: Desk) -> None:
    withdrawn = desk.post(desk.filed(), "withdrawal", desk.intake, {"because": "They asked for it."})
    complaint = reopened(desk, withdrawn)
    body = {"investigator_id": str(desk.investigator.id)}
    assert refusal(desk, complaint, "assignment", desk.commander, body) == (
        409,
        "The complaint has not been classified; reclassify it first.",
    )
    kind = {"classification": "misconduct", "track": "expedited"}

    desk.post(complaint, "reclassification", desk.intake, kind)

    assert desk.post(complaint, "assignment", desk.commander, body)["state"] == "investigating"


def test_time_limits_begin_again_as_the_policy_says(house: House, tmp_path: Path) -> None:
    with strict_desk(house, tmp_path) as desk:
        complaint = desk.post(desk.classified(), "withdrawal", desk.intake, {"because": "They asked for it."})
        assert "second-look" not in limits_of(desk, complaint)

        reopened(desk, complaint)

        limits = limits_of(desk, complaint)
        assert limits["second-look"]["met_on"] is None
        assert limits["second-look"]["explained"].split(" = ")[1].startswith("reopened ")
        assert limits["whole"]["ended_on"] is not None
