"""How a complaint ends before anybody has weighed what it alleges."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints.commands.deciding import BEFORE_A_DECISION
from services.complaints.commands.limits import reached
from services.complaints.commands.links import add_link, both
from services.complaints.commands.loading import load
from services.complaints.commands.reasons import note_reason
from services.complaints.models import Assignment, Complaint, Link
from services.complaints.shapes.course import ClosureIn, DuplicateIn
from services.complaints.workflow import COMPLAINT
from shared import stalls, timelimits
from shared.actors import Actor
from shared.errors import Objection
from shared.events import complaints as events
from shared.events.complaints import Finding, LinkKind
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone


def end_with(complaint: Complaint, finding: Finding, because: str) -> None:
    """Let every allegation, and so the complaint, end with one finding."""
    for judged in complaint.allegations:
        judged.finding, judged.finding_because = finding, because
    complaint.outcome = finding


def close_administratively(
    session: Session, complaint_id: UUID, closure: ClosureIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """End a complaint without an answer to what it alleges; before anybody had it in hand, it was declined."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "close administratively", actor, now)
    declined = session.scalar(select(Assignment.id).where(Assignment.complaint_id == complaint.id).limit(1)) is None
    end_with(complaint, Finding.ADMINISTRATIVELY_CLOSED, closure.because)
    event = events.ClosedAdministratively(declined=declined, ground=closure.ground)
    publish(session, complaint, event, actor, why=closure.because)
    note_reason(session, complaint, "close administratively", closure.because, actor, now)
    settle_ended(session, complaint, now, rules)
    return complaint


def close_as_duplicate(
    session: Session, complaint_id: UUID, duplicate: DuplicateIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """End a complaint that says what another one says, and tell so in both.

    Raises:
        NotFound: the actor may not know of the other complaint.
        Objection: it is the same complaint, or itself a duplicate.
    """
    complaint, other = both(session, complaint_id, duplicate.other_id, actor)
    COMPLAINT.advance(complaint, "close as duplicate", actor, now)
    if other.outcome is Finding.DUPLICATE:
        raise Objection(f"{other.number} is a duplicate itself; name the complaint that goes on.")
    add_link(session, complaint, Link(kind=LinkKind.DUPLICATE, other_id=other.id), actor, now)
    end_with(complaint, Finding.DUPLICATE, duplicate.because)
    linked = events.ComplaintLinked(kind=LinkKind.DUPLICATE, other_id=complaint.id)
    publish(session, other, linked, actor, why=duplicate.because, at=now)
    publish(session, complaint, events.ClosedAsDuplicate(other_id=other.id), actor, why=duplicate.because)
    note_reason(session, complaint, "close as duplicate", duplicate.because, actor, now)
    settle_ended(session, complaint, now, rules)
    return complaint


def settle_ended(session: Session, complaint: Complaint, now: datetime, rules: AgencyRules) -> None:
    """End what nobody waits for any more."""
    today = complaint.closed_on = rules.today(now)
    reached(session, complaint, Milestone.CLOSED, today, rules)
    timelimits.skip(session, complaint, (*BEFORE_A_DECISION, Milestone.DECIDED), today, rules)
    timelimits.end_news(session, complaint, today, rules)
    stalls.settle(session, complaint.id, now)
