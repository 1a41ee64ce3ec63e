"""Who may see which complaint: the same rule for one case and for a list."""

from sqlalchemy import ColumnElement, and_, select, true

from services.complaints.models import Allegation, Complaint
from services.complaints.workflow import accused
from shared.actors import NOBODY, Actor, Role

SEES_ALL = (Role.INTAKE, Role.COMMANDER, Role.ADJUDICATOR, Role.AUDITOR, Role.RECORDS, Role.LIAISON)
"""Roles that see every complaint of the agency, except those in which they are accused."""
READERS = (*SEES_ALL, Role.INVESTIGATOR)
HOLDER = Actor(NOBODY, frozenset({Role.COMPLAINANT}))
"""Whoever has opened the case with its receipt code: a role and nothing else."""


def may_see(complaint: Complaint, actor: Actor) -> bool:
    """Staff see complaints, an investigator the assigned ones, and the accused none that they are conflicted in."""
    if accused(complaint, actor):
        return False
    return actor.has(*SEES_ALL, Role.COMPLAINANT, Role.HOUSE) or complaint.investigator_id == actor.id


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the complaints that `may_see` lets the actor see."""
    accuses = select(Allegation.id).where(Allegation.complaint_id == Complaint.id, Allegation.officer_id == actor.id)
    assigned = true() if actor.has(*SEES_ALL) else Complaint.investigator_id == actor.id
    return and_(~accuses.exists(), assigned)
