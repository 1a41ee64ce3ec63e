"""The turns that a complaint takes: taken less seriously only with reasons, linked, closed early in the open."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from shared.actors import Role
from tests.complaints.conftest import Desk, ask
from tests.complaints.strict import happened, limits_of, look, refusal, supervise, told
from tests.make import make_classification, make_findings
from tests.rooms import Person, outbox_of

BECAUSE = {"because": "The recording shows something else."}


def kind(classification: str = "misconduct", track: str = "full investigation", **over: Any) -> dict[str, Any]:
    """Return what a complaint is about and how it is dealt with."""
    return {"classification": classification, "track": track, **over}


def on(desk: Desk, track: str) -> dict[str, Any]:
    """Return a complaint that was classified to this track."""
    return desk.post(desk.filed(), "classification", desk.intake, make_classification(desk.officer_id, track=track))


def to(person: Person, **over: Any) -> dict[str, Any]:
    return {"investigator_id": str(person.id), **over}


LOWER = [
    ("misconduct", "expedited"),
    ("misconduct", "mediation"),
    ("misconduct", "supervisor action"),
    ("misconduct", "contact log"),
    ("service", "full investigation"),
    ("inquiry", "full investigation"),
]


@pytest.mark.parametrize(("classification", "track"), LOWER)
def test_taking_a_complaint_less_seriously_needs_reasons_and_oversight_learns_of_it(
    desk: Desk, classification: str, track: str
) -> None:
    complaint = desk.classified()
    assert refusal(desk, complaint, "reclassification", desk.intake, kind(classification, track)) == (
        422,
        "This takes the complaint less seriously than before; say why ('because').",
    )

    desk.post(complaint, "reclassification", desk.intake, kind(classification, track, **BECAUSE))

    public = {"classification": classification, "track": track}
    before = {"classification_before": "misconduct", "track_before": "full investigation"}
    seen = {**public, **before, "downgraded": True}
    assert told(desk, complaint, "reclassified") == {"complaints": seen, "oversight": seen, "public": public}
    assert look(desk, complaint, "/reasons")["reasons"][-1]["because"] == BECAUSE["because"]


def test_taking_a_complaint_more_seriously_needs_none(desk: Desk) -> None:
    complaint = on(desk, "supervisor action")

    after = desk.post(complaint, "reclassification", desk.intake, kind("criminal"))

    assert (after["classification"], after["track"], after["state"]) == ("criminal", "full investigation", "classified")
    assert told(desk, complaint, "reclassified")["oversight"]["downgraded"] is False


def test_what_changes_nothing_is_refused(desk: Desk) -> None:
    refused = refusal(desk, desk.classified(), "reclassification", desk.intake, kind())

    assert refused == (409, "The complaint is classified so already.")


def test_another_track_takes_the_case_from_whoever_has_it(desk: Desk) -> None:
    complaint = desk.assigned()
    same = desk.post(complaint, "reclassification", desk.commander, kind(track="expedited", **BECAUSE))
    assert (same["state"], same["investigator_id"]) == ("investigating", str(desk.investigator.id))

    after = desk.post(complaint, "reclassification", desk.commander, kind(track="mediation", **BECAUSE))

    assert (after["state"], after["investigator_id"]) == ("classified", None)
    assert look(desk, complaint, "/assignments")["assignments"][0]["ended_at"] is not None


def test_how_soon_a_complaint_is_dealt_with_is_told_to_oversight(desk: Desk) -> None:
    complaint = desk.classified()

    after = desk.post(complaint, "reclassification", desk.intake, kind(priority="immediate"))

    assert after["priority"] == "immediate"
    seen = {"priority": "immediate"}
    assert told(desk, complaint, "prioritised") == {"complaints": seen, "oversight": seen}
    assert told(desk, complaint, "reclassified") == {}


@pytest.mark.parametrize("track", ["contact log", "supervisor action", "mediation"])
def test_only_what_is_on_its_track_is_investigated(desk: Desk, track: str) -> None:
    refused = refusal(desk, on(desk, track), "assignment", desk.commander, to(desk.investigator))

    assert refused == (409, f"A complaint on the track '{track}' is not investigated; reclassify it first.")


def test_a_supervisor_acts_and_reports_and_others_review_and_decide(desk: Desk) -> None:
    sergeant = desk.house.person(Role.SUPERVISOR)
    complaint = on(desk, "supervisor action")

    complaint = desk.post(complaint, "supervisor", desk.commander, {"supervisor_id": str(sergeant.id)})
    assert (complaint["state"], look(desk, complaint, by=sergeant)["id"]) == ("supervisor action", complaint["id"])
    complaint = desk.post(complaint, "investigation", sergeant, make_findings(complaint))
    complaint = desk.post(complaint, "return", desk.commander, {"because": "What was said to the officer?"})
    assert complaint["state"] == "supervisor action"
    assert look(desk, complaint, "/reasons", sergeant)["reasons"][-1]["because"] == "What was said to the officer?"
    complaint = desk.post(complaint, "investigation", sergeant, make_findings(complaint))
    complaint = desk.post(complaint, "review", desk.commander, make_findings(complaint))
    complaint = desk.post(complaint, "decision", desk.adjudicator, make_findings(complaint))

    assert complaint["state"] == "decided"
    assert told(desk, complaint, "given_to_supervisor")["public"] == {}


def test_the_supervisor_of_the_accused_acts_on_the_supervisor_s_track_but_with_no_other_conflict(desk: Desk) -> None:
    sergeant = desk.house.person(Role.SUPERVISOR)
    supervise(desk, desk.officer_id, sergeant.id, desk.house.person(Role.RECORDS))
    complaint, body = on(desk, "supervisor action"), {"supervisor_id": str(sergeant.id)}
    family = on(desk, "supervisor action")
    related = {"conflict": "family", "because": "Cousins.", "person_id": str(sergeant.id)}
    ask(desk, family, "conflicts", desk.intake, **related)

    complaint = desk.post(complaint, "supervisor", desk.commander, body)
    status, detail = refusal(desk, family, "supervisor", desk.commander, body)

    assert desk.post(complaint, "investigation", sergeant, make_findings(complaint))["state"] == "under review"
    sentence = "Whoever has a conflict of interest (family) cannot investigate it"
    assert (status, detail.split(";")[0]) == (409, sentence)


def test_a_supervisor_gets_what_is_on_their_track(desk: Desk) -> None:
    body = {"supervisor_id": str(uuid4())}

    refused = refusal(desk, desk.classified(), "supervisor", desk.commander, body)

    expected = "A complaint on the track 'full investigation' is not given to a supervisor; reclassify it first."
    assert refused == (409, expected)


def test_an_unknown_officer_is_named_once_and_never_by_themselves(desk: Desk) -> None:
    said = make_classification(allegations=[{"category": "force", "officer_id": None}])
    complaint = desk.post(desk.filed(), "classification", desk.intake, said)
    allegation = complaint["allegations"][0]["id"]
    body = {"allegation_id": allegation, "officer_id": str(desk.officer_id)}
    own = {**body, "officer_id": str(desk.commander.id)}
    assert refusal(desk, complaint, "allegations/officer", desk.commander, own)[0] == 409

    after = desk.post(complaint, "allegations/officer", desk.commander, body)

    assert after["allegations"][0]["officer_id"] == str(desk.officer_id)
    assert told(desk, complaint, "officer_named")["oversight"] == {"category": "force"}
    assert refusal(desk, complaint, "allegations/officer", desk.commander, body) == (
        409,
        "An officer is named in this allegation already; add another allegation.",
    )
    elsewhere = {**body, "allegation_id": str(uuid4())}
    assert refusal(desk, complaint, "allegations/officer", desk.commander, elsewhere)[0] == 404


def test_what_comes_to_light_is_alleged_too_and_needs_its_own_finding(desk: Desk) -> None:
    complaint = desk.assigned()
    more = {"category": "discourtesy", "severity": "low", "officer_id": str(uuid4())}

    after = desk.post(complaint, "allegations", desk.investigator, more)

    assert [one["category"] for one in after["allegations"]] == ["force", "discourtesy"]
    assert told(desk, complaint, "allegation_added")["oversight"] == {"category": "discourtesy"}
    assert refusal(desk, complaint, "investigation", desk.investigator, make_findings(complaint)) == (
        422,
        "Give a finding for every allegation; 1 of 2 have none.",
    )
    assert refusal(desk, complaint, "allegations", desk.investigator, {**more, "category": "sorcery"})[0] == 422


def test_a_link_is_visible_from_both_ends(desk: Desk) -> None:
    one, other = desk.classified(), desk.filed()

    status, _ = ask(desk, one, "links", desk.intake, kind="same incident", other_id=other["id"])

    assert status == 201
    there, back = look(desk, one, "/links")["links"], look(desk, other, "/links")["links"]
    assert [(link["other_id"], link["other_number"], link["made_here"]) for link in there] == [
        (other["id"], other["number"], True)
    ]
    assert [(link["other_id"], link["made_here"]) for link in back] == [(one["id"], False)]
    for complaint in (one, other):
        assert told(desk, complaint, "linked")["oversight"] == {"kind": "same incident"}
    again = {"kind": "same incident", "other_id": one["id"]}
    assert refusal(desk, other, "links", desk.intake, again) == (409, "They are linked so already.")


def test_a_claim_in_court_is_linked_by_its_number(desk: Desk) -> None:
    complaint = desk.decided()

    ask(desk, complaint, "links", desk.intake, kind="civil claim", claim="26-cv-1117")

    assert look(desk, complaint, "/links")["links"][0]["claim"] == "26-cv-1117"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "duplicate", "other_id": str(uuid4())}, "A duplicate is not only linked; close the complaint as a"),
        ({"kind": "civil claim"}, "Say either which complaint it belongs to ('other_id') or which claim"),
        ({"kind": "same incident", "claim": "26-cv-1"}, "Only a complaint is about the same incident; name it"),
    ],
)
def test_a_link_says_what_it_links(desk: Desk, said: dict[str, Any], sentence: str) -> None:
    status, detail = refusal(desk, desk.filed(), "links", desk.intake, said)

    assert (status, detail.startswith(sentence)) == (422, True)


def test_a_complaint_that_one_may_not_see_is_not_linked(desk: Desk) -> None:
    accused = desk.house.person(Role.INTAKE, id=desk.officer_id)
    other = desk.classified()
    body = {"kind": "same incident", "other_id": other["id"]}

    assert refusal(desk, desk.filed(), "links", accused, body) == (404, "There is no such other complaint here.")


def test_a_duplicate_closes_into_the_other_complaint_and_says_so(desk: Desk) -> None:
    complaint, other = desk.classified(), desk.classified()

    after = desk.post(complaint, "duplicate", desk.intake, {"other_id": other["id"], "because": "Word for word."})

    assert (after["state"], after["outcome"], after["allegations"][0]["finding"]) == (
        "closed",
        "duplicate",
        "duplicate",
    )
    assert told(desk, complaint, "closed_as_duplicate") == {
        "complaints": {"other_id": other["id"]},
        "oversight": {},
        "public": {},
    }
    assert told(desk, other, "linked")["complaints"] == {"kind": "duplicate", "other_id": complaint["id"]}
    assert look(desk, other, "/links")["links"][0]["other_state"] == "closed"
    assert limits_of(desk, complaint)["whole"]["ended_on"] is not None
    third = desk.filed()
    into = {"other_id": complaint["id"], "because": "The same."}
    expected = f"{complaint['number']} is a duplicate itself; name the complaint that goes on."
    assert refusal(desk, third, "duplicate", desk.intake, into) == (409, expected)


def test_nothing_is_a_duplicate_of_itself(desk: Desk) -> None:
    complaint = desk.filed()

    refused = refusal(desk, complaint, "duplicate", desk.intake, {"other_id": complaint["id"], "because": "The same."})

    assert refused == (409, "This is the same complaint; name another one.")


CLOSURE = {"ground": "too little information", "because": "Nobody answers, and nobody saw it."}


@pytest.mark.parametrize(("taken_up", "declined"), [(False, True), (True, False)])
def test_declining_and_closing_administratively_are_told_to_oversight_with_the_ground(
    desk: Desk,
    taken_up: bool,  # noqa: FBT001 - a table
    declined: bool,  # noqa: FBT001 - a table
) -> None:
    complaint = desk.assigned() if taken_up else desk.classified()

    after = desk.post(complaint, "administrative-closure", desk.adjudicator, CLOSURE)

    assert (after["state"], after["outcome"]) == ("closed", "administratively closed")
    public = {"declined": declined}
    seen = {**public, "ground": "too little information"}
    assert told(desk, complaint, "closed_administratively") == {
        "complaints": seen,
        "oversight": seen,
        "public": public,
    }
    assert look(desk, complaint, "/reasons")["reasons"][-1]["because"] == CLOSURE["because"]
    limits = limits_of(desk, complaint)
    assert (limits["whole"]["ended_on"] is None, limits["acknowledgement"]["ended_on"]) == (False, None)


def test_what_nobody_has_classified_is_not_closed_administratively(desk: Desk) -> None:
    status, _ = refusal(desk, desk.filed(), "administrative-closure", desk.adjudicator, CLOSURE)

    assert status == 409


def test_nobody_closes_their_own_investigation(desk: Desk) -> None:
    complaint, both = desk.submitted(), desk.house.person(Role.COMMANDER, id=desk.investigator.id)

    refused = refusal(desk, complaint, "administrative-closure", both, CLOSURE)

    assert refused == (409, "Whoever investigated a complaint may not close it administratively.")


def test_that_an_officer_has_left_is_no_ground_to_close(desk: Desk) -> None:
    body = {**CLOSURE, "ground": "officer resigned"}

    status, detail = refusal(desk, desk.classified(), "administrative-closure", desk.adjudicator, body)

    assert (status, detail.startswith("ground: Input should be 'answered at contact'")) == (422, True)


def test_a_withdrawn_complaint_ends_with_that_finding(desk: Desk) -> None:
    complaint = desk.post(desk.assigned(), "withdrawal", desk.intake, {"because": "They asked for it."})

    assert (complaint["state"], complaint["outcome"]) == ("withdrawn", "withdrawn")
    assert happened(desk, complaint)[-1] == "withdrawn"


SECRET = "sentinel-5b1e"  # noqa: S105 - a word to look for, and no password


def test_reasons_are_read_by_staff_and_leave_the_service_nowhere(desk: Desk) -> None:
    complaint, other = desk.assigned(), desk.filed()
    second = desk.house.person(Role.INVESTIGATOR)
    body = {"because": SECRET}
    ask(desk, complaint, "conflicts", desk.investigator, **body, conflict="family")
    ask(desk, complaint, "overrides", desk.adjudicator, **body, person_id=str(desk.investigator.id))
    desk.post(complaint, "assignment", desk.commander, to(second, **body))
    desk.post(complaint, "reclassification", desk.intake, kind("service", "expedited", **body))
    desk.post(complaint, "duplicate", desk.intake, {**body, "other_id": other["id"]})
    desk.post(complaint, "reopening", desk.adjudicator, {**body, "ground": "faulty procedure"})
    desk.post(complaint, "referral", desk.intake, {**body, "authority": SECRET})
    desk.post(complaint, "referral/return", desk.intake, {"outcome": SECRET})

    for case in (complaint, other):
        assert SECRET not in str(outbox_of(desk.house, "complaints", case["id"]))
    steps = [(one["step"], one["because"]) for one in look(desk, complaint, "/reasons")["reasons"]]
    assert steps == [
        (step, SECRET)
        for step in ("override a conflict", "reclassify", "close as duplicate", "reopen", "refer out", "take back")
    ]


def test_two_complaints_that_are_linked_to_each_other_at_once_do_not_wait_in_a_circle(desk: Desk) -> None:
    pairs = [(desk.filed(), desk.filed()) for _ in range(4)]

    def link(pair: tuple[dict[str, Any], dict[str, Any]]) -> int:
        return ask(desk, pair[0], "links", desk.intake, kind="same incident", other_id=pair[1]["id"])[0]

    with ThreadPoolExecutor(8) as threads:
        found = sorted(threads.map(link, [way for one, other in pairs for way in ((one, other), (other, one))]))

    assert found == [201] * 4 + [409] * 4
