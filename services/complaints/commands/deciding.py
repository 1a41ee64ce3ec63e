"""What follows when every allegation of a complaint has its final finding."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from services.complaints.commands.limits import reached
from services.complaints.findings import charges, counts, failures, gravest
from services.complaints.models import Complaint
from shared import stalls, timelimits
from shared.actors import Actor
from shared.errors import Malformed
from shared.events import complaints as events
from shared.events.complaints import Precision
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone

BEFORE_A_DECISION = (Milestone.CLASSIFIED, Milestone.ASSIGNED, Milestone.INVESTIGATED, Milestone.REVIEWED)
"""What is left out when a complaint is decided, or ends, on another way than by an investigation."""


def tell_decided(session: Session, complaint: Complaint, actor: Actor, now: datetime, rules: AgencyRules) -> None:
    """Roll the findings up, tell them, and what is found against the agency itself on its own.

    Raises:
        Malformed: there is no allegation.
    """
    outcome = gravest(judged.finding for judged in complaint.allegations)
    if outcome is None:
        raise Malformed("A complaint without allegations cannot be decided.")
    complaint.outcome, complaint.decided_at = outcome, now
    today = rules.today(now)
    event = events.ComplaintDecided(
        findings=counts((judged.category, judged.finding) for judged in complaint.allegations),
        outcome=outcome,
        days_open=(today - _open_since(complaint, rules)).days,
        changed=sum(judged.finding != judged.reviewed for judged in complaint.allegations),
        charges=charges(complaint.allegations),
        incident_on=complaint.incident_on,
    )
    publish(session, complaint, event, actor)
    if against_agency := failures(complaint.allegations):
        publish(session, complaint, events.AgencyFound(failures=against_agency), actor)
    reached(session, complaint, Milestone.DECIDED, today, rules)
    timelimits.skip(session, complaint, BEFORE_A_DECISION, today, rules)
    stalls.settle(session, complaint.id, now)


def _open_since(complaint: Complaint, rules: AgencyRules) -> date:
    """Return since when the decision was waited for: the reopening, or the receipt if its day is known."""
    if complaint.reopened_at is not None:
        return rules.today(complaint.reopened_at)
    known = complaint.precision is Precision.DAY
    return complaint.received_on if known else rules.today(complaint.opened_at)
