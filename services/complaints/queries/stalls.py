"""What can be asked about complaints in which nothing happens."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from services.complaints.models import Complaint
from services.complaints.queries import reading
from services.complaints.queries.quoting import quoted
from services.complaints.shapes.stalls import StalledLine, StalledOut, StallOut, StallsOut
from services.complaints.sight import seen_by
from services.complaints.workflow import OPEN
from shared import audit, stalls
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.stalls import Stall

MOST = 500
"""Alerts that are listed at most; who has more has another problem than paging."""


def stalled(session: Session, actor: Actor) -> StalledOut:
    """Return the complaints that the actor may see and whose alert waits for an answer, the most urgent first."""
    audit.record(session, actor, "list stalled complaints", NO_CASE)
    waiting = (
        select(Complaint, Stall)
        .join(Stall, Stall.case_id == Complaint.id)
        .where(Stall.answered_at.is_(None), Complaint.state.in_(OPEN), seen_by(actor))
        .order_by(Stall.answer_by, Complaint.number)
        .options(raiseload("*"))
    )
    return StalledOut(
        complaints=[
            StalledLine(
                id=complaint.id,
                number=complaint.number,
                idle_since=stall.idle_since,
                answer_by=stall.answer_by,
                ignored=stall.ignored,
            )
            for complaint, stall in session.execute(waiting.limit(MOST))
        ]
    )


def stalls_of(session: Session, complaint_id: UUID, actor: Actor) -> StallsOut:
    """Return every alert of a complaint, with its answer.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = map(StallOut.model_validate, stalls.stalls_of(session, complaint.id))
    return StallsOut(stalls=quoted(session, complaint, actor, found))
