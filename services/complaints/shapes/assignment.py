"""Who has a complaint in hand, and what could keep them from it."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.events.complaints import Conflict
from shared.words import PersonId, Shape, Text

CHANGES_HANDS = Field(None, description="why the case changes hands; absent for whoever has it first")


class AssignmentIn(Shape):
    """Who investigates."""

    investigator_id: PersonId
    because: Text | None = CHANGES_HANDS


class SupervisorIn(Shape):
    """Which supervisor deals with it."""

    supervisor_id: PersonId
    because: Text | None = CHANGES_HANDS


class AssignmentOut(Shape):
    """Somebody had the case."""

    investigator_id: UUID
    because: str | None
    assigned_by: UUID
    assigned_at: datetime
    ended_at: datetime | None


class AssignmentsOut(Shape):
    """Everybody who had the case, in order."""

    assignments: list[AssignmentOut]


class DeclarationIn(Shape):
    """A conflict of interest."""

    conflict: Conflict
    because: Text
    person_id: PersonId | None = Field(None, description="whose; your own when absent")


class OverrideIn(Shape):
    """Somebody may deal with the complaint in spite of every conflict of interest that is known of them."""

    person_id: PersonId
    because: Text


class DeclarationOut(Shape):
    """A conflict of interest that was declared."""

    person_id: UUID
    conflict: Conflict
    because: str
    declared_by: UUID
    declared_at: datetime


class OverrideOut(Shape):
    """A conflict of interest that was overridden."""

    person_id: UUID
    conflict: Conflict
    because: str
    overridden_by: UUID
    overridden_at: datetime


class ConflictsOut(Shape):
    """The conflicts of interest with a complaint that were declared, and those that were overridden."""

    declared: list[DeclarationOut]
    overridden: list[OverrideOut]


class ReportingLineIn(Shape):
    """By whom an officer is supervised from a day on."""

    officer_id: PersonId
    supervisor_id: PersonId | None = Field(None, description="absent when nobody supervises the officer any more")
    since: date | None = Field(None, description="today when absent")


class ReportingLineOut(Shape):
    """By whom an officer was supervised, and when."""

    officer_id: UUID
    supervisor_id: UUID
    since: date
    until: date | None


class ReportingLinesOut(Shape):
    """By whom an officer was and is supervised."""

    lines: list[ReportingLineOut]


class LoadOut(Shape):
    """What somebody has in hand."""

    investigator_id: UUID
    investigating: int
    supervisor_action: int
    under_review: int = Field(description="submitted, and not decided yet")
    pressing: int = Field(description="with a priority above routine")
    overdue: int = Field(description="with a time limit that has passed unmet")
    oldest_received_on: date


class WorkloadOut(Shape):
    """What everybody has in hand, the most first."""

    investigators: list[LoadOut]
