"""The complaint as it is spoken of over the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from services.complaints.models import State
from shared.events.complaints import Channel, Classification, Finding, Precision, RepairProcess, Severity, Track
from shared.events.event import Code
from shared.words import Line, Shape, Text


class ComplainantIn(Shape):
    """Whoever complains, as far as they wish to say."""

    name: Line | None = None
    contact: Line | None = Field(None, description="a telephone number, e-mail or postal address")


class FilingIn(Shape):
    """A complaint as it is filed."""

    narrative: Text = Field(description="what happened, in the complainant's words")
    channel: Channel = Channel.WEB
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "en"
    categories: list[Code] = Field(default_factory=list, max_length=20)
    incident_on: date | None = None
    place: Line | None = None
    officers: list[Line] = Field(default_factory=list, max_length=20, description="officers as somebody describes them")
    complainant: ComplainantIn | None = Field(None, description="absent for an anonymous complaint")


class FilingForm(Shape):
    """A complaint as a web form sends it; every field but the narrative may be left empty."""

    narrative: Text
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "en"
    category: list[Code] = Field(default_factory=list, max_length=20)
    incident_on: date | None = None
    place: Line | None = None
    officer: list[Line] = Field(default_factory=list, max_length=20)
    name: Line | None = None
    contact: Line | None = None

    @field_validator("category", "officer", mode="before")
    @classmethod
    def without_blanks(cls, values: list[str]) -> list[str]:
        """Take a field that was left empty for one that was not sent."""
        return [value for value in values if value.strip()]


class FiledOut(Shape):
    """What whoever complained needs to follow the case."""

    id: UUID
    number: str
    receipt_code: str = Field(description="shown once; it opens the case without an account")
    public_ref: str


class AllegationIn(Shape):
    """An allegation as intake writes it down."""

    category: Code
    severity: Severity = Severity.MEDIUM
    officer_id: UUID | None = Field(None, description="the accused officer's id in the roster, once known")


class ClassificationIn(Shape):
    """What the complaint is about and how it is dealt with."""

    classification: Classification
    track: Track
    allegations: list[AllegationIn] = Field(min_length=1, max_length=100)


class AssignmentIn(Shape):
    """Who investigates."""

    investigator_id: UUID


class FindingIn(Shape):
    """What was found of one allegation, and why."""

    allegation_id: UUID
    finding: Finding
    because: Text


class FindingsIn(Shape):
    """A finding for every allegation of the complaint."""

    findings: list[FindingIn] = Field(min_length=1, max_length=100)


class ReasonIn(Shape):
    """Why a step is taken."""

    because: Text


class HarmReferralIn(Shape):
    """How the harm is to be repaired."""

    process: RepairProcess
    because: Text


class LegacyAllegationIn(Shape):
    """An allegation of a legacy record; the finding is absent while it is pending."""

    category: Code
    finding: Finding | None = None


class LegacyIn(Shape):
    """A complaint from the time before this system."""

    legacy_id: Line
    received_on: date
    precision: Precision = Precision.DAY
    incident_on: date | None = None
    closed_on: date | None = None
    channel: Channel = Channel.NOT_RECORDED
    place: Line | None = None
    allegations: list[LegacyAllegationIn] = Field(min_length=1, max_length=100)


class EnteredOut(Shape):
    """A legacy record as it was entered."""

    id: UUID
    number: str
    state: State
    public_ref: str
    channel: Channel
    outcome: Finding | None


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
    allegations: list[AllegationOut]


class ComplaintLine(Shape):
    """A complaint in a list."""

    id: UUID
    number: str
    state: State
    received_on: date
    outcome: Finding | None


class ComplaintsOut(Shape):
    """One page of a list."""

    complaints: list[ComplaintLine]
    next: str | None = Field(description="cursor of the next page, or null on the last one")


class TrackingOut(Shape):
    """What whoever holds the receipt code sees: stages, never people."""

    number: str
    stage: State
    received_on: date
    outcome: Finding | None
    harm_referred_to: RepairProcess | None
