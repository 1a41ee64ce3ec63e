"""How a complaint that has ended is dealt with again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.commands.assigning import take_from
from services.complaints.commands.classifying import notice_head
from services.complaints.commands.limits import reached
from services.complaints.commands.loading import load
from services.complaints.commands.panel import void_votes
from services.complaints.commands.reasons import note_reason
from services.complaints.models import Complaint, EarlierFinding
from services.complaints.shapes.course import ReopeningIn
from services.complaints.workflow import COMPLAINT
from shared.actors import Actor
from shared.events import complaints as events
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone

FOUND = ("recommended", "recommended_because", "reviewed", "reviewed_because", "finding", "finding_because")
"""What is found of an allegation, by three people."""


def reopen(
    session: Session, complaint_id: UUID, said: ReopeningIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Deal again with a complaint that has ended. What was found stays beside what will be found.

    Its time limits begin that the agency's packs let begin with a reopening.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "reopen", actor, now)
    _set_findings_aside(session, complaint, now)
    void_votes(session, complaint)
    take_from(session, complaint, now)
    complaint.outcome = complaint.decided_at = complaint.reviewer_id = complaint.adjudicator_id = None
    complaint.reopened_at, complaint.closed_on = now, None
    publish(session, complaint, events.ComplaintReopened(ground=said.ground), actor, why=said.because)
    notice_head(session, complaint, actor, rules)
    note_reason(session, complaint, "reopen", said.because, actor, now)
    reached(session, complaint, Milestone.REOPENED, rules.today(now), rules)
    return complaint


def _set_findings_aside(session: Session, complaint: Complaint, now: datetime) -> None:
    for judged in complaint.allegations:
        found = {name: getattr(judged, name) for name in FOUND}
        session.add(
            EarlierFinding(
                complaint_id=complaint.id,
                agency=complaint.agency,
                allegation_id=judged.id,
                **found,
                decided_at=complaint.decided_at,
                reopened_at=now,
            )
        )
        for name in FOUND:
            setattr(judged, name, None)
