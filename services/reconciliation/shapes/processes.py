"""Processes as they are spoken of over the wire."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from services.reconciliation.models import Consent, Outcome, State
from services.reconciliation.shapes import Words
from shared.events.complaints import RepairProcess
from shared.events.reconciliation import CommitmentKind, CommitmentOwner, Exclusion, Reported, Side, Verified
from shared.words import Line, Moment, Shape, Text


class PartyIn(Shape):
    """Somebody who is to take part: an officer by id, or somebody from the community by name."""

    officer_id: UUID | None = None
    name: Line | None = None
    contact: Line | None = Field(None, description="a telephone number, e-mail or postal address")

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        """Refuse a party that is both or neither, and an officer's contact, which the roster has."""
        if (self.officer_id is None) == (self.name is None):
            raise ValueError("give either officer_id or name")
        if self.officer_id is not None and self.contact is not None:
            raise ValueError("an officer's contact is in the roster; leave it out")
        return self


class ScreeningIn(Shape):
    """What was found that could bar the process; an empty list when nothing was."""

    exclusions: list[Exclusion] = Field(max_length=len(Exclusion))
    because: Text


class ReasonIn(Shape):
    """Why a step is taken."""

    because: Text


class SessionIn(Shape):
    """When and where the parties meet, and who facilitates."""

    facilitator_id: UUID
    starts_at: Moment
    place: Line


class CommitmentIn(Shape):
    """One promise, as it was signed."""

    owner: CommitmentOwner
    kind: CommitmentKind
    due_on: date
    text: Text


class AgreementIn(Shape):
    """What the parties have signed."""

    commitments: list[CommitmentIn] = Field(min_length=1, max_length=50)


class ReleaseIn(Shape):
    """What is published of a commitment, in words chosen for it."""

    text: Words


class ReportIn(Shape):
    """How far a commitment is, as the agency says."""

    reported: Reported


class VerificationIn(Shape):
    """Whether a commitment was kept, as the community says."""

    verified: Verified


class PartyOut(Shape):
    """A party; a name from the community stays sealed."""

    id: UUID
    side: Side
    officer_id: UUID | None
    consent: Consent | None
    prepared_at: datetime | None


class CommitmentLine(Shape):
    """A commitment without its words."""

    id: UUID
    number: int
    owner: CommitmentOwner
    kind: CommitmentKind
    due_on: date
    reported: Reported | None
    verified: Verified | None
    released_text: str | None


class CommitmentOut(CommitmentLine):
    """A commitment as it was signed."""

    text: str


class ProcessOut(Shape):
    """A process as those see it who steer it."""

    id: UUID
    number: str
    agency: str
    version: int
    state: State
    public_ref: str
    kind: RepairProcess
    outcome: Outcome | None
    complaint_id: UUID | None
    exclusions: list[Exclusion]
    facilitator_id: UUID | None
    starts_at: datetime | None
    place: str | None
    parties: list[PartyOut]
    commitments: list[CommitmentOut]


class OutcomeOut(Shape):
    """What leaves a process: where it is, what came of it, and what was promised; never who said what."""

    id: UUID
    number: str
    version: int
    state: State
    kind: RepairProcess
    outcome: Outcome | None
    commitments: list[CommitmentLine]
    own_party: PartyOut | None = Field(None, description="the party that the caller is, if they are one")


class ProcessLine(Shape):
    """A process in a list."""

    id: UUID
    number: str
    kind: RepairProcess
    state: State


class ProcessesOut(Shape):
    """One page of a list."""

    processes: list[ProcessLine]
    next: str | None = Field(description="cursor of the next page, or null on the last one")
