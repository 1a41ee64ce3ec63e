"""The investigator writes notes, and what is to be done is set and done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.commands.loading import load
from services.complaints.models import Complaint, Note, Task
from services.complaints.shapes.papers import NoteIn, TaskDoneIn, TaskIn
from services.complaints.workflow import COMPLAINT
from shared.actors import Actor
from shared.errors import Malformed, NotFound, Objection
from shared.events.complaints import NoteWritten, TaskDone, TaskSet
from shared.outbox import publish
from shared.policy.agency import AgencyRules


def write_note(session: Session, complaint_id: UUID, note: NoteIn, actor: Actor, now: datetime) -> Complaint:
    """Add a note to the investigation; it is never changed."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "investigate", actor, now)
    session.add(Note(complaint_id=complaint.id, agency=complaint.agency, text=note.text, by=actor.id, at=now))
    publish(session, complaint, NoteWritten(), actor)
    return complaint


def set_task(
    session: Session, complaint_id: UUID, task: TaskIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Set something that is to be done in the investigation.

    Raises:
        Malformed: it would have been due before today.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "keep tasks of", actor, now)
    if task.due_on < rules.today(now):
        raise Malformed(f"A task cannot be due on {task.due_on}, which has passed.")
    row = Task(complaint_id=complaint.id, agency=complaint.agency, set_by=actor.id, set_at=now, **task.model_dump())
    session.add(row)
    session.flush()
    publish(session, complaint, TaskSet(task_id=row.id, due_on=row.due_on), actor)
    return complaint


def finish_task(session: Session, complaint_id: UUID, done: TaskDoneIn, actor: Actor, now: datetime) -> Complaint:
    """Note that a task was done, by whom, and what came of it.

    Raises:
        NotFound: the complaint has no such task.
        Objection: it was done before.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "keep tasks of", actor, now)
    task = session.get(Task, done.task_id)
    if task is None or task.complaint_id != complaint.id:
        raise NotFound("There is no such task in this complaint.")
    if task.done_at is not None:
        raise Objection(f"This task was done on {task.done_at.date()}; what came of it stands.")
    task.done_by, task.done_at, task.result = actor.id, now, done.result
    publish(session, complaint, TaskDone(task_id=task.id), actor)
    return complaint
