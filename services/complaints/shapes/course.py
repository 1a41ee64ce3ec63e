"""The turns that a complaint takes."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.complaints.models import State
from services.complaints.shapes.steps import FindingIn
from shared.events.complaints import (
    Classification,
    ClosureGround,
    Finding,
    LinkKind,
    Priority,
    ReopeningGround,
    Track,
)
from shared.words import Line, PersonId, Shape, Text


class ReclassificationIn(Shape):
    """What the complaint is about, how it is dealt with, and how soon."""

    classification: Classification
    track: Track
    priority: Priority = Priority.ROUTINE
    because: Text | None = Field(None, description="needed when the complaint is taken less seriously than before")


class OfficerIn(Shape):
    """Against whom an allegation goes."""

    allegation_id: UUID
    officer_id: PersonId


class LinkIn(Shape):
    """What a complaint belongs together with: another one, or a claim in court."""

    kind: LinkKind
    other_id: UUID | None = None
    claim: Line | None = Field(None, description="the number of a claim in court")


class LinkOut(Shape):
    """What a complaint belongs together with."""

    kind: LinkKind
    other_id: UUID | None
    other_number: str | None
    other_state: State | None
    claim: str | None
    made_here: bool = Field(description="whether this complaint was linked to the other one, or that one to this")


class LinksOut(Shape):
    """Everything that a complaint belongs together with."""

    links: list[LinkOut]


class ClosureIn(Shape):
    """Why a complaint ends without an answer to what it alleges."""

    ground: ClosureGround
    because: Text


class DuplicateIn(Shape):
    """Which complaint goes on."""

    other_id: UUID
    because: Text


class ReferralIn(Shape):
    """To whom a complaint is given."""

    authority: Line | None = Field(None, description="the outside authority of the agency's policy when absent")
    because: Text


class ReferralReturnIn(Shape):
    """What those outside said."""

    outcome: Text
    findings: list[FindingIn] = Field(
        default_factory=list, max_length=100, description="one for every allegation, or none at all"
    )


class ReferralOut(Shape):
    """To whom a complaint was given, and what they said."""

    authority: str
    because: str
    referred_by: UUID
    referred_at: datetime
    returned_at: datetime | None
    outcome: str | None


class ReferralsOut(Shape):
    """Everybody outside to whom a complaint was given, in order."""

    referrals: list[ReferralOut]


class ReasonOut(Shape):
    """Why a step was taken."""

    step: str
    because: str
    by: UUID
    at: datetime


class ReasonsOut(Shape):
    """Why the steps of a complaint were taken, in order."""

    reasons: list[ReasonOut]


class ReopeningIn(Shape):
    """Why a complaint that has ended is dealt with again."""

    ground: ReopeningGround
    because: Text


class EarlierFindingOut(Shape):
    """What was found of an allegation before the complaint was reopened."""

    allegation_id: UUID
    recommended: Finding | None
    recommended_because: str | None
    reviewed: Finding | None
    reviewed_because: str | None
    finding: Finding | None
    finding_because: str | None
    decided_at: datetime | None
    reopened_at: datetime


class EarlierFindingsOut(Shape):
    """What was found before each reopening, in order."""

    findings: list[EarlierFindingOut]
