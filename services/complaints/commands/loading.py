"""How a complaint is taken in hand."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints.models import Complaint
from services.complaints.sight import may_see, may_see_dates
from shared import cases
from shared.actors import NOBODY, Actor


def load(session: Session, complaint_id: UUID, actor: Actor) -> Complaint:
    """Return the complaint, locked until the commit.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    return cases.load(session, Complaint, "complaint", complaint_id, lambda complaint: may_see(complaint, actor))


def load_by_reference(session: Session, public_ref: str, actor: Actor) -> Complaint:
    """Return the complaint that the public calls so, locked until the commit: how the board knows it.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    found = session.scalar(select(Complaint.id).where(Complaint.public_ref == public_ref)) or NOBODY
    return cases.load(session, Complaint, "complaint", found, lambda complaint: may_see_dates(complaint, actor))
