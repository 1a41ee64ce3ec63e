"""What can be asked about complaints, and by whom."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from services.complaints.models import Complaint
from services.complaints.queries import finding
from services.complaints.receipts import OF_NO_CASE, no_such_receipt, read_receipt
from services.complaints.shapes.lists import ComplaintLine, ComplaintsOut, Wanted
from services.complaints.sight import HOLDER, may_see
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.cases import look_up
from shared.errors import NotFound
from shared.occasion import note_case
from shared.pages import falling
from shared.policy.agency import AgencyRules


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


def complaints(session: Session, actor: Actor, wanted: Wanted, today: date, rules: AgencyRules) -> ComplaintsOut:
    """Return a page of the complaints that the actor may see, those received last first.

    Raises:
        Malformed: nothing can be found that way.
    """
    lines = select(Complaint).options(raiseload("*"))
    found, order = finding.chosen(session, lines, wanted, actor, today, rules)
    audit.record(session, actor, "list complaints", NO_CASE, finding.told(wanted))
    page, following = falling(session, found, order, wanted.limit, wanted.after)
    return ComplaintsOut(complaints=[ComplaintLine.model_validate(row[0]) for row in page], next=following)


def tracked(session: Session, code: str) -> Complaint:
    """Return the complaint that a receipt code opens.

    Raises:
        NotFound: no case opens with it; wrong codes are all refused alike.
    """
    receipt = read_receipt(code)
    found = session.scalar(select(Complaint).where(Complaint.receipt_locator == receipt.locator))
    kept = found.receipt_hash if found is not None else None
    if not receipt.proves(kept or OF_NO_CASE) or found is None:
        raise no_such_receipt()
    note_case(session, found)
    audit.record(session, HOLDER, "track complaint", (found.id, found.version))
    return found
