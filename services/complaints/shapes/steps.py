"""What is said when a step is taken."""

from uuid import UUID

from pydantic import Field

from shared.events.complaints import (
    Classification,
    Finding,
    Priority,
    RepairProcess,
    Severity,
    Track,
)
from shared.events.event import Code
from shared.words import PersonId, Shape, Text


class AllegationIn(Shape):
    """An allegation as intake writes it down."""

    category: Code
    severity: Severity = Severity.MEDIUM
    officer_id: PersonId | None = Field(None, description="the accused officer's id in the roster, once known")


class ClassificationIn(Shape):
    """What the complaint is about and how it is dealt with."""

    classification: Classification
    track: Track
    priority: Priority = Priority.ROUTINE
    allegations: list[AllegationIn] = Field(min_length=1, max_length=100)


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
