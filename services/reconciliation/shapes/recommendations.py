"""Recommendations and comments on them as they are spoken of over the wire."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.reconciliation.models import Course
from services.reconciliation.shapes import Words
from shared.events.complaints import Finding
from shared.events.recommendations import AgencyAnswer, Effect, Origin, WithholdingGround
from shared.words import Shape


class OpeningIn(Shape):
    """Where a recommendation comes from that no finding has opened."""

    origin: Literal[Origin.SESSION, Origin.BOARD]


class PublicationIn(Shape):
    """What is recommended, and for how long anyone may comment."""

    text: Words
    comment_days: int | None = Field(None, ge=1, le=365, description="days; what the agency's pack says when absent")


class CommentIn(Shape):
    """What somebody says of a recommendation. It may be published, so nobody should be named in it."""

    text: Words


class CommentReleaseIn(Shape):
    """What is published of a comment: all of it, or what is left where passages were taken out."""

    text: Words | None = Field(None, description="the comment with […] for what was taken out; absent for all of it")


class WithholdingIn(Shape):
    """Why a comment is not published."""

    ground: WithholdingGround


class AnswerIn(Shape):
    """What the agency says, and why."""

    answer: AgencyAnswer
    text: Words


class ImplementationIn(Shape):
    """What was done."""

    text: Words


class EvaluationIn(Shape):
    """Whether it works, and how that is known."""

    effect: Effect
    text: Words


class RecommendationOut(Shape):
    """A recommendation and what came of it."""

    id: UUID
    number: str
    agency: str
    version: int
    state: Course
    public_ref: str
    origin: Origin
    failure: Finding | None
    category: str | None
    complaint_id: UUID | None
    text: str | None
    comments_until: date | None
    received: int = Field(description="comments, numbered from 1")
    settled: int = Field(description="those of them that were released or withheld")
    answer: AgencyAnswer | None
    answer_text: str | None
    implementation: str | None
    effect: Effect | None
    evaluation: str | None


class RecommendationLine(Shape):
    """A recommendation in a list."""

    id: UUID
    number: str
    public_ref: str
    state: Course
    origin: Origin
    comments_until: date | None


class RecommendationsOut(Shape):
    """One page of a list."""

    recommendations: list[RecommendationLine]
    next: str | None = Field(description="cursor of the next page, or null on the last one")


class CommentOut(Shape):
    """A comment as it was written, and what became of it."""

    number: int
    received_on: date
    text: str
    released_text: str | None
    ground: WithholdingGround | None


class CommentsOut(Shape):
    """One page of comments, in the order of their numbers."""

    comments: list[CommentOut]
    next: int | None = Field(description="number after which the next page begins, or null on the last one")


class CommentedOut(Shape):
    """What whoever commented is told."""

    number: int
    told: str
