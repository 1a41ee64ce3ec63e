"""What can be asked about complaints, and by whom."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from services.complaints.models import Complaint, State
from services.complaints.receipts import no_such_receipt, read_receipt
from services.complaints.shapes import ComplaintLine, ComplaintsOut
from services.complaints.sight import HOLDER, may_see, seen_by
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.cases import look_up
from shared.errors import NotFound
from shared.occasion import note_case
from shared.pages import newest_first


def complaint(session: Session, complaint_id: UUID, actor: Actor) -> Complaint:
    """Return one complaint; that it was read is noted.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    found = look_up(session, Complaint, "complaint", complaint_id)
    if not may_see(found, actor):
        raise NotFound("There is no such complaint here.")
    audit.record(session, actor, "read complaint", (found.id, found.version))
    return found


def complaints(session: Session, actor: Actor, state: State | None, limit: int, after: str | None) -> ComplaintsOut:
    """Return a page of the complaints that the actor may see, the newest first."""
    found = select(Complaint).where(seen_by(actor)).options(raiseload("*"))
    if state is not None:
        found = found.where(Complaint.state == state)
    audit.record(session, actor, "list complaints", NO_CASE)
    page, following = newest_first(session, Complaint, found, limit, after)
    return ComplaintsOut(complaints=[ComplaintLine.model_validate(row) for row in page], next=following)


def tracked(session: Session, code: str) -> Complaint:
    """Return the complaint that a receipt code opens.

    Raises:
        NotFound: no case opens with it; wrong codes are all refused alike.
    """
    receipt = read_receipt(code)
    found = session.scalar(select(Complaint).where(Complaint.receipt_locator == receipt.locator))
    if found is None or found.receipt_hash is None or not receipt.proves(found.receipt_hash):
        raise no_such_receipt()
    note_case(session, found)
    audit.record(session, HOLDER, "track complaint", (found.id, found.version))
    return found
