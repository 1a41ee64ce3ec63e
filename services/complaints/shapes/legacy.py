"""A complaint from the time before this system."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from services.complaints.models import State
from shared.events.complaints import (
    Channel,
    Finding,
    Precision,
    SaidOfThemselves,
)
from shared.events.event import Code
from shared.policy.limits import Milestone
from shared.words import Line, PersonId, Shape, Text

MOST = 500
"""Records that are entered at once."""


def in_one_order(history: dict[Milestone, date]) -> dict[Milestone, date] | None:
    """Return the same steps in the order of a complaint's life, so that a record is known again; None for no steps.

    Raises:
        ValueError: a step has a field of its own.
    """
    own = {Milestone.RECEIVED: "received_on", Milestone.CLOSED: "closed_on"}
    for step, field in own.items():
        if step in history:
            raise ValueError(f"the day on which it was {step} is said by {field}")
    return {step: history[step] for step in Milestone if step in history} or None


History = Annotated[dict[Milestone, date], AfterValidator(in_one_order)]


class LegacyAllegationIn(Shape):
    """An allegation of a legacy record; the finding is absent while it is pending."""

    category: Code
    finding: Finding | None = None
    officer_id: PersonId | None = Field(None, description="the accused officer's id in the roster, if it is known")
    found_on: date | None = Field(None, description="on which day the finding was made")
    because: Text | None = Field(None, description="why it was found, as the record says")


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
    history: History | None = Field(None, description="steps that were taken → on which day, as far as is known")
    of_themselves: SaidOfThemselves | None = Field(
        None, description="of whoever complained, for statistics only; it is not kept with the case"
    )


class LegaciesIn(Shape):
    """Many legacy records, each of which is entered or not for itself."""

    records: list[LegacyIn] = Field(min_length=1, max_length=MOST)


class EnteredOut(Shape):
    """A legacy record as it was entered."""

    id: UUID
    number: str
    state: State
    public_ref: str
    channel: Channel
    outcome: Finding | None
    closed_on: date | None
    days_open: int | None


class Answer(StrEnum):
    """What became of a legacy record."""

    ENTERED = "entered"
    BEFORE = "entered before"
    REFUSED = "refused"


class OutcomeOut(Shape):
    """What became of one of many legacy records."""

    legacy_id: str
    answer: Answer
    number: str | None = None
    why: str | None = Field(None, description="the refusal, as a sentence")


class OutcomesOut(Shape):
    """What became of each legacy record, in the order in which they were sent."""

    outcomes: list[OutcomeOut]


class PastStepOut(Shape):
    """A step that was taken before this system."""

    step: Milestone
    taken_on: date


class LegacyOut(Shape):
    """What a legacy record said when it was brought in."""

    legacy_id: str
    received_on: date
    precision: Precision
    closed_on: date | None
    days_open: int | None
    history: list[PastStepOut]
