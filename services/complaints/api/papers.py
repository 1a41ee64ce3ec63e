"""The routes of an investigation's notes and tasks."""

from uuid import UUID

from services.complaints.api import routes
from services.complaints.commands import papers as commands
from services.complaints.queries import papers as queries
from services.complaints.shapes.papers import NoteIn, NotesOut, TaskDoneIn, TaskIn, TasksOut
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.actors import Role
from shared.clock import Now
from shared.db import Tx

router = routes()

READ_PAPERS = reads(
    "whoever judges a complaint reads its papers", Role.INVESTIGATOR, Role.COMMANDER, Role.ADJUDICATOR, Role.AUDITOR
)


@router.post("/{complaint_id}/notes", status_code=201, dependencies=[takes(COMPLAINT, "investigate")])
def write_note(complaint_id: UUID, note: NoteIn, tx: Tx, actor: CurrentActor, now: Now) -> NotesOut:
    """Add a note; it is never changed."""
    commands.write_note(tx, complaint_id, note, actor, now)
    return queries.notes(tx, complaint_id, actor)


@router.get("/{complaint_id}/notes", dependencies=[READ_PAPERS])
def notes(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> NotesOut:
    """Return the notes of an investigation."""
    return queries.notes(tx, complaint_id, actor)


@router.post("/{complaint_id}/tasks", status_code=201, dependencies=[takes(COMPLAINT, "keep tasks of")])
def set_task(complaint_id: UUID, task: TaskIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> TasksOut:
    """Set something that is to be done."""
    commands.set_task(tx, complaint_id, task, actor, now, rules)
    return queries.tasks(tx, complaint_id, actor, rules.today(now))


@router.get("/{complaint_id}/tasks", dependencies=[READ_PAPERS])
def tasks(complaint_id: UUID, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> TasksOut:
    """Return the tasks of an investigation."""
    return queries.tasks(tx, complaint_id, actor, rules.today(now))


@router.post("/{complaint_id}/tasks/done", dependencies=[takes(COMPLAINT, "keep tasks of")])
def finish_task(complaint_id: UUID, done: TaskDoneIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> TasksOut:
    """Note that a task was done, and what came of it."""
    commands.finish_task(tx, complaint_id, done, actor, now)
    return queries.tasks(tx, complaint_id, actor, rules.today(now))
