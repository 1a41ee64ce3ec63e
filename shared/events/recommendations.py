"""What is told of recommendations: how an agency is to change, what people say of it, and what the agency answers.

Reconciliation keeps them. Whoever comments is not known, so there is nobody to tell of but the words they chose.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.complaints import Finding
from shared.events.event import Audience, Code, Event, Public, ReleasedText
from shared.events.reconciliation import TOPIC


class Origin(StrEnum):
    """What a recommendation comes from."""

    FINDING = "finding against the agency"
    SESSION = "session with the community"
    BOARD = "oversight board"


class WithholdingGround(StrEnum):
    """Why a comment is not published; that it was received stays in the record."""

    NAMES_SOMEBODY = "it names somebody"
    ABUSE = "it threatens or abuses"
    OTHER_MATTER = "it is about something else"
    ADVERTISING = "it advertises"


class AgencyAnswer(StrEnum):
    """What the agency says to a recommendation."""

    ACCEPTED = "accepted"
    PARTLY = "accepted in part"
    REJECTED = "rejected"


class Effect(StrEnum):
    """What was found when it was looked at again."""

    EFFECTIVE = "it works"
    PARTLY = "it works in part"
    NONE = "it does not work"


class RecommendationOpened(Event):
    """Something calls for a change at the agency."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "recommendation.opened.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    origin: Public[Origin]
    failure: Public[Finding | None]
    """Of the agency, where it comes from a finding."""
    category: Public[Code | None]
    """What the complaint had alleged."""
    complaint_id: UUID | None


class RecommendationPublished(Event):
    """What is recommended was published, and anyone may comment on it until a day."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "recommendation.published.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    text: Public[ReleasedText]
    comments_until: Public[date]


class RecommendationCommented(Event):
    """Somebody commented; each comment has a number, so that none can disappear."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "recommendation.commented.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    number: Public[int]


class CommentReleased(Event):
    """A comment was published."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "recommendation.comment_released.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    number: Public[int]
    text: Public[ReleasedText]
    shortened: Public[bool]
    """Whether passages were taken out; it says where with `[…]`."""


class CommentWithheld(Event):
    """A comment is not published, on a ground that is."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "recommendation.comment_withheld.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    number: Public[int]
    ground: Public[WithholdingGround]


class RecommendationAnswered(Event):
    """The agency has answered, with reasons."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "recommendation.answered.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    answer: Public[AgencyAnswer]
    text: Public[ReleasedText]


class RecommendationImplemented(Event):
    """The agency says that it has done what it accepted."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "recommendation.implemented.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    text: Public[ReleasedText]


class RecommendationEvaluated(Event):
    """It was looked at again whether what was done works."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "recommendation.evaluated.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    effect: Public[Effect]
    text: Public[ReleasedText]
