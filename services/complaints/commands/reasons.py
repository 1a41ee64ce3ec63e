"""Why steps were taken, kept for the staff who may see the complaint."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.complaints.models import Complaint, Reason
from shared.actors import Actor


def note_reason(session: Session, complaint: Complaint, step: str, because: str, actor: Actor, now: datetime) -> None:
    """Keep why a step was taken, in the words of whoever took it."""
    session.add(
        Reason(complaint_id=complaint.id, agency=complaint.agency, step=step, because=because, by=actor.id, at=now)
    )
