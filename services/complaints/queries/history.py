"""What an officer was accused of over the years, and what was found."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, raiseload

from services.complaints.models import Allegation, Complaint
from services.complaints.shapes.history import AccusationOut, OfficerHistoryOut, Page
from services.complaints.sight import seen_by
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.pages import falling
from shared.policy.agency import AgencyRules


def officer_history(
    session: Session, officer_id: UUID, actor: Actor, page: Page, rules: AgencyRules
) -> OfficerHistoryOut:
    """Return a page of the allegations against one officer, those received last first; that they were read is noted.

    What an actor is accused of themselves stays out, also when it is about somebody else as well.
    """
    audit.record(session, actor, "read officer history", NO_CASE, f"officer {officer_id}")
    accusation = aliased(Allegation)
    found = (
        select(accusation, Complaint)
        .join(Complaint, accusation.complaint_id == Complaint.id)
        .where(accusation.officer_id == officer_id, seen_by(actor))
        .options(raiseload("*"))
    )
    order = (Complaint.received_on, Complaint.opened_at, accusation.id)
    rows, following = falling(session, found, order, page.limit, page.after)
    told = [_told(row[0], row[1], rules) for row in rows]
    return OfficerHistoryOut(officer_id=officer_id, allegations=told, next=following)


def _told(accusation: Allegation, complaint: Complaint, rules: AgencyRules) -> AccusationOut:
    decided_on = rules.today(complaint.decided_at) if complaint.decided_at else None
    return AccusationOut(
        complaint_id=complaint.id,
        number=complaint.number,
        state=complaint.state,
        received_on=complaint.received_on,
        incident_on=complaint.incident_on,
        category=accusation.category,
        severity=accusation.severity,
        finding=accusation.finding,
        found_on=(accusation.found_on or decided_on) if accusation.finding else None,
        closed_on=complaint.closed_on,
    )
