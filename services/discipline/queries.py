"""What can be asked about discipline cases, and by whom."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from services.discipline.models import DisciplineCase, Officer, Service, State
from services.discipline.shapes import DisciplineLine, DisciplineOut, DisciplinesOut, OfficerOut, RosterOut
from services.discipline.sight import may_see, seen_by
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.cases import look_up
from shared.errors import NotFound
from shared.pages import newest_first


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of the cases are asked for; None for all."""

    state: State | None = None
    officer_id: UUID | None = None


def shown(case: DisciplineCase, actor: Actor) -> DisciplineOut:
    """Return the case as the actor sees it: the officer concerned is not led to whoever complained."""
    out = DisciplineOut.model_validate(case)
    return out.model_copy(update={"complaint_id": None}) if case.officer_id == actor.id else out


def case(session: Session, case_id: UUID, actor: Actor) -> DisciplineOut:
    """Return one case; that it was read is noted.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    found = look_up(session, DisciplineCase, "discipline case", case_id)
    if not may_see(found, actor):
        raise NotFound("There is no such discipline case here.")
    audit.record(session, actor, "read discipline case", (found.id, found.version))
    return shown(found, actor)


def cases(session: Session, actor: Actor, filters: Filters, limit: int, after: str | None) -> DisciplinesOut:
    """Return a page of the cases that the actor may see, the newest first."""
    found = select(DisciplineCase).where(seen_by(actor)).options(raiseload("*"))
    if filters.state is not None:
        found = found.where(DisciplineCase.state == filters.state)
    if filters.officer_id is not None:
        found = found.where(DisciplineCase.officer_id == filters.officer_id)
    audit.record(session, actor, "list discipline cases", NO_CASE)
    page, following = newest_first(session, DisciplineCase, found, limit, after)
    return DisciplinesOut(cases=[DisciplineLine.model_validate(row) for row in page], next=following)


def officer(session: Session, officer_id: UUID, actor: Actor) -> OfficerOut:
    """Return an officer of the roster; that it was read is noted.

    Raises:
        NotFound: the roster does not have them.
    """
    found = look_up(session, Officer, "officer", officer_id)
    audit.record(session, actor, "read officer", (found.id, found.version))
    return OfficerOut.model_validate(found)


def roster(session: Session, actor: Actor, state: Service | None, limit: int, after: str | None) -> RosterOut:
    """Return a page of the roster, those entered last first."""
    found = select(Officer)
    if state is not None:
        found = found.where(Officer.state == state)
    audit.record(session, actor, "list officers", NO_CASE)
    page, following = newest_first(session, Officer, found, limit, after)
    return RosterOut(officers=[OfficerOut.model_validate(row) for row in page], next=following)
