"""What is done about a complaint in which nothing happens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.commands.loading import load
from services.complaints.models import Complaint
from services.complaints.shapes.stalls import DelayIn
from services.complaints.workflow import COMPLAINT, OPEN
from shared import stalls
from shared.actors import Actor
from shared.events.complaints import DelayExplained, Stalled, StallIgnored
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.sweep import CLOCK


def stalled_complaints(session: Session, rules: AgencyRules, now: datetime) -> list[UUID]:
    """Return the complaints in which nothing has happened for too long, or whose alert nobody has answered."""
    return [*stalls.stalled(session, Complaint, OPEN, rules, now), *stalls.unanswered(session, rules.today(now))]


def tell_of_stall(session: Session, complaint_id: UUID, rules: AgencyRules, now: datetime) -> None:
    """Raise an alert for a complaint in which nothing happens, or tell that its alert was not answered in time.

    One that has ended meanwhile waits for no answer.
    """
    complaint, today = load(session, complaint_id, CLOCK), rules.today(now)
    if complaint.state not in OPEN:
        stalls.settle(session, complaint.id, now)
    elif ignored := stalls.note_ignored(session, complaint.id, today):
        publish(session, complaint, StallIgnored(days=(today - ignored.raised_on).days), CLOCK, at=now)
    elif raised := stalls.alert(session, complaint, rules, now):
        idle = (today - raised.idle_since).days
        publish(session, complaint, Stalled(idle_days=idle, answer_by=raised.answer_by), CLOCK, at=now)


def explain_delay(
    session: Session, complaint_id: UUID, delay: DelayIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Answer the alert of a complaint in which nothing happens: why, and when it goes on.

    Raises:
        Objection: nobody asked.
        Malformed: the estimate is in the past, or too far away.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "explain the delay of", actor, now)
    by = actor, now, rules.today(now)
    answered = stalls.answer(session, complaint.id, delay.because, delay.estimate, by)
    late = by[2] > answered.answer_by
    publish(session, complaint, DelayExplained(estimate=delay.estimate, late=late), actor, why=delay.because)
    return complaint
