"""What staff and whoever complained say to each other."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.events.complaints import Duty
from shared.events.event import Code
from shared.threads import MessageText
from shared.words import Line, Shape, Text


class MessageIn(Shape):
    """A message of whoever complained; plain text."""

    text: MessageText


class StaffMessageIn(Shape):
    """A message to whoever complained; plain text."""

    text: MessageText
    keeps: Literal[Duty.ACKNOWLEDGED, Duty.UPDATED, Duty.OUTCOME_TOLD] | None = Field(
        None, description="what whoever complained is owed and gets with this message"
    )


class MessageOut(Shape):
    """A message. Staff speak as one; who of them wrote stays inside."""

    id: UUID
    side: str = Field(description="'staff' or 'complainant'")
    text: str
    said_at: datetime
    read_at: datetime | None = Field(description="when the other side read it")


class MessagesOut(Shape):
    """Messages, the oldest first."""

    messages: list[MessageOut]


class SettledIn(Shape):
    """Why messages need no answer."""

    because: Line


class AdditionIn(Shape):
    """Something that is added to a complaint."""

    text: Text


class ContactIn(Shape):
    """Which office answers for the case."""

    contact: Code = Field(description="one of the agency's contacts")


class ReasonsIn(Shape):
    """The reasons of a decision, as whoever complained may read them."""

    text: Text


class UnansweredLine(Shape):
    """Messages of one complaint that wait for an answer."""

    complaint_id: UUID
    number: str
    about: str = Field(description="'messages', or 'review' for a request to review the decision")
    waiting: int
    since: datetime


class UnansweredOut(Shape):
    """What waits for an answer, the longest first."""

    unanswered: list[UnansweredLine]


class ConsentIn(Shape):
    """Whether whoever complained consents to mediation."""

    consents: bool


class ConsentOut(Shape):
    """What whoever complained was asked about mediation, and answered."""

    asked_at: datetime
    consents: bool | None
    answered_at: datetime | None


Score = Annotated[int, Field(ge=1, le=5, description="from 1 (not at all) to 5 (fully)")]


class Scores(Shape):
    """The questions at the end of a complaint."""

    easy: Score = Field(description="It was easy to complain.")
    informed: Score = Field(description="I was told how it went on.")
    respected: Score = Field(description="I was treated with respect.")
    fair: Score = Field(description="It was dealt with fairly, whatever the outcome.")
    again: Score = Field(description="I would complain again.")


class FeedbackIn(Scores):
    """How whoever complained was treated."""

    text: MessageText | None = Field(None, description="anything else; it is sealed and never published")


class FeedbackOut(Scores):
    """What one person said of how they were treated."""

    given_at: datetime
    text: str | None


class AnswersOut(Shape):
    """How often each answer was given to a question."""

    question: str
    says: str
    counts: list[int] = Field(description="how many answered 1, 2, 3, 4 and 5")


class FeedbackCountsOut(Shape):
    """How whoever complained was treated. Counts grow in steps of five, so that no step tells what one said."""

    answers: int
    questions: list[AnswersOut]


class ReviewRequestIn(Shape):
    """Why the decision should be looked at again."""

    because: MessageText


class ReviewAnswerIn(Shape):
    """What came of a request for a review, with reasons for whoever complained."""

    granted: bool
    because: MessageText


class ReviewOut(Shape):
    """A request for a review, and its answer."""

    requested_on: date
    because: str
    granted: bool | None
    answered_on: date | None
    answer: str | None
