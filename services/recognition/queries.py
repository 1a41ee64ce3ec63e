"""What can be asked about commendations, and by whom."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from services.recognition.models import Commendation, State
from services.recognition.shapes import CommendationLine, CommendationsOut
from services.recognition.sight import may_see, seen_by
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.cases import look_up
from shared.errors import NotFound
from shared.pages import newest_first


def commendation(session: Session, commendation_id: UUID, actor: Actor) -> Commendation:
    """Return one commendation; that it was read is noted.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    found = look_up(session, Commendation, "commendation", commendation_id)
    if not may_see(found, actor):
        raise NotFound("There is no such commendation here.")
    audit.record(session, actor, "read commendation", (found.id, found.version))
    return found


def commendations(
    session: Session, actor: Actor, state: State | None, limit: int, after: str | None
) -> CommendationsOut:
    """Return a page of the commendations that the actor may see, the newest first."""
    found = select(Commendation).where(seen_by(actor)).options(lazyload("*"))
    if state is not None:
        found = found.where(Commendation.state == state)
    audit.record(session, actor, "list commendations", NO_CASE)
    page, following = newest_first(session, Commendation, found, limit, after)
    return CommendationsOut(commendations=[CommendationLine.model_validate(row) for row in page], next=following)
