"""What can be asked about who has how much in hand, and who supervises whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.complaints.models import Complaint, ReportingLine, State
from services.complaints.shapes.assignment import LoadOut, ReportingLineOut, ReportingLinesOut, WorkloadOut
from services.complaints.sight import seen_by
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.events.complaints import Priority
from shared.policy.agency import AgencyRules
from shared.timelimits import TimeLimit, overdue

BUSY = (State.INVESTIGATING, State.SUPERVISOR_ACTION, State.UNDER_REVIEW)
"""Where a complaint keeps the person busy who has it."""


def workload(session: Session, actor: Actor, now: datetime, rules: AgencyRules) -> WorkloadOut:
    """Count what everybody has in hand, of the complaints that the actor may see; the most first."""
    audit.record(session, actor, "list workload", NO_CASE)
    late = Complaint.id.in_(select(TimeLimit.case_id).where(overdue(rules.today(now))))
    kinds = {
        "investigating": Complaint.state == State.INVESTIGATING,
        "supervisor_action": Complaint.state == State.SUPERVISOR_ACTION,
        "under_review": Complaint.state == State.UNDER_REVIEW,
        "pressing": Complaint.priority != Priority.ROUTINE,
        "overdue": late,
    }
    counted = select(
        Complaint.investigator_id,
        func.min(Complaint.received_on),
        *(func.count().filter(kind) for kind in kinds.values()),
    ).where(Complaint.investigator_id.is_not(None), Complaint.state.in_(BUSY), seen_by(actor))
    rows = session.execute(counted.group_by(Complaint.investigator_id).order_by(func.count().desc()))
    return WorkloadOut(
        investigators=[
            LoadOut(investigator_id=who, oldest_received_on=oldest, **dict(zip(kinds, counts, strict=True)))
            for who, oldest, *counts in rows
        ]
    )


def reporting_lines(session: Session, officer_id: UUID, actor: Actor) -> ReportingLinesOut:
    """Return by whom an officer was and is supervised, the latest first."""
    audit.record(session, actor, "list reporting lines", NO_CASE)
    found = select(ReportingLine).where(ReportingLine.officer_id == officer_id)
    lines = session.scalars(found.order_by(ReportingLine.since.desc()))
    return ReportingLinesOut(lines=[ReportingLineOut.model_validate(line) for line in lines])
