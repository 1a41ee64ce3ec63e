"""What can be asked about the papers of an investigation."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.models import Complaint, Note, Task
from services.complaints.queries import reading
from services.complaints.shapes.papers import NoteOut, NotesOut, TaskOut, TasksOut
from shared.actors import Actor
from shared.errors import NotFound


def notes(session: Session, complaint_id: UUID, actor: Actor) -> NotesOut:
    """Return the notes of an investigation in the order in which they were written.

    Raises:
        NotFound: the complaint does not exist, or the actor may not know of its papers.
    """
    complaint = _papers_of(session, complaint_id, actor)
    rows = session.scalars(select(Note).where(Note.complaint_id == complaint.id).order_by(Note.at, Note.id))
    return NotesOut(notes=[NoteOut.model_validate(row) for row in rows])


def tasks(session: Session, complaint_id: UUID, actor: Actor, today: date) -> TasksOut:
    """Return the tasks of an investigation, those that are due first at the beginning.

    Raises:
        NotFound: the complaint does not exist, or the actor may not know of its papers.
    """
    complaint = _papers_of(session, complaint_id, actor)
    rows = session.scalars(select(Task).where(Task.complaint_id == complaint.id).order_by(Task.due_on, Task.set_at))
    return TasksOut(tasks=[_line(row, today) for row in rows])


def _papers_of(session: Session, complaint_id: UUID, actor: Actor) -> Complaint:
    """Return a complaint whose papers the actor may read: they quote what officers were compelled to say."""
    complaint = reading.complaint(session, complaint_id, actor)
    if wall.on_the_criminal_side(session, complaint, actor.id):
        raise NotFound("There are no papers of this complaint for you.")
    return complaint


def _line(task: Task, today: date) -> TaskOut:
    told = {name: getattr(task, name) for name in TaskOut.model_fields if name != "late"}
    return TaskOut(**told, late=task.is_late(today))
