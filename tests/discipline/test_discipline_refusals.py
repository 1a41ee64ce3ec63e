"""What stands against a step of a discipline case."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from services.discipline.due_process import refuse_without_due_process
from services.discipline.models import DisciplineCase
from shared.actors import Role
from shared.errors import Objection
from shared.events.discipline import Response, SanctionKind
from shared.occasion import Occasion
from shared.policy.agency import Sanction
from tests.discipline.bench import Bench
from tests.discipline.make import DECIDED_AT, in_days, make_charge, make_decision, make_ruling
from tests.make import AGENCY

NOTICE = {"evidence": "The recording.", "respond_by": in_days(10)}
TRAINING = {"topic": "de-escalation", "due_on": in_days(90)}


def test_whoever_proposed_may_not_decide(bench: Bench) -> None:
    case_id = bench.opened()
    bench.step(case_id, "range", bench.adjudicator, {})
    bench.step(case_id, "proposal", bench.adjudicator, make_ruling())
    bench.step(case_id, "notice", bench.commander, NOTICE)
    bench.step(case_id, "response-waiver", bench.officer)

    refusal = bench.refused(case_id, "decision", bench.adjudicator, make_decision())

    assert refusal == (409, "Whoever proposed a sanction may not decide on it.")


def test_whoever_decided_may_not_decide_the_appeal(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="appealed")

    refusal = bench.refused(case_id, "appeal-decision", bench.adjudicator, make_ruling())

    assert refusal == (409, "Whoever decided a case may not decide its appeal.")


def test_whoever_proposed_may_not_decide_the_appeal_either(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="appealed")
    promoted = bench.house.person(Role.ADJUDICATOR, id=bench.commander.id)

    refusal = bench.refused(case_id, "appeal-decision", promoted, make_ruling())

    assert refusal == (409, "Whoever proposed a sanction may not decide on it.")


@pytest.mark.parametrize(
    ("step", "body"),
    [("range", {}), ("proposal", make_ruling()), ("notice", NOTICE), ("decision", make_decision())],
)
def test_a_step_of_staff_takes_their_role(bench: Bench, step: str, body: dict[str, Any]) -> None:
    status, sentence = bench.refused(bench.opened(), step, bench.house.person(Role.INTAKE), body)

    assert status == 403
    assert sentence.startswith("This takes one of the roles ")


def test_a_step_out_of_order_says_which_steps_are_open(bench: Bench) -> None:
    refusal = bench.refused(bench.opened(), "decision", bench.adjudicator, make_decision())

    sentence = "A discipline case that is opened cannot be taken through 'decide'; from here: compute range."
    assert refusal == (409, sentence)


def test_the_officer_concerned_takes_no_official_step_on_their_own_case(bench: Bench) -> None:
    commander = bench.house.person(Role.COMMANDER, Role.OFFICER)
    case_id = bench.charged(make_charge(commander.id))

    refusal = bench.refused(case_id, "range", commander, {})

    assert refusal == (409, "The officer concerned takes no such step on their own case.")


@pytest.mark.parametrize(
    ("state", "step", "body"),
    [
        ("notice served", "response", {"statement": "It was me."}),
        ("notice served", "response-waiver", None),
        ("decided", "appeal", {"because": "It is too much."}),
        ("decided", "appeal-waiver", None),
    ],
)
def test_only_the_officer_concerned_speaks_for_themselves(
    bench: Bench, state: str, step: str, body: dict[str, Any] | None
) -> None:
    case_id = bench.walked(bench.opened(), to=state)
    stranger, colleague = bench.house.person(Role.OFFICER), bench.house.person(Role.OFFICER, Role.RECORDS)

    assert bench.refused(case_id, step, stranger, body) == (404, "There is no such discipline case here.")
    assert bench.refused(case_id, step, colleague, body) == (409, "Only the officer concerned can do this.")


GUARDED = (
    Sanction(kind=SanctionKind.SUSPENSION, days=1),
    Sanction(kind=SanctionKind.DEMOTION),
    Sanction(kind=SanctionKind.TERMINATION),
)
UNGUARDED = (
    None,
    Sanction(kind=SanctionKind.ORAL_REPRIMAND),
    Sanction(kind=SanctionKind.WRITTEN_REPRIMAND),
    Sanction(kind=SanctionKind.LOSS_OF_LEAVE, days=1),
)


def heard(response: Response = Response.RESPONDED, **over: Any) -> DisciplineCase:
    whole = {"notice_served_at": DECIDED_AT, "evidence": "The recording.", "response": response}
    return DisciplineCase(id=uuid4(), **{**whole, **over})


@pytest.mark.parametrize("sanction", GUARDED)
@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("notice_served_at", "notice of the charges"),
        ("evidence", "an explanation of the evidence"),
        ("response", "an opportunity to respond"),
    ],
)
def test_pay_rank_and_office_are_not_taken_before_due_process(sanction: Sanction, missing: str, words: str) -> None:
    case = heard()
    setattr(case, missing, None)

    with pytest.raises(Objection) as refusal:
        refuse_without_due_process(case, sanction)
    assert refusal.value.detail == f"A {sanction.kind} cannot be imposed before the officer had {words}."


@pytest.mark.parametrize("sanction", GUARDED)
@pytest.mark.parametrize("response", Response)
def test_an_officer_who_responded_waived_it_or_let_it_lapse_had_due_process(
    sanction: Sanction, response: Response
) -> None:
    refuse_without_due_process(heard(response), sanction)


@pytest.mark.parametrize(
    ("state", "step", "who"), [("responded", "decision", "adjudicator"), ("appealed", "appeal-decision", "second")]
)
def test_the_gate_looks_at_the_record_and_not_at_the_state(bench: Bench, state: str, step: str, who: str) -> None:
    case_id = bench.walked(bench.opened(), to=state)
    lose = update(DisciplineCase).where(DisciplineCase.id == UUID(case_id)).values(evidence=None)
    with bench.house.database("discipline") as database, database.transaction(Occasion("", AGENCY)) as session:
        session.execute(lose)
    grave = make_ruling("termination", factors=["harm"])
    ruling = {**grave, "appeal_by": in_days(30)} if step == "decision" else grave

    refusal = bench.refused(case_id, step, getattr(bench, who), ruling)

    assert refusal == (409, "A termination cannot be imposed before the officer had an explanation of the evidence.")


@pytest.mark.parametrize("sanction", UNGUARDED)
def test_a_reprimand_does_not_pass_the_gate(sanction: Sanction | None) -> None:
    refuse_without_due_process(DisciplineCase(), sanction)


@pytest.mark.parametrize(
    ("ruling", "sentence"),
    [
        (
            make_ruling("suspension", 3),
            (
                "The sanction is above the range of the matrix, which takes an aggravating factor: prior-discipline, "
                "rank, wilful, gain, concealment, non-cooperation, retaliation, bias, refusal-of-responsibility, "
                "community-impact, harm."
            ),
        ),
        (
            make_ruling(None, factors=["rank"]),
            (
                "The sanction is below the range of the matrix, which takes a mitigating factor: no-prior-discipline, "
                "acceptance-of-responsibility, cooperation, provocation, training-gap."
            ),
        ),
        (make_ruling("suspension"), "sanction: suspension takes the number of days."),
        (make_ruling("demotion", 3), "sanction: demotion takes no days."),
        ({"sanction": {"kind": "demotion"}}, "The field 'because' is missing."),
        ({"because": "It is enough."}, "The field 'sanction' is missing."),
    ],
)
def test_a_ruling_that_does_not_hold_up_is_refused(bench: Bench, ruling: dict[str, Any], sentence: str) -> None:
    case_id = bench.walked(bench.opened(), to="range computed")

    assert bench.refused(case_id, "proposal", bench.commander, ruling) == (422, sentence)


def test_a_departure_with_a_factor_that_fits_stands_and_its_direction_is_told(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="range computed")

    case = bench.step(case_id, "proposal", bench.commander, make_ruling("suspension", 3, factors=["wilful"]))

    (ruling,) = case["rulings"]
    assert (ruling["departure"], ruling["factors"]) == ("above", ["wilful"])
    above = {"sanction": "suspension", "days": 3, "departure": "above"}
    assert bench.told(case_id)[-1] == (3, "accord.oversight", "discipline.proposed.v1", above)


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"appeal_by": in_days(0)}, f"appeal_by is {in_days(0)}, which leaves no time; give a later day."),
        (
            {"training": [{**TRAINING, "due_on": in_days(0)}]},
            f"due_on is {in_days(0)}, which leaves no time; give a later day.",
        ),
        ({"training": [TRAINING, TRAINING]}, "A training topic is ordered twice; give each once, with one day."),
    ],
)
def test_a_decision_leaves_time(bench: Bench, over: dict[str, Any], sentence: str) -> None:
    case_id = bench.walked(bench.opened(), to="responded")

    assert bench.refused(case_id, "decision", bench.adjudicator, make_decision(**over)) == (422, sentence)


def test_a_notice_leaves_time_to_respond(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="proposed")

    refusal = bench.refused(case_id, "notice", bench.commander, {**NOTICE, "respond_by": in_days(0)})

    assert refusal == (422, f"respond_by is {in_days(0)}, which leaves no time; give a later day.")


def test_what_is_still_to_come_is_not_recorded_as_done(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="responded")
    tomorrow = {"held_on": in_days(1), "summary": "The officer was heard."}
    other = bench.walked(bench.opened(), to="final")

    hearing = bench.refused(case_id, "hearing", bench.adjudicator, tomorrow)
    implementation = bench.refused(other, "implementation", bench.records, {"effective_on": in_days(1)})

    assert hearing == (422, f"held_on is {in_days(1)}, which is still to come.")
    assert implementation == (422, f"effective_on is {in_days(1)}, which is still to come.")

    before = bench.refused(case_id, "hearing", bench.adjudicator, {**tomorrow, "held_on": in_days(-400)})
    assert before[0] == 422
    assert before[1].startswith(f"held_on is {in_days(-400)}, before the case was opened on ")
