"""The routes of recommendations, and the one by which anyone comments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Path, Query

from services.reconciliation.commands import comments
from services.reconciliation.commands import recommendations as steps
from services.reconciliation.models import Comment, Course
from services.reconciliation.queries import recommendations as queries
from services.reconciliation.shapes.recommendations import (
    AnswerIn,
    CommentedOut,
    CommentIn,
    CommentOut,
    CommentReleaseIn,
    CommentsOut,
    EvaluationIn,
    ImplementationIn,
    OpeningIn,
    PublicationIn,
    RecommendationOut,
    RecommendationsOut,
    WithholdingIn,
)
from services.reconciliation.sight import SEES_OUTCOMES
from services.reconciliation.workflow import COMMUNITY, RECOMMENDATION
from shared.access import CurrentActor, Rules, reads, takes
from shared.actors import Role
from shared.app import CaseRoute
from shared.clock import Now
from shared.db import Tx
from shared.pages import Cursor, Limit

router = APIRouter(prefix="/agencies/{agency}/recommendations", route_class=CaseRoute, tags=["recommendations"])

ANYONE = reads("anyone may comment on a recommendation", Role.PUBLIC)
STAFF = reads("staff and oversight read recommendations", *SEES_OUTCOMES)
TAKEN = "Your comment has the number {number}. It is read before it is published; if it is not, the record says why."

Reference = Annotated[str, Path(pattern="^[a-z2-7]{16}$", description="what the public calls the recommendation")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
After = Annotated[int, Query(ge=0, le=2**31 - 1, description="`next` of the page before")]


@router.get("", dependencies=[STAFF])
def recommendations(
    tx: Tx, actor: CurrentActor, state: Course | None = None, limit: Limit = 50, after: Cursor = None
) -> RecommendationsOut:
    """List recommendations, the newest first."""
    return queries.recommendations(tx, actor, state, limit, after)


@router.post("", status_code=201, dependencies=[reads("those who speak for the public open one", *COMMUNITY)])
def open_one(opening: OpeningIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> RecommendationOut:
    """Open a recommendation that comes from a session or a board; findings against the agency open theirs."""
    return RecommendationOut.model_validate(steps.open_one(tx, opening, actor, now, rules))


@router.get("/{recommendation_id}", dependencies=[STAFF])
def recommendation(recommendation_id: UUID, tx: Tx, actor: CurrentActor) -> RecommendationOut:
    """Return one recommendation."""
    return RecommendationOut.model_validate(queries.recommendation(tx, recommendation_id, actor))


@router.post("/{recommendation_id}/publication", dependencies=[takes(RECOMMENDATION, "publish")])
def publish(
    recommendation_id: UUID, said: PublicationIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> RecommendationOut:
    """Publish what is recommended, and take comments from now on."""
    return RecommendationOut.model_validate(steps.publish_text(tx, recommendation_id, said, actor, now, rules))


@router.post("/{recommendation_id}/answer", dependencies=[takes(RECOMMENDATION, "accept")])
def answer(
    recommendation_id: UUID, said: AnswerIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> RecommendationOut:
    """Answer for the agency, with reasons."""
    return RecommendationOut.model_validate(steps.answer(tx, recommendation_id, said, actor, now, rules))


@router.post("/{recommendation_id}/implementation", dependencies=[takes(RECOMMENDATION, "implement")])
def implement(
    recommendation_id: UUID, said: ImplementationIn, tx: Tx, actor: CurrentActor, now: Now
) -> RecommendationOut:
    """Say for the agency that it has done what it accepted."""
    return RecommendationOut.model_validate(steps.implement(tx, recommendation_id, said, actor, now))


@router.post("/{recommendation_id}/evaluation", dependencies=[takes(RECOMMENDATION, "evaluate")])
def evaluate(recommendation_id: UUID, said: EvaluationIn, tx: Tx, actor: CurrentActor, now: Now) -> RecommendationOut:
    """Say for the public whether what was done works."""
    return RecommendationOut.model_validate(steps.evaluate(tx, recommendation_id, said, actor, now))


@router.get("/{recommendation_id}/comments", dependencies=[STAFF])
def read_comments(
    recommendation_id: UUID, tx: Tx, actor: CurrentActor, limit: Limit = 50, after: After = 0
) -> CommentsOut:
    """List the comments as they were written."""
    return queries.comments(tx, recommendation_id, actor, limit, after)


@router.post("/{recommendation_id}/comments/{number}/release", dependencies=[takes(RECOMMENDATION, "release comment")])
def release(
    recommendation_id: UUID, number: Number, said: CommentReleaseIn, tx: Tx, actor: CurrentActor, now: Now
) -> CommentOut:
    """Publish a comment, whole or with passages taken out."""
    return CommentOut.model_validate(comments.release(tx, (recommendation_id, number), said, actor, now))


@router.post(
    "/{recommendation_id}/comments/{number}/withholding", dependencies=[takes(RECOMMENDATION, "withhold comment")]
)
def withhold(
    recommendation_id: UUID, number: Number, said: WithholdingIn, tx: Tx, actor: CurrentActor, now: Now
) -> CommentOut:
    """Keep a comment from being published, on a ground that is."""
    return CommentOut.model_validate(comments.withhold(tx, (recommendation_id, number), said, actor, now))


@router.post("/of/{public_ref}/comments", status_code=201, dependencies=[ANYONE])
def comment(public_ref: Reference, said: CommentIn, tx: Tx, now: Now, rules: Rules) -> CommentedOut:
    """Comment on a recommendation of the feed; nobody is asked who they are."""
    return taken(comments.comment(tx, public_ref, said, now, rules))


@router.post("/of/{public_ref}/comments/form", status_code=201, dependencies=[ANYONE])
def comment_form(
    public_ref: Reference, said: Annotated[CommentIn, Form()], tx: Tx, now: Now, rules: Rules
) -> CommentedOut:
    """Comment from a web form."""
    return taken(comments.comment(tx, public_ref, said, now, rules))


def taken(said: Comment) -> CommentedOut:
    """Return what whoever commented is told."""
    return CommentedOut(number=said.number, told=TAKEN.format(number=said.number))
