"""A complaint as staff see it."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.complaints.models import State
from shared.events.complaints import (
    Behalf,
    Channel,
    Classification,
    Finding,
    Precision,
    Priority,
    RepairProcess,
    Severity,
    Track,
)
from shared.words import Shape


class AllegationOut(Shape):
    """An allegation with its three findings side by side."""

    id: UUID
    category: str
    severity: Severity
    officer_id: UUID | None
    recommended: Finding | None
    recommended_because: str | None
    reviewed: Finding | None
    reviewed_because: str | None
    finding: Finding | None
    finding_because: str | None
    found_on: date | None


class ComplaintOut(Shape):
    """A complaint as staff see it; identities stay sealed."""

    id: UUID
    number: str
    agency: str
    version: int
    state: State
    public_ref: str
    channel: Channel
    language: str
    narrative: str
    received_on: date
    precision: Precision
    incident_on: date | None
    place: str | None
    classification: Classification | None
    track: Track | None
    investigator_id: UUID | None
    outcome: Finding | None
    harm_referred_to: RepairProcess | None
    harm_agreed: bool | None
    contact: str | None = Field(description="the office that answers for the case; null while none is named")
    on_behalf_of: Behalf | None
    priority: Priority
    about_head: bool
    reopened_at: datetime | None
    discipline_final: bool | None
    closed_on: date | None
    days_open: int | None
    allegations: list[AllegationOut]
