"""Who may see which process, and who only what leaves it: the same rules for one case and for a list."""

from sqlalchemy import ColumnElement, select, true

from services.reconciliation.models import Party, Process
from services.reconciliation.workflow import party_of
from shared.actors import Actor, Role

STEERS = (Role.FACILITATOR, Role.LIAISON, Role.AUDITOR)
"""Roles that see the agency's processes, except those to which they are a party."""
SEES_OUTCOMES = (*STEERS, Role.COMMANDER, Role.ADJUDICATOR, Role.SUPERVISOR, Role.OVERSIGHT)
"""Roles that see what leaves every process of the agency."""
READERS = (*SEES_OUTCOMES, Role.OFFICER)
"""An officer sees what leaves a process to which they are a party, and that it is there."""


def may_see(process: Process, actor: Actor) -> bool:
    """Whoever steers processes sees them whole, except as a party to one."""
    return actor.has(*STEERS) and party_of(process, actor) is None


def may_see_outcome(process: Process, actor: Actor) -> bool:
    """Staff see what leaves a process, and so do its parties."""
    return actor.has(*SEES_OUTCOMES) or party_of(process, actor) is not None


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the processes whose outcome `may_see_outcome` lets the actor see."""
    if actor.has(*SEES_OUTCOMES):
        return true()
    return select(Party.id).where(Party.process_id == Process.id, Party.officer_id == actor.id).exists()
