"""What people say of a recommendation, and what of it is published. Nobody's name is asked or kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reconciliation.commands.recommendations import load
from services.reconciliation.models import Comment, Recommendation
from services.reconciliation.shapes.recommendations import CommentIn, CommentReleaseIn, WithholdingIn
from services.reconciliation.workflow import RECOMMENDATION
from shared.actors import PUBLIC, Actor
from shared.errors import NotFound, Objection
from shared.events import recommendations as events
from shared.outbox import publish
from shared.policy.agency import AgencyRules

Place = tuple[UUID, int]
"""The id of a recommendation, and the number of a comment on it."""


def comment(session: Session, reference: str, said: CommentIn, now: datetime, rules: AgencyRules) -> Comment:
    """Take what somebody says of the recommendation that the public calls `reference`.

    Raises:
        NotFound: there is no such recommendation in this agency.
        Objection: the days for comments have passed.
    """
    found = session.scalar(select(Recommendation.id).where(Recommendation.public_ref == reference))
    if found is None:
        raise NotFound(f"There is no such {RECOMMENDATION.noun} here.")
    recommendation = load(session, found)
    until, today = recommendation.comments_until, rules.today(now)
    if until is not None and today > until:
        raise Objection("Comments were taken until {until}.", until=str(until))
    RECOMMENDATION.advance(recommendation, "comment", PUBLIC, now)
    recommendation.received += 1
    taken = Comment(
        recommendation_id=recommendation.id,
        number=recommendation.received,
        agency=recommendation.agency,
        received_on=today,
        text=said.text,
    )
    session.add(taken)
    publish(session, recommendation, events.RecommendationCommented(number=taken.number), PUBLIC)
    return taken


def release(session: Session, place: Place, said: CommentReleaseIn, actor: Actor, now: datetime) -> Comment:
    """Publish a comment, whole or with passages taken out.

    Raises:
        NotFound: there is no such comment.
        Objection: it was released or withheld before.
    """
    recommendation, found = _unsettled(session, place, "release comment", actor, now)
    found.released_text = said.text or found.text
    shortened = found.released_text != found.text
    event = events.CommentReleased(number=found.number, text=found.released_text, shortened=shortened)
    publish(session, recommendation, event, actor)
    return found


def withhold(session: Session, place: Place, said: WithholdingIn, actor: Actor, now: datetime) -> Comment:
    """Keep a comment from being published, on a ground that is.

    Raises:
        NotFound: there is no such comment.
        Objection: it was released or withheld before.
    """
    recommendation, found = _unsettled(session, place, "withhold comment", actor, now)
    found.ground = said.ground
    publish(session, recommendation, events.CommentWithheld(number=found.number, ground=said.ground), actor)
    return found


def _unsettled(
    session: Session, place: Place, verb: str, actor: Actor, now: datetime
) -> tuple[Recommendation, Comment]:
    recommendation = load(session, place[0])
    RECOMMENDATION.advance(recommendation, verb, actor, now)
    found = session.get(Comment, place)
    if found is None:
        raise NotFound("There is no such comment on this recommendation.")
    if found.is_settled:
        raise Objection("This comment was released or withheld before.")
    recommendation.settled += 1
    return recommendation, found
