"""A discipline case from the first step to the last."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.actors import Role
from tests.discipline.bench import Bench
from tests.discipline.make import INCIDENT, in_days, make_decision, make_ruling, today

DISCIPLINE, OVERSIGHT, PUBLIC = "accord.discipline", "accord.oversight", "accord.public"


def rows(version: int, name: str, seen: dict[str, Any], *reduced: str) -> list[tuple[int, str, str, dict[str, Any]]]:
    """Return the records of an event of which every audience that learns of it sees the same."""
    return [(version, topic, f"discipline.{name}.v1", seen) for topic in (DISCIPLINE, *reduced)]


def noon(days: int) -> datetime:
    """Return noon in so many days."""
    return datetime.combine(today() + timedelta(days=days), time(17), UTC)


def test_a_case_goes_from_its_opening_to_completion_through_an_appeal(bench: Bench) -> None:
    case_id = bench.walked(bench.opened("discourtesy", "driving"), to="complete")

    written = {"sanction": "written reprimand", "days": None, "departure": "within"}
    oral = {**written, "sanction": "oral reprimand"}
    final = {**oral, "categories": ["discourtesy", "driving"]}
    ruled_range = {"matrix": "south-bend-2020", "level": "I", "nth": 1}
    assert bench.told(case_id)[3:] == [
        *rows(2, "range_computed", ruled_range, OVERSIGHT),
        *rows(3, "proposed", written, OVERSIGHT),
        *rows(4, "notice_served", {"respond_by": in_days(10)}, OVERSIGHT),
        *rows(5, "response_recorded", {"response": "responded"}, OVERSIGHT),
        *rows(6, "decided", written, OVERSIGHT),
        *rows(7, "appealed", {}, OVERSIGHT),
        *rows(8, "appeal_decided", oral, OVERSIGHT),
        (9, DISCIPLINE, "discipline.final.v1", {**final, "officer_id": str(bench.officer.id)}),
        (9, OVERSIGHT, "discipline.final.v1", final),
        (9, PUBLIC, "discipline.final.v1", final),
        *rows(10, "implemented", {}, OVERSIGHT, PUBLIC),
        *rows(11, "completed", {}, OVERSIGHT, PUBLIC),
    ]


def test_nothing_but_the_opening_is_public_before_discipline_is_final(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="appeal decided")

    public = [told for told in bench.told(case_id) if told[1] == PUBLIC]
    assert public == [(1, PUBLIC, "discipline.opened.v1", {"counts": 1})]


def test_what_was_recommended_decided_and_decided_on_appeal_stays_side_by_side(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="appeal decided")

    _, case = bench.read(case_id, bench.records)
    assert [(ruling["stage"], ruling["sanction"]["kind"], ruling["by"]) for ruling in case["rulings"]] == [
        ("recommended", "written reprimand", str(bench.commander.id)),
        ("decided", "written reprimand", str(bench.adjudicator.id)),
        ("on appeal", "oral reprimand", str(bench.second.id)),
    ]
    assert {ruling["because"] for ruling in case["rulings"]} == {"The recording shows it."}


def test_the_range_is_kept_with_the_case(bench: Bench) -> None:
    case = bench.step(bench.opened("discourtesy", "force"), "range", bench.commander, {})

    assert (case["matrix"], case["level"], case["nth"], case["priors"]) == ("south-bend-2020", "III", 1, [])
    assert case["cell"] == {
        "mitigated": {"kind": "suspension", "days": 3},
        "presumptive": None,
        "aggravated": {"kind": "suspension", "days": 10},
    }
    assert [(count["category"], count["level"]) for count in case["counts"]] == [("discourtesy", "I"), ("force", "III")]


def test_earlier_final_cases_of_the_officer_count_and_are_shown(bench: Bench) -> None:
    settled = bench.walked(bench.opened("driving", incident_on=date(2024, 1, 2)), to="final")
    bench.walked(bench.opened("driving", incident_on=date(2024, 1, 3)), to="appeal decided")  # not final
    bench.walked(bench.opened("force", incident_on=date(2024, 1, 4)), to="range computed")

    case = bench.step(bench.opened("discourtesy"), "range", bench.commander, {})

    number = bench.read(settled, bench.records)[1]["number"]
    assert case["nth"] == 2
    assert case["priors"] == [{"prior_id": settled, "number": number, "incident_on": "2024-01-02"}]


def test_the_case_of_another_officer_is_no_prior(bench: Bench) -> None:
    colleague = replace(bench, officer=bench.house.person(Role.OFFICER))
    colleague.walked(colleague.opened("driving", incident_on=date(2024, 1, 2)), to="final")

    assert bench.step(bench.opened("driving"), "range", bench.commander, {})["nth"] == 1


def test_the_day_of_the_incident_is_said_with_the_range_where_the_complaint_did_not_tell_it(bench: Bench) -> None:
    case_id = bench.opened(incident_on=None)

    missing = bench.refused(case_id, "range", bench.commander, {})
    future = bench.refused(case_id, "range", bench.commander, {"incident_on": in_days(1)})
    case = bench.step(case_id, "range", bench.commander, {"incident_on": "2025-01-01"})

    assert missing == (422, "The complaint did not tell the day of the incident; give incident_on.")
    assert future == (422, f"incident_on is {in_days(1)}, which is still to come.")
    assert case["incident_on"] == "2025-01-01"


def test_the_day_that_the_complaint_told_stands(bench: Bench) -> None:
    refusal = bench.refused(bench.opened(), "range", bench.commander, {"incident_on": "2019-01-01"})

    sentence = f"The complaint tells {INCIDENT} as the day of the incident; leave incident_on out."
    assert refusal == (422, sentence)


def test_a_hearing_may_be_held_before_the_decision(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="responded")

    held = {"held_on": in_days(0), "summary": "The officer was heard."}
    case = bench.step(case_id, "hearing", bench.commander, held)

    assert (case["state"], case["hearing_on"]) == ("hearing held", in_days(0))
    assert bench.told(case_id)[-2:] == rows(6, "hearing_held", {}, OVERSIGHT)
    assert bench.step(case_id, "decision", bench.adjudicator, make_decision())["state"] == "decided"


def test_an_officer_may_waive_the_response_and_the_appeal(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="notice served")

    waived = bench.step(case_id, "response-waiver", bench.officer)
    bench.step(case_id, "decision", bench.adjudicator, make_decision())
    still = bench.step(case_id, "appeal-waiver", bench.officer)
    final = bench.step(case_id, "finality", bench.adjudicator)

    assert (waived["state"], waived["response"]) == ("response waived", "waived")
    assert (still["state"], still["appeal_waived"]) == ("decided", True)
    assert (final["state"], final["final_on"]) == ("final", in_days(0))
    assert bench.told(case_id)[9:11] == rows(5, "response_recorded", {"response": "waived"}, OVERSIGHT)
    assert bench.told(case_id)[13:15] == rows(7, "appeal_waived", {}, OVERSIGHT)


def test_a_waived_appeal_stays_waived(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="decided")
    bench.step(case_id, "appeal-waiver", bench.officer)

    again = bench.refused(case_id, "appeal", bench.officer, {"because": "I think again."})

    assert again == (409, "The appeal has been waived.")


def test_a_response_lapses_after_its_day_and_not_on_it(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="notice served")

    with bench.at(noon(10)):
        too_early = bench.refused(case_id, "response-lapse", bench.records)
    with bench.at(noon(11)):
        case = bench.step(case_id, "response-lapse", bench.records)

    assert too_early == (409, f"The officer may respond until {in_days(10)}; the response has not lapsed.")
    assert (case["state"], case["response"]) == ("response lapsed", "lapsed")
    assert bench.told(case_id)[-2:] == rows(5, "response_recorded", {"response": "lapsed"}, OVERSIGHT)


def test_a_decision_is_final_once_the_day_to_appeal_by_has_passed(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="decided")

    with bench.at(noon(30)):
        too_early = bench.refused(case_id, "finality", bench.records)
    with bench.at(noon(31)):
        too_late = bench.refused(case_id, "appeal", bench.officer, {"because": "It is too much."})
        case = bench.step(case_id, "finality", bench.records)

    assert too_early == (409, f"The officer may appeal until {in_days(30)}; the decision is not final yet.")
    assert too_late == (409, f"The decision could be appealed until {in_days(30)}.")
    assert (case["state"], case["final_on"]) == ("final", in_days(31))


def test_a_case_may_end_without_a_sanction_and_with_training(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="responded")
    training = [{"topic": "de-escalation", "due_on": in_days(90)}]
    decision = make_decision(None, factors=["training-gap"], training=training)

    bench.step(case_id, "decision", bench.adjudicator, decision)
    bench.step(case_id, "appeal-waiver", bench.officer)
    case = bench.step(case_id, "finality", bench.records)

    assert case["training"] == training
    public = {"sanction": None, "days": None, "departure": "below", "categories": ["discourtesy"]}
    assert bench.told(case_id)[-1] == (8, PUBLIC, "discipline.final.v1", public)


def test_only_the_most_serious_categories_become_public(bench: Bench) -> None:
    case_id = bench.opened("discourtesy", "force")
    bench.step(case_id, "range", bench.commander, {})
    bench.step(case_id, "proposal", bench.commander, make_ruling("suspension", 5))
    bench.step(case_id, "notice", bench.records, {"evidence": "The recording.", "respond_by": in_days(10)})
    bench.step(case_id, "response-waiver", bench.officer)
    bench.step(case_id, "decision", bench.adjudicator, make_decision("suspension", 12, factors=["harm"]))
    bench.step(case_id, "appeal-waiver", bench.officer)
    bench.step(case_id, "finality", bench.records)

    public = {"sanction": "suspension", "days": 12, "departure": "above", "categories": ["force"]}
    assert bench.told(case_id)[-1] == (8, PUBLIC, "discipline.final.v1", public)
