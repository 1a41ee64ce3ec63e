from typing import Any
from uuid import uuid4

import pytest

from services.reconciliation.kinds import KINDS
from shared.actors import Role
from shared.events.complaints import RepairProcess
from shared.events.reconciliation import Exclusion
from tests.reconciliation.make import Desk, everywhere, refused

EVERYTHING = [exclusion.value for exclusion in Exclusion]
UNSAFE = ["criminal", "corruption", "domestic violence", "pending court"]
BARS = {
    "mediation": EVERYTHING,
    "restorative conference": UNSAFE,
    "facilitated conversation": UNSAFE,
    "restorative circle": UNSAFE,
    "listening session": [],
}


def screening(*exclusions: str) -> dict[str, Any]:
    return {"exclusions": list(exclusions), "because": "As the file shows."}


def test_every_kind_of_process_has_its_rules() -> None:
    assert set(KINDS) == set(RepairProcess)
    assert {kind.value: sorted(KINDS[kind].barred_by) for kind in KINDS} == {k: sorted(v) for k, v in BARS.items()}


@pytest.mark.parametrize("exclusion", EVERYTHING)
@pytest.mark.parametrize("kind", ["mediation", "restorative circle", "listening session"])
def test_an_exclusion_bars_the_kinds_that_the_table_says(desk: Desk, kind: str, exclusion: str) -> None:
    process = desk.named(kind)
    barred = exclusion in BARS[kind]

    screened = desk.done(desk.liaison, process, "screening", screening(exclusion))

    assert (screened["state"], screened["outcome"]) == (("declined", "declined") if barred else ("screened", None))
    assert screened["exclusions"] == [exclusion]


def test_what_bars_a_process_is_told_to_oversight_and_not_to_the_public(desk: Desk) -> None:
    process = desk.named()

    desk.done(desk.liaison, process, "screening", screening("injury", "force"))

    public = {"process": "mediation", "suitable": False}
    found = {"exclusions": ["force", "injury"], "barred_by": ["force", "injury"]}
    assert desk.told(process, since=2) == [
        (3, "reconciliation", "screened", {**public, **found}),
        (3, "oversight", "screened", {**public, **found}),
        (3, "public", "screened", public),
        *everywhere(4, "declined", {"process": "mediation"}, complaint_id=process["complaint_id"]),
    ]


def test_a_suitable_process_goes_on(desk: Desk) -> None:
    process = desk.named()

    desk.done(desk.facilitator, process, "screening", screening())

    public = {"process": "mediation", "suitable": True}
    nothing: dict[str, Any] = {"exclusions": [], "barred_by": []}
    assert desk.told(process, since=2) == [
        (3, "reconciliation", "screened", {**public, **nothing}),
        (3, "oversight", "screened", {**public, **nothing}),
        (3, "public", "screened", public),
    ]


def test_who_takes_part_is_named_before_the_screening(desk: Desk) -> None:
    refused(
        desk.post(desk.liaison, desk.referred(), "screening", screening()),
        409,
        "Nobody from the community has been named as a party yet.",
    )


def test_what_bars_a_process_needs_no_parties(desk: Desk) -> None:
    assert desk.done(desk.liaison, desk.referred(), "screening", screening("corruption"))["state"] == "declined"


def test_a_mediation_takes_an_officer_and_a_listening_session_does_not(desk: Desk) -> None:
    nobody_known = {kind: desk_without_officers(desk, kind) for kind in ("mediation", "listening session")}

    refused(
        desk.post(desk.liaison, nobody_known["mediation"], "screening", screening()),
        409,
        "A mediation takes an officer, and none has been named as a party yet.",
    )
    assert desk.post(desk.liaison, nobody_known["listening session"], "screening", screening()).status_code == 200
    named = desk.done(desk.liaison, nobody_known["mediation"], "parties", {"officer_id": str(uuid4())})
    assert desk.done(desk.liaison, named, "screening", screening())["state"] == "screened"


def desk_without_officers(desk: Desk, kind: str) -> dict[str, Any]:
    process = desk.referred(kind, officers=())
    return desk.done(desk.liaison, process, "parties", {"name": "Riverside Tenants"})


def test_a_party_is_an_officer_or_a_name_and_an_officer_only_once(desk: Desk) -> None:
    process = desk.referred()
    officer = {"officer_id": str(desk.officer.id)}

    refused(desk.post(desk.liaison, process, "parties", officer), 409, "This officer is a party already.")
    for neither_nor in ({}, {**officer, "name": "Rosa"}):
        answer = desk.post(desk.liaison, process, "parties", neither_nor)
        refused(answer, 422, "The body: give either officer_id or name.")
    answer = desk.post(desk.liaison, process, "parties", {"officer_id": str(uuid4()), "contact": "555 0100"})
    refused(answer, 422, "The body: an officer's contact is in the roster; leave it out.")
    assert desk.read(process)["version"] == 1


def test_a_party_that_was_named_is_told_to_the_services_only(desk: Desk) -> None:
    process = desk.named()

    assert desk.told(process, since=1) == [(2, "reconciliation", "party_named", {"side": "community"})]


def test_no_party_steers_the_process(desk: Desk) -> None:
    own = desk.house.person(Role.OFFICER, Role.LIAISON, Role.FACILITATOR, id=desk.officer.id)
    process = desk.named()

    refused(
        desk.post(own, process, "screening", screening()),
        409,
        "Whoever is a party to a process takes no step on it but to consent.",
    )
