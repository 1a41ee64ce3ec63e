"""The papers of an investigation: notes and tasks."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.words import Shape, Text


class NoteIn(Shape):
    """A note of the investigator."""

    text: Text


class NoteOut(Shape):
    """A note as it was written."""

    id: UUID
    text: str
    by: UUID
    at: datetime


class NotesOut(Shape):
    """The notes of a complaint in the order in which they were written."""

    notes: list[NoteOut]


class TaskIn(Shape):
    """Something that is to be done."""

    what: Text
    due_on: date = Field(description="the last day on which it is done in time")


class TaskDoneIn(Shape):
    """What came of a task."""

    task_id: UUID
    result: Text


class TaskOut(Shape):
    """A task, and who has done it."""

    id: UUID
    what: str
    due_on: date
    set_by: UUID
    set_at: datetime
    done_by: UUID | None
    done_at: datetime | None
    result: str | None
    late: bool = Field(description="still to be done, and past its day")


class TasksOut(Shape):
    """The tasks of a complaint, those that are due first at the beginning."""

    tasks: list[TaskOut]
