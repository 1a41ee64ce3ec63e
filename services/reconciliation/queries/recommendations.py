"""What can be asked about recommendations, and about comments as they were written."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reconciliation.models import Comment, Course, Recommendation
from services.reconciliation.shapes.recommendations import (
    CommentOut,
    CommentsOut,
    RecommendationLine,
    RecommendationsOut,
)
from services.reconciliation.workflow import RECOMMENDATION
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.cases import look_up
from shared.pages import newest_first


def recommendation(session: Session, recommendation_id: UUID, actor: Actor) -> Recommendation:
    """Return one recommendation; that it was read is noted.

    Raises:
        NotFound: there is no such recommendation in this agency.
    """
    found = look_up(session, Recommendation, RECOMMENDATION.noun, recommendation_id)
    audit.record(session, actor, "read recommendation", (found.id, found.version))
    return found


def recommendations(
    session: Session, actor: Actor, state: Course | None, limit: int, after: str | None
) -> RecommendationsOut:
    """Return a page of recommendations, the newest first."""
    wanted = select(Recommendation)
    if state is not None:
        wanted = wanted.where(Recommendation.state == state)
    audit.record(session, actor, "list recommendations", NO_CASE)
    page, following = newest_first(session, Recommendation, wanted, limit, after)
    return RecommendationsOut(recommendations=[RecommendationLine.model_validate(row) for row in page], next=following)


def comments(session: Session, recommendation_id: UUID, actor: Actor, limit: int, after: int) -> CommentsOut:
    """Return a page of the comments as they were written, in the order of their numbers.

    Raises:
        NotFound: there is no such recommendation in this agency.
    """
    found = look_up(session, Recommendation, RECOMMENDATION.noun, recommendation_id)
    audit.record(session, actor, "read comments", (found.id, found.version))
    wanted = select(Comment).where(Comment.recommendation_id == found.id, Comment.number > after)
    page = session.scalars(wanted.order_by(Comment.number).limit(limit)).all()
    more = bool(page) and page[-1].number < found.received
    return CommentsOut(
        comments=[CommentOut.model_validate(row) for row in page], next=page[-1].number if more else None
    )
