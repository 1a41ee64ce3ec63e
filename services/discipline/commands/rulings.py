"""What is recommended, decided and decided on appeal, against the range of the matrix."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.discipline.commands.before import load, refuse_future, refuse_past
from services.discipline.due_process import refuse_without_due_process
from services.discipline.models import SETTLED, DisciplineCase, Prior, Ruling, Stage, Training
from services.discipline.range import EarlierCase, Range, compute_range, departure, refuse_unfounded
from services.discipline.shapes import DecisionIn, RangeIn, RulingIn, TrainingIn
from services.discipline.workflow import DISCIPLINE
from shared.actors import Actor
from shared.errors import Malformed, Objection
from shared.events import discipline as events
from shared.outbox import publish
from shared.policy.agency import AgencyRules, Cell, Matrix


def find_range(
    session: Session, case_id: UUID, said: RangeIn, actor: Actor, now: datetime, rules: AgencyRules
) -> DisciplineCase:
    """Compute what the matrix says, from the incident's day and the officer's earlier cases, and keep how."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "compute range", actor, now)
    case.incident_on = day_of_incident(case, said)
    refuse_future("incident_on", case.incident_on, now, rules)
    categories = [count.category for count in case.counts]
    found = compute_range(rules.matrices, categories, case.incident_on, earlier_cases(session, case))
    keep(case, found)
    publish(session, case, events.RangeComputed(matrix=found.matrix, level=found.level, nth=found.nth), actor)
    return case


def day_of_incident(case: DisciplineCase, said: RangeIn) -> date:
    """Return the day of the incident, from the complaint or else as it is said now.

    Raises:
        Malformed: nobody told it, or the complaint told another.
    """
    day = case.incident_on or said.incident_on
    if day is None:
        raise Malformed("The complaint did not tell the day of the incident; give incident_on.")
    if said.incident_on not in (None, day):
        raise Malformed(f"The complaint tells {day} as the day of the incident; leave incident_on out.")
    return day


def earlier_cases(session: Session, case: DisciplineCase) -> list[EarlierCase]:
    """Return the officer's other cases that are final."""
    columns = (DisciplineCase.id, DisciplineCase.number, DisciplineCase.level, DisciplineCase.incident_on)
    others = select(*columns).where(
        DisciplineCase.officer_id == case.officer_id,
        DisciplineCase.id != case.id,
        DisciplineCase.state.in_(SETTLED),
    )
    return [
        EarlierCase(case_id, number, level, incident_on)
        for case_id, number, level, incident_on in session.execute(others)
        if level is not None and incident_on is not None
    ]


def keep(case: DisciplineCase, found: Range) -> None:
    """Keep the range with the case, and everything that it was computed from."""
    case.matrix, case.level, case.nth = found.matrix, found.level, found.nth
    case.kept_cell = found.cell.model_dump(mode="json")
    for count in case.counts:
        count.level = found.levels[count.category]
    case.priors = [
        Prior(
            case_id=case.id,
            prior_id=prior.case_id,
            agency=case.agency,
            number=prior.number,
            incident_on=prior.incident_on,
        )
        for prior in found.priors
    ]


def propose(
    session: Session, case_id: UUID, proposal: RulingIn, actor: Actor, now: datetime, rules: AgencyRules
) -> DisciplineCase:
    """Recommend a sanction, with reasons."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "propose", actor, now)
    ruling = ruled(case, Stage.RECOMMENDED, proposal, actor, rules)
    event = events.SanctionProposed(sanction=ruling.kind, days=ruling.days, departure=ruling.departure)
    publish(session, case, event, actor, why=proposal.because)
    return case


def decide(
    session: Session, case_id: UUID, decision: DecisionIn, actor: Actor, now: datetime, rules: AgencyRules
) -> DisciplineCase:
    """Decide on a sanction, with reasons, and give the day until which the officer can appeal."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "decide", actor, now)
    refuse_without_due_process(case, decision.sanction)
    refuse_past("appeal_by", decision.appeal_by, now, rules)
    for entry in decision.training:
        refuse_past("due_on", entry.due_on, now, rules)
    ruling = ruled(case, Stage.DECIDED, decision, actor, rules)
    case.appeal_by, case.training = decision.appeal_by, ordered(case, decision.training)
    event = events.DisciplineDecided(sanction=ruling.kind, days=ruling.days, departure=ruling.departure)
    publish(session, case, event, actor, why=decision.because)
    return case


def decide_appeal(
    session: Session, case_id: UUID, decision: RulingIn, actor: Actor, now: datetime, rules: AgencyRules
) -> DisciplineCase:
    """Decide again, beside what was decided before; nothing can be appealed after this."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "decide appeal", actor, now)
    refuse_without_due_process(case, decision.sanction)
    ruling = ruled(case, Stage.ON_APPEAL, decision, actor, rules)
    event = events.AppealDecided(sanction=ruling.kind, days=ruling.days, departure=ruling.departure)
    publish(session, case, event, actor, why=decision.because)
    return case


def ruled(case: DisciplineCase, stage: Stage, said: RulingIn, actor: Actor, rules: AgencyRules) -> Ruling:
    """Add a ruling to the case and return it; how it stands to the range is computed, not said.

    Raises:
        Malformed: a factor is unknown, or a departure has none in its direction.
    """
    direction = departure(case.cell or Cell(), said.sanction)
    refuse_unfounded(matrix_of(case, rules), direction, said.factors)
    ruling = Ruling(
        case_id=case.id,
        stage=stage,
        agency=case.agency,
        kind=said.sanction and said.sanction.kind,
        days=said.sanction and said.sanction.days,
        departure=direction,
        factors=said.factors,
        because=said.because,
        by=actor.id,
        at=case.updated_at,
    )
    case.rulings.append(ruling)
    return ruling


def matrix_of(case: DisciplineCase, rules: AgencyRules) -> Matrix:
    """Return the matrix that the range was computed from.

    Raises:
        Objection: the agency no longer follows it.
    """
    matrix = rules.matrices.get(case.matrix or "")
    if matrix is None:
        raise Objection(f"The matrix {case.matrix!r} is no longer among the agency's packs; put it back.")
    return matrix


def ordered(case: DisciplineCase, training: list[TrainingIn]) -> list[Training]:
    """Return the training that the officer is to complete.

    Raises:
        Malformed: a topic is ordered twice.
    """
    if len({entry.topic for entry in training}) != len(training):
        raise Malformed("A training topic is ordered twice; give each once, with one day.")
    return [Training(case_id=case.id, topic=entry.topic, agency=case.agency, due_on=entry.due_on) for entry in training]
