"""What an investigation gathers: evidence, statements, notes and tasks. Never who, and never what was said."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.complaints.words import TOPIC, EvidenceKind, Speaker, StatementKind
from shared.events.event import Audience, Event, Oversight


class EvidenceAdded(Event):
    """A file was handed in as evidence."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.evidence_added.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    kind: Oversight[EvidenceKind]
    count: Oversight[int]
    """Files that the complaint has now."""


class InterviewAnnounced(Event):
    """An officer was given notice of an interview."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.interview_announced.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    hours_ahead: Oversight[int]
    waived: Oversight[bool]
    """Whether the officer has waived the time that the agency's policy gives them."""


class StatementTaken(Event):
    """Somebody made a statement."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.statement_taken.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    kind: Oversight[StatementKind]
    speaker: Oversight[Speaker]


class CriminalSideNamed(Event):
    """Somebody works on the criminal side of the same matter, and sees nothing of this one any more."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.criminal_side_named.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    person_id: UUID


class NoteWritten(Event):
    """The investigator has written a note."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.note_written.v1"


class TaskSet(Event):
    """Something is to be done in the investigation."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.task_set.v1"

    task_id: UUID
    due_on: date


class TaskDone(Event):
    """Something that was to be done in the investigation was done."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.task_done.v1"

    task_id: UUID
