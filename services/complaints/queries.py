"""What can be asked about complaints, and by whom."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from services.complaints.models import Allegation, Complaint, State
from services.complaints.receipts import no_such_receipt, read_receipt
from services.complaints.shapes import ComplaintLine, ComplaintsOut
from services.complaints.workflow import accused
from shared import audit
from shared.actors import NOBODY, Actor, Role
from shared.cases import look_up
from shared.errors import NotFound
from shared.occasion import note_case
from shared.pages import before, cursor

SEES_ALL = (Role.INTAKE, Role.COMMANDER, Role.ADJUDICATOR, Role.AUDITOR, Role.RECORDS, Role.LIAISON)
"""Roles that see every complaint of the agency, except those in which they are accused."""
HOLDER = Actor(NOBODY, frozenset({Role.COMPLAINANT}))
"""Whoever holds a receipt code: a role and nothing else."""
READERS = (*SEES_ALL, Role.INVESTIGATOR)


def may_see(complaint: Complaint, actor: Actor) -> bool:
    """Staff see complaints, an investigator the assigned ones, and the accused none that they are conflicted in."""
    if accused(complaint, actor):
        return False
    return actor.has(*SEES_ALL) or complaint.investigator_id == actor.id


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
    accuses_actor = select(Allegation.id).where(
        Allegation.complaint_id == Complaint.id, Allegation.officer_id == actor.id
    )
    found = select(Complaint).where(~accuses_actor.exists()).options(lazyload("*"))
    if not actor.has(*SEES_ALL):
        found = found.where(Complaint.investigator_id == actor.id)
    if state is not None:
        found = found.where(Complaint.state == state)
    if after is not None:
        found = found.where(before(Complaint.opened_at, Complaint.id, after))
    newest_first = found.order_by(Complaint.opened_at.desc(), Complaint.id.desc())
    rows = session.scalars(newest_first.limit(limit + 1)).all()
    page = rows[:limit]
    more = cursor(page[-1].opened_at, page[-1].id) if len(rows) > limit else None
    return ComplaintsOut(complaints=[ComplaintLine.model_validate(row) for row in page], next=more)


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
    return found
