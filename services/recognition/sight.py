"""Who may know that a commendation exists: the same rule for one case and for a list."""

from sqlalchemy import ColumnElement, or_, true

from services.recognition.models import Commendation, State
from shared.actors import Actor, Role

SEES_ALL = (Role.SUPERVISOR, Role.AWARD_BOARD, Role.ADJUDICATOR, Role.RECORDS, Role.AUDITOR)
"""Roles that see every commendation of the agency, except those that are to honour themselves."""
READERS = (*SEES_ALL, Role.OFFICER)
HANDED_OVER = (State.PRESENTED, State.RESCINDED)
"""The states in which the recipient knows."""


def may_see(commendation: Commendation, actor: Actor) -> bool:
    """A recipient sees it once it is presented, a nominator what they nominated, and staff the rest."""
    if commendation.officer_id == actor.id:
        return commendation.state in HANDED_OVER
    return actor.has(*SEES_ALL) or commendation.nominator_id == actor.id


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the commendations that `may_see` lets the actor see."""
    received = Commendation.officer_id == actor.id
    anyone_else = Commendation.officer_id.is_distinct_from(actor.id)
    theirs = true() if actor.has(*SEES_ALL) else Commendation.nominator_id == actor.id
    return or_(received & Commendation.state.in_(HANDED_OVER), anyone_else & theirs)
