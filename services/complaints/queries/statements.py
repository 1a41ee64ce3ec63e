"""What can be asked about interviews and statements; what was said is read as a command, with a reason."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.models import InterviewNotice, Statement
from services.complaints.queries import reading
from services.complaints.shapes.statements import NoticeOut, NoticesOut, StatementOut, StatementsOut
from shared.actors import Actor
from shared.events.complaints import StatementKind


def statements(session: Session, complaint_id: UUID, actor: Actor) -> StatementsOut:
    """Return the statements of a complaint, without what was said; compelled ones only where the wall is open.

    Raises:
        NotFound: the complaint does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = select(Statement).where(Statement.complaint_id == complaint.id)
    if not wall.opens_to(session, complaint, actor):
        found = found.where(Statement.kind != StatementKind.COMPELLED)
    rows = session.scalars(found.order_by(Statement.taken_at, Statement.id))
    return StatementsOut(statements=[StatementOut.model_validate(row) for row in rows])


def notices(session: Session, complaint_id: UUID, actor: Actor) -> NoticesOut:
    """Return the notices of interviews in a complaint.

    Raises:
        NotFound: the complaint does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    given = select(InterviewNotice).where(InterviewNotice.complaint_id == complaint.id)
    rows = session.scalars(given.order_by(InterviewNotice.given_at, InterviewNotice.id))
    return NoticesOut(notices=[NoticeOut.model_validate(row) for row in rows])
