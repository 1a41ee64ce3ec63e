"""The discipline case as it is spoken of over the wire."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.discipline.models import Service, Stage, State, TrainingTopic
from shared.events.complaints import Severity
from shared.events.discipline import Departure, Response
from shared.events.event import Code
from shared.events.roster import Leaving
from shared.policy.agency import Cell, Sanction
from shared.words import Line, PersonId, Shape, Text


class RangeIn(Shape):
    """What the range depends on and the complaint may not have told."""

    incident_on: date | None = Field(None, description="the day of the incident, where the complaint did not tell it")


class RulingIn(Shape):
    """What the officer is to bear, and why."""

    sanction: Sanction | None = Field(description="null for no sanction")
    factors: list[Code] = Field(
        default_factory=list,
        max_length=40,
        description="aggravating and mitigating factors of the matrix; a departure from the range takes one that fits",
    )
    because: Text


class TrainingIn(Shape):
    """Training that the officer is to complete."""

    topic: TrainingTopic
    due_on: date


class DecisionIn(RulingIn):
    """The decision, with the day until which it can be appealed."""

    appeal_by: date
    training: list[TrainingIn] = Field(default_factory=list, max_length=len(TrainingTopic))


class NoticeIn(Shape):
    """What the officer is given: beside the charges, an explanation of the evidence and time to respond."""

    evidence: Text
    respond_by: date


class StatementIn(Shape):
    """What the officer has to say."""

    statement: Text


class HearingIn(Shape):
    """A hearing as it was held."""

    held_on: date
    summary: Text


class AppealIn(Shape):
    """Why the officer appeals."""

    because: Text


class ImplementationIn(Shape):
    """When the sanction took effect."""

    effective_on: date


class CountOut(Shape):
    """One sustained allegation."""

    allegation_id: UUID
    category: str
    severity: Severity
    level: str | None


class PriorOut(Shape):
    """An earlier case that counted."""

    prior_id: UUID
    number: str
    incident_on: date


class RulingOut(Shape):
    """What one person ruled, beside what the others did."""

    stage: Stage
    sanction: Sanction | None
    departure: Departure
    factors: list[str]
    because: str
    by: UUID
    at: datetime


class TrainingOut(Shape):
    """Training that the officer is to complete."""

    topic: TrainingTopic
    due_on: date


class DisciplineOut(Shape):
    """A discipline case as staff and the officer concerned see it."""

    id: UUID
    number: str
    agency: str
    version: int
    state: State
    public_ref: str
    complaint_id: UUID | None = Field(description="null for the officer concerned")
    officer_id: UUID
    incident_on: date | None
    counts: list[CountOut]
    matrix: str | None
    level: str | None
    nth: int | None
    cell: Cell | None = Field(description="the range; a missing value was not found in the matrix's source")
    priors: list[PriorOut]
    rulings: list[RulingOut]
    evidence: str | None
    notice_served_at: datetime | None
    respond_by: date | None
    response: Response | None
    statement: str | None
    hearing_on: date | None
    hearing_summary: str | None
    appeal_by: date | None
    appeal_waived: bool
    appeal_because: str | None
    training: list[TrainingOut]
    final_on: date | None
    effective_on: date | None


class DisciplineLine(Shape):
    """A discipline case in a list."""

    id: UUID
    number: str
    state: State
    officer_id: UUID
    level: str | None
    final_on: date | None


class DisciplinesOut(Shape):
    """One page of a list."""

    cases: list[DisciplineLine]
    next: str | None = Field(description="cursor of the next page, or null on the last one")


class PostingIn(Shape):
    """Where an officer serves, and under whom."""

    rank: Line
    unit: Line
    supervisor_id: PersonId | None = None


class OfficerIn(PostingIn):
    """An officer who is entered in the roster."""

    id: PersonId = Field(description="what the identity provider calls them; complaints and awards know them by it")
    badge: Line
    name: Line
    sworn_on: date


class DepartureIn(Shape):
    """How and when an officer left."""

    leaving: Leaving
    left_on: date = Field(description="the first day on which they no longer serve")
    because: Text


class ReturnIn(Shape):
    """Why an officer serves again."""

    because: Text


class OfficerOut(Shape):
    """An officer in the roster."""

    id: UUID
    version: int
    state: Service
    badge: str
    name: str
    rank: str
    unit: str
    supervisor_id: UUID | None
    sworn_on: date
    leaving: Leaving | None
    left_on: date | None


class RosterOut(Shape):
    """One page of the roster."""

    officers: list[OfficerOut]
    next: str | None = Field(description="cursor of the next page, or null on the last one")
