"""A complaint as whoever complained sees it."""

from datetime import date

from pydantic import Field

from services.complaints.models import State
from services.complaints.shapes.talk import ConsentOut, ReviewOut
from shared.events.complaints import (
    Finding,
    RepairProcess,
)
from shared.words import Shape


class StageOut(Shape):
    """A stage, and the day on which the complaint reached it."""

    stage: State
    on: date


class TrackingOut(Shape):
    """What whoever holds the receipt code sees: stages, never people."""

    number: str
    public_ref: str = Field(description="what the public record calls the case; it leads to its receipt")
    stage: State
    received_on: date
    outcome: Finding | None
    harm_referred_to: RepairProcess | None
    stages: list[StageOut]
    contact: str = Field(description="the office that answers for the case")
    unread: int = Field(description="messages of the agency that were not read yet")
    reasons: str | None = Field(description="the reasons of the decision, as they were released")
    mediation: ConsentOut | None = Field(description="whether consent to mediation was asked for, and given")
    review_until: date | None = Field(description="the last day on which a review can be requested")
    review: ReviewOut | None
    feedback_given: bool
