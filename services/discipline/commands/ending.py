"""From the decision to the end: appeal, finality, and carrying the sanction out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.discipline.commands.before import load, refuse_outside_the_case
from services.discipline.models import DisciplineCase, Ruling, Stage, State
from services.discipline.shapes import AppealIn, ImplementationIn
from services.discipline.workflow import DISCIPLINE
from shared.actors import Actor
from shared.errors import Objection
from shared.events import discipline as events
from shared.outbox import publish
from shared.policy.agency import AgencyRules


def appeal(
    session: Session, case_id: UUID, said: AppealIn, actor: Actor, now: datetime, rules: AgencyRules
) -> DisciplineCase:
    """Ask for the case to be decided again.

    Raises:
        Objection: the day until which this was possible has passed.
    """
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "appeal", actor, now)
    if case.appeal_by is None or rules.today(now) > case.appeal_by:
        raise Objection(f"The decision could be appealed until {case.appeal_by}.")
    case.appeal_because = said.because
    publish(session, case, events.DisciplineAppealed(), actor, why=said.because)
    return case


def waive_appeal(session: Session, case_id: UUID, actor: Actor, now: datetime) -> DisciplineCase:
    """Record that the officer will not appeal, so that the decision can become final at once."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "waive appeal", actor, now)
    case.appeal_waived = True
    publish(session, case, events.AppealWaived(), actor)
    return case


def make_final(session: Session, case_id: UUID, actor: Actor, now: datetime, rules: AgencyRules) -> DisciplineCase:
    """Make what was decided final; from here on it is a public matter, without the officer's name.

    Raises:
        Objection: the officer can still appeal.
    """
    case = load(session, case_id, actor)
    can_appeal = case.state is State.DECIDED and not case.appeal_waived
    DISCIPLINE.advance(case, "make final", actor, now)
    if can_appeal and case.appeal_by is not None and rules.today(now) <= case.appeal_by:
        raise Objection(f"The officer may appeal until {case.appeal_by}; the decision is not final yet.")
    case.final_on = rules.today(now)
    ruling = standing(case)
    event = events.DisciplineBecameFinal(
        sanction=ruling.kind,
        days=ruling.days,
        departure=ruling.departure,
        categories=tuple(sorted({count.category for count in case.counts if count.level == case.level})),
        officer_id=case.officer_id,
    )
    publish(session, case, event, actor)
    return case


def standing(case: DisciplineCase) -> Ruling:
    """Return the ruling that stands: the one on appeal, or else the decision.

    Raises:
        Objection: nothing was decided.
    """
    ruling = case.ruling(Stage.ON_APPEAL) or case.ruling(Stage.DECIDED)
    if ruling is None:
        raise Objection("Nothing was decided that could become final.")
    return ruling


def implement(
    session: Session, case_id: UUID, done: ImplementationIn, actor: Actor, now: datetime, rules: AgencyRules
) -> DisciplineCase:
    """Record that the sanction has taken effect."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "implement", actor, now)
    refuse_outside_the_case("effective_on", done.effective_on, case, now, rules)
    case.effective_on = done.effective_on
    publish(session, case, events.DisciplineImplemented(), actor)
    return case


def complete(session: Session, case_id: UUID, actor: Actor, now: datetime) -> DisciplineCase:
    """Record that nothing more is to be done."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "complete", actor, now)
    publish(session, case, events.DisciplineCompleted(), actor)
    return case
