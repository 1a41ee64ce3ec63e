"""What can be asked about processes, and by whom."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from services.reconciliation.models import Process, State
from services.reconciliation.shapes.processes import OutcomeOut, PartyOut, ProcessesOut, ProcessLine
from services.reconciliation.sight import may_see, may_see_outcome, seen_by
from services.reconciliation.workflow import PROCESS, party_of
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.cases import look_up
from shared.errors import NotFound
from shared.pages import newest_first


def process(session: Session, process_id: UUID, actor: Actor) -> Process:
    """Return one process; that it was read is noted.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    found = look_up(session, Process, PROCESS.noun, process_id)
    if not may_see(found, actor):
        raise NotFound(f"There is no such {PROCESS.noun} here.")
    audit.record(session, actor, "read process", (found.id, found.version))
    return found


def outcome(session: Session, process_id: UUID, actor: Actor) -> OutcomeOut:
    """Return what leaves one process; that it was read is noted.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    found = look_up(session, Process, PROCESS.noun, process_id)
    if not may_see_outcome(found, actor):
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
    found = select(Process).where(seen_by(actor)).options(raiseload("*"))
    if state is not None:
        found = found.where(Process.state == state)
    audit.record(session, actor, "list processes", NO_CASE)
    page, following = newest_first(session, Process, found, limit, after)
    return ProcessesOut(processes=[ProcessLine.model_validate(row) for row in page], next=following)
