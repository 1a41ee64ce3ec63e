"""From the notice to the hearing: how the officer is told and heard before anything is decided."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.discipline.commands.before import load, refuse_outside_the_case, refuse_past
from services.discipline.models import DisciplineCase
from services.discipline.shapes import HearingIn, NoticeIn, StatementIn
from services.discipline.workflow import DISCIPLINE
from shared.actors import Actor
from shared.errors import Objection
from shared.events import discipline as events
from shared.events.discipline import Response
from shared.outbox import publish
from shared.policy.agency import AgencyRules


def serve_notice(
    session: Session, case_id: UUID, notice: NoticeIn, actor: Actor, now: datetime, rules: AgencyRules
) -> DisciplineCase:
    """Record that the officer was given the charges, an explanation of the evidence, and a day to respond by."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "serve notice", actor, now)
    refuse_past("respond_by", notice.respond_by, now, rules)
    case.evidence, case.respond_by, case.notice_served_at = notice.evidence, notice.respond_by, now
    publish(session, case, events.NoticeServed(respond_by=notice.respond_by), actor)
    return case


def respond(session: Session, case_id: UUID, said: StatementIn, actor: Actor, now: datetime) -> DisciplineCase:
    """Record what the officer has to say; also after the day, as long as no lapse is recorded."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "respond", actor, now)
    case.response, case.statement = Response.RESPONDED, said.statement
    publish(session, case, events.ResponseRecorded(response=Response.RESPONDED), actor)
    return case


def waive_response(session: Session, case_id: UUID, actor: Actor, now: datetime) -> DisciplineCase:
    """Record that the officer does not wish to respond."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "waive response", actor, now)
    case.response = Response.WAIVED
    publish(session, case, events.ResponseRecorded(response=Response.WAIVED), actor)
    return case


def lapse_response(session: Session, case_id: UUID, actor: Actor, now: datetime, rules: AgencyRules) -> DisciplineCase:
    """Record that the day to respond by has passed without a response.

    Raises:
        Objection: it has not passed yet.
    """
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "lapse response", actor, now)
    if case.respond_by is None or rules.today(now) <= case.respond_by:
        raise Objection(f"The officer may respond until {case.respond_by}; the response has not lapsed.")
    case.response = Response.LAPSED
    publish(session, case, events.ResponseRecorded(response=Response.LAPSED), actor)
    return case


def hold_hearing(
    session: Session, case_id: UUID, hearing: HearingIn, actor: Actor, now: datetime, rules: AgencyRules
) -> DisciplineCase:
    """Record a hearing that was held."""
    case = load(session, case_id, actor)
    DISCIPLINE.advance(case, "hold hearing", actor, now)
    refuse_outside_the_case("held_on", hearing.held_on, case, now, rules)
    case.hearing_on, case.hearing_summary = hearing.held_on, hearing.summary
    publish(session, case, events.HearingHeld(), actor)
    return case
