"""What can be asked about what was said between staff and whoever complained."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.complaints.conversations import COMPLAINANT, FEEDBACK
from services.complaints.models import Complaint, Feedback
from services.complaints.queries import reading
from services.complaints.shapes.talk import (
    AnswersOut,
    FeedbackCountsOut,
    FeedbackOut,
    MessageOut,
    MessagesOut,
    Scores,
    UnansweredLine,
    UnansweredOut,
)
from services.complaints.sight import seen_by
from services.complaints.workflow import TELLING
from shared import audit, threads
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.errors import NotFound
from shared.office import Office
from shared.threads import STAFF, Message, Thread, waiting_for_staff

PAGE = 200
TOGETHER = 5
"""Answers that are published at once, so that nobody's own can be told from the counts before and after."""


def said(
    session: Session, complaint_id: UUID, thread: Thread, actor: Actor, now: datetime, office: Office
) -> MessagesOut:
    """Return what was said in a thread; read by those who speak with whoever complained, it is marked as read.

    Raises:
        NotFound: there is no such complaint, or the actor may not know that there is.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    audit.record(session, actor, f"read {thread.name}", (complaint.id, complaint.version))
    if actor.has(*TELLING):
        threads.mark_read(session, complaint, thread, STAFF, now)
    return _messages(session, complaint, thread, office)


def said_to_holder(
    session: Session, complaint: Complaint, thread: Thread, now: datetime, office: Office
) -> MessagesOut:
    """Return what was said in a thread to whoever holds the receipt code, and mark it as read."""
    threads.mark_read(session, complaint, thread, COMPLAINANT, now)
    return _messages(session, complaint, thread, office)


def _messages(session: Session, complaint: Complaint, thread: Thread, office: Office) -> MessagesOut:
    spoken = threads.conversation(session, office.vault, complaint.id, thread)
    return MessagesOut(messages=[MessageOut.model_validate(one) for one in spoken])


def unanswered(session: Session, actor: Actor) -> UnansweredOut:
    """Return what waits for an answer of staff in the complaints that the actor may see, the longest first."""
    audit.record(session, actor, "list unanswered messages", NO_CASE)
    since = func.min(Message.said_at)
    found = (
        select(Complaint.id, Complaint.number, Message.thread, func.count(), since)
        .join(Message, Message.case_id == Complaint.id)
        .where(waiting_for_staff(), seen_by(actor))
        .group_by(Complaint.id, Complaint.number, Message.thread)
        .order_by(since)
        .limit(PAGE)
    )
    return UnansweredOut(
        unanswered=[
            UnansweredLine(complaint_id=complaint_id, number=number, about=about, waiting=waiting, since=longest)
            for complaint_id, number, about, waiting, longest in session.execute(found)
        ]
    )


def feedback(session: Session, complaint_id: UUID, actor: Actor, office: Office) -> FeedbackOut:
    """Return what whoever complained said of how they were treated.

    Raises:
        NotFound: there is no such complaint, or no feedback on it.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    given = session.get(Feedback, complaint.id)
    if given is None:
        raise NotFound("Nobody has given feedback on this complaint.")
    audit.record(session, actor, "read feedback", (complaint.id, complaint.version))
    words = threads.conversation(session, office.vault, complaint.id, FEEDBACK)
    scores = {question: getattr(given, question) for question in Scores.model_fields}
    return FeedbackOut(given_at=given.given_at, text=words[0].text if words else None, **scores)


def feedback_counts(session: Session) -> FeedbackCountsOut:
    """Count for everybody how whoever complained was treated; the last few answers wait until they are five."""
    answers = session.scalar(select(func.count()).select_from(Feedback)) or 0
    shown = answers - answers % TOGETHER
    counted = select(Feedback).order_by(Feedback.given_at, Feedback.complaint_id).limit(shown).subquery()
    columns = [
        func.count().filter(counted.c[question] == score) for question in Scores.model_fields for score in range(1, 6)
    ]
    counts = list(session.execute(select(*columns).select_from(counted)).one())
    return FeedbackCountsOut(
        answers=shown,
        questions=[
            AnswersOut(question=question, says=field.description or "", counts=counts[5 * n : 5 * n + 5])
            for n, (question, field) in enumerate(Scores.model_fields.items())
        ],
    )
