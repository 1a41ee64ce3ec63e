"""What is known of a complaint from the time before this system."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints.models import PastStep
from services.complaints.queries import reading
from services.complaints.shapes.legacy import LegacyOut, PastStepOut
from shared.actors import Actor
from shared.errors import NotFound


def legacy_record(session: Session, complaint_id: UUID, actor: Actor) -> LegacyOut:
    """Return what a complaint's record said when it was brought in.

    Raises:
        NotFound: it does not exist, the actor may not know that it does, or it was filed here.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    if complaint.legacy_id is None:
        raise NotFound("This complaint was filed here; no earlier record of it was brought in.")
    found = select(PastStep).where(PastStep.complaint_id == complaint.id).order_by(PastStep.taken_on, PastStep.step)
    return LegacyOut(
        legacy_id=complaint.legacy_id,
        received_on=complaint.received_on,
        precision=complaint.precision,
        closed_on=complaint.closed_on,
        days_open=complaint.days_open,
        history=[PastStepOut(step=one.step, taken_on=one.taken_on) for one in session.scalars(found)],
    )
