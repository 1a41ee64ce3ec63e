"""What can be asked about processes, and by whom."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from services.reconciliation.models import Party, Process, State
from services.reconciliation.shapes import OutcomeOut, PartyOut, ProcessesOut, ProcessLine
from services.reconciliation.workflow import PROCESS, party_of
from shared import audit
from shared.actors import Actor, Role
from shared.cases import look_up
from shared.errors import NotFound
from shared.pages import before, cursor

STEERS = (Role.FACILITATOR, Role.LIAISON, Role.AUDITOR)
"""Roles that see the agency's processes, except those to which they are a party."""
SEES_OUTCOMES = (*STEERS, Role.COMMANDER, Role.ADJUDICATOR, Role.SUPERVISOR, Role.OVERSIGHT)
"""Roles that see what leaves every process of the agency."""
READERS = (*SEES_OUTCOMES, Role.OFFICER)
"""An officer sees what leaves a process to which they are a party, and that it is there."""


def process(session: Session, process_id: UUID, actor: Actor) -> Process:
    """Return one process; that it was read is noted.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    found = look_up(session, Process, PROCESS.noun, process_id)
    if not actor.has(*STEERS) or party_of(found, actor):
        raise NotFound(f"There is no such {PROCESS.noun} here.")
    audit.record(session, actor, "read process", (found.id, found.version))
    return found


def outcome(session: Session, process_id: UUID, actor: Actor) -> OutcomeOut:
    """Return what leaves one process; that it was read is noted.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    found = look_up(session, Process, PROCESS.noun, process_id)
    if not actor.has(*SEES_OUTCOMES) and party_of(found, actor) is None:
        raise NotFound(f"There is no such {PROCESS.noun} here.")
    audit.record(session, actor, "read outcome", (found.id, found.version))
    return outcome_for(found, actor)


def outcome_for(process: Process, actor: Actor) -> OutcomeOut:
    """Return what leaves the process, and beside it the actor's own part in it."""
    own = party_of(process, actor)
    shown = OutcomeOut.model_validate(process)
    return shown.model_copy(update={"own_party": PartyOut.model_validate(own)}) if own else shown


def processes(session: Session, actor: Actor, state: State | None, limit: int, after: str | None) -> ProcessesOut:
    """Return a page of the processes that the actor may know of, the newest first."""
    found = select(Process).options(raiseload("*"))
    if not actor.has(*SEES_OUTCOMES):
        takes_part = select(Party.id).where(Party.process_id == Process.id, Party.officer_id == actor.id)
        found = found.where(takes_part.exists())
    if state is not None:
        found = found.where(Process.state == state)
    if after is not None:
        found = found.where(before(Process.opened_at, Process.id, after))
    newest_first = found.order_by(Process.opened_at.desc(), Process.id.desc())
    rows = session.scalars(newest_first.limit(limit + 1)).all()
    page = rows[:limit]
    more = cursor(page[-1].opened_at, page[-1].id) if len(rows) > limit else None
    return ProcessesOut(processes=[ProcessLine.model_validate(row) for row in page], next=more)
