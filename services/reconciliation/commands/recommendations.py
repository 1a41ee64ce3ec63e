"""How a recommendation begins, and what the agency and those who speak for the public do with it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.reconciliation.models import Recommendation
from services.reconciliation.shapes.recommendations import (
    AnswerIn,
    EvaluationIn,
    ImplementationIn,
    OpeningIn,
    PublicationIn,
)
from services.reconciliation.workflow import RECOMMENDATION
from shared import cases
from shared.actors import HOUSE, Actor
from shared.cases import beginning, next_number
from shared.errors import Objection
from shared.events import recommendations as events
from shared.events.complaints import AgencyFound
from shared.events.recommendations import AgencyAnswer, Origin
from shared.inbox import Told
from shared.outbox import publish
from shared.policy.agency import AgencyRules

LETTER = "P"
"""What a recommendation's number begins with: it is about policy."""


def load(session: Session, recommendation_id: UUID) -> Recommendation:
    """Return the recommendation, locked until the commit.

    Raises:
        NotFound: there is no such recommendation in this agency.
    """
    return cases.load(session, Recommendation, RECOMMENDATION.noun, recommendation_id, lambda _: True)


def open_for_findings(session: Session, found: AgencyFound, told: Told) -> None:
    """Open a recommendation for each failure of the agency that a complaint has shown."""
    for failure in found.failures:
        event = events.RecommendationOpened(
            origin=Origin.FINDING, failure=failure.finding, category=failure.category, complaint_id=told.case_id
        )
        _open(session, event, HOUSE, told.time, told.rules)


def open_one(session: Session, opening: OpeningIn, actor: Actor, now: datetime, rules: AgencyRules) -> Recommendation:
    """Open a recommendation that comes from a session with the community or from an oversight board."""
    event = events.RecommendationOpened(origin=opening.origin, failure=None, category=None, complaint_id=None)
    return _open(session, event, actor, now, rules)


def _open(
    session: Session, event: events.RecommendationOpened, actor: Actor, now: datetime, rules: AgencyRules
) -> Recommendation:
    opened = Recommendation(
        **beginning(session, now),
        **event.model_dump(),
        number=next_number(session, LETTER, rules.today(now).year),
        state=RECOMMENDATION.start,
        received=0,
        settled=0,
    )
    session.add(opened)
    publish(session, opened, event, actor)
    return opened


def publish_text(
    session: Session, place: UUID, said: PublicationIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Recommendation:
    """Publish what is recommended, and take comments from now on."""
    recommendation = load(session, place)
    RECOMMENDATION.advance(recommendation, "publish", actor, now)
    days = said.comment_days or rules.agency.comment_days
    recommendation.text = said.text
    recommendation.comments_until = until = rules.today(now) + timedelta(days=days)
    publish(session, recommendation, events.RecommendationPublished(text=said.text, comments_until=until), actor)
    return recommendation


def answer(
    session: Session, place: UUID, said: AnswerIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Recommendation:
    """Answer for the agency, with reasons, after everybody could comment.

    Raises:
        Objection: comments are still taken.
    """
    recommendation = load(session, place)
    RECOMMENDATION.advance(recommendation, "reject" if said.answer is AgencyAnswer.REJECTED else "accept", actor, now)
    until = recommendation.comments_until
    if until is not None and rules.today(now) <= until:
        raise Objection("Comments are taken until {until}; the agency answers after that.", until=str(until))
    recommendation.answer, recommendation.answer_text = said.answer, said.text
    publish(session, recommendation, events.RecommendationAnswered(answer=said.answer, text=said.text), actor)
    return recommendation


def implement(session: Session, place: UUID, said: ImplementationIn, actor: Actor, now: datetime) -> Recommendation:
    """Say for the agency that it has done what it accepted."""
    recommendation = load(session, place)
    RECOMMENDATION.advance(recommendation, "implement", actor, now)
    recommendation.implementation, recommendation.implemented_by = said.text, actor.id
    publish(session, recommendation, events.RecommendationImplemented(text=said.text), actor)
    return recommendation


def evaluate(session: Session, place: UUID, said: EvaluationIn, actor: Actor, now: datetime) -> Recommendation:
    """Say for the public whether what was done works."""
    recommendation = load(session, place)
    RECOMMENDATION.advance(recommendation, "evaluate", actor, now)
    recommendation.effect, recommendation.evaluation = said.effect, said.text
    publish(session, recommendation, events.RecommendationEvaluated(effect=said.effect, text=said.text), actor)
    return recommendation
