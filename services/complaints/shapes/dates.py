"""The dates on which agency and board rely."""

from datetime import date, datetime

from pydantic import Field

from services.complaints.models import State
from shared.events.complaints import Side
from shared.events.event import Code
from shared.words import Shape


class DueIn(Shape):
    """When one side takes a time limit to end."""

    limit: Code
    due_on: date | None = Field(description="the last day on which it can be met; null while it stands still")


class AcknowledgementIn(Shape):
    """The dates of a complaint as one side has them, not copied from here but from its own files."""

    received_on: date
    limits: list[DueIn] = Field(max_length=50)


class DueOut(Shape):
    """A time limit that runs, with the sum that gives its due date."""

    limit: str
    due_on: date | None
    explained: str


class AcknowledgedOut(Shape):
    """What one side said, and what of it differed from the record then."""

    side: Side
    at: datetime
    received_on: date
    limits: list[DueIn]
    disputed: list[str] = Field(description="`received`, or codes of time limits")


class DatesOut(Shape):
    """The dates of a complaint, for both sides alike, and what each has said about them, the newest first."""

    public_ref: str
    stage: State
    received_on: date
    limits: list[DueOut]
    acknowledged: list[AcknowledgedOut]
    agreed: bool = Field(description="whether both sides have last said what the record says now")
