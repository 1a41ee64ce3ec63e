from datetime import date
from typing import Any
from uuid import UUID

import pytest

from shared.actors import Role
from shared.errors import NotFound
from shared.events.complaints import RepairProcess
from shared.events.event import Event
from shared.events.reconciliation import (
    ProcessAgreed,
    ProcessDeclined,
    ProcessEndedWithoutAgreement,
    ProcessHeld,
    ProcessReturned,
)
from shared.events.roster import Leaving, OfficerDeparted
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.make import make_findings
from tests.reconciliation.make import tell
from tests.rooms import outbox_of

MEDIATION = RepairProcess.MEDIATION


def referred(desk: Desk) -> dict[str, Any]:
    """Return a complaint whose harm was referred to mediation."""
    referral = {"process": "mediation", "because": "Both sides asked for it."}
    return desk.post(desk.classified(), "harm-referral", desk.house.person(Role.LIAISON), referral)


def read(desk: Desk, complaint: dict[str, Any]) -> dict[str, Any]:
    answer = desk.client.get(f"{COMPLAINTS}/{complaint['id']}", headers=dict(desk.intake.headers))
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("kind", "agreed"),
    [(ProcessAgreed, True), (ProcessEndedWithoutAgreement, False), (ProcessDeclined, False), (ProcessReturned, False)],
)
def test_a_complaint_notes_what_became_of_its_harm(desk: Desk, kind: type[Event], agreed: bool) -> None:  # noqa: FBT001 - a table
    complaint = referred(desk)
    assert complaint["harm_agreed"] is None
    commitments = {"commitments": ()} if kind is ProcessAgreed else {}

    tell(desk.house, "complaints", kind(process=MEDIATION, complaint_id=UUID(complaint["id"]), **commitments))

    after = read(desk, complaint)
    assert (after["harm_agreed"], after["state"]) == (agreed, complaint["state"])
    version = complaint["version"] + 1
    assert after["version"] == version
    assert outbox_of(desk.house, "complaints", complaint["id"])[-1] == (
        version,
        "accord.complaints",
        "complaint.harm_answered.v1",
        {"agreed": agreed},
    )
    assert [row[0] for row in outbox_of(desk.house, "complaints", complaint["id"])].count(version) == 1


def test_a_complaint_that_is_closed_notes_it_too(desk: Desk) -> None:
    complaint = desk.decided()
    desk.post(complaint, "harm-referral", desk.commander, {"process": "mediation", "because": "Harm remains."})
    closed = desk.post(complaint, "closure", desk.adjudicator, {"because": "All is said."})

    tell(desk.house, "complaints", ProcessDeclined(process=MEDIATION, complaint_id=UUID(complaint["id"])))

    assert (read(desk, complaint)["state"], read(desk, complaint)["harm_agreed"]) == (closed["state"], False)


def test_a_process_under_way_or_without_a_complaint_changes_no_complaint(desk: Desk) -> None:
    complaint = referred(desk)

    tell(desk.house, "complaints", ProcessHeld(process=MEDIATION))
    tell(desk.house, "complaints", ProcessDeclined(process=MEDIATION, complaint_id=None))

    assert read(desk, complaint) == complaint


def test_another_agency_cannot_answer_for_a_complaint(desk: Desk) -> None:
    complaint = referred(desk)
    answer = ProcessDeclined(process=MEDIATION, complaint_id=UUID(complaint["id"]))

    with pytest.raises(NotFound, match="There is no such complaint here"):
        tell(desk.house, "complaints", answer, agency="south-bend-in")
    assert read(desk, complaint) == complaint


def departure() -> OfficerDeparted:
    return OfficerDeparted(leaving=Leaving.RESIGNED, left_on=date(2026, 11, 20))


def test_a_departure_is_noted_in_an_open_complaint_and_does_not_end_it(desk: Desk) -> None:
    complaint = desk.assigned()

    tell(desk.house, "complaints", departure(), desk.officer_id)

    after = read(desk, complaint)
    assert (after["state"], after["version"]) == (complaint["state"], complaint["version"] + 1)
    told = [row for row in outbox_of(desk.house, "complaints", complaint["id"]) if row[0] == after["version"]]
    assert [(topic, kind, payload) for _, topic, kind, payload in told] == [
        (
            "accord.complaints",
            "complaint.officer_left.v1",
            {"part": "accused", "officer_id": str(desk.officer_id), "left_on": "2026-11-20"},
        ),
        ("accord.oversight", "complaint.officer_left.v1", {"part": "accused"}),
    ]


def test_a_complaint_goes_its_way_after_the_officer_has_left(desk: Desk) -> None:
    complaint = desk.reviewed()
    tell(desk.house, "complaints", departure(), desk.officer_id)

    decided = desk.post(complaint, "decision", desk.adjudicator, make_findings(complaint, "sustained"))

    assert decided["state"] == "decided"


def test_a_complaint_notes_that_its_investigator_has_left(desk: Desk) -> None:
    complaint = desk.assigned()

    tell(desk.house, "complaints", departure(), desk.investigator.id)

    last = outbox_of(desk.house, "complaints", complaint["id"])[-1]
    assert last[1:] == ("accord.oversight", "complaint.officer_left.v1", {"part": "investigating"})


def test_a_departure_is_nothing_to_a_complaint_that_has_ended_or_is_about_others(desk: Desk) -> None:
    decided, other = desk.decided(), desk.filed()

    tell(desk.house, "complaints", departure(), desk.officer_id)

    assert (read(desk, decided)["version"], read(desk, other)["version"]) == (decided["version"], 1)
