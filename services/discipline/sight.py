"""Who may see which discipline case, as a rule for one case and as a condition for lists."""

from sqlalchemy import ColumnElement, false, or_

from services.discipline.models import SETTLED, DisciplineCase
from shared.actors import Actor, Role

STAFF = (Role.ADJUDICATOR, Role.COMMANDER, Role.RECORDS, Role.AUDITOR, Role.CLOCK)
"""Roles that see every case of the agency, except their own."""
READERS = (Role.ADJUDICATOR, Role.COMMANDER, Role.RECORDS, Role.AUDITOR, Role.SUPERVISOR, Role.OFFICER)


SEE_ROSTER = (*STAFF[:-1], Role.ADMIN, Role.INTAKE, Role.INVESTIGATOR)
"""Roles that look officers up."""


def may_see(case: DisciplineCase, actor: Actor) -> bool:
    """Officers see their own case, staff the others, and supervisors those that are settled and to be carried out."""
    if case.officer_id == actor.id:
        return actor.has(Role.OFFICER)
    return actor.has(*STAFF) or (actor.has(Role.SUPERVISOR) and case.state in SETTLED)


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which `may_see` holds."""
    own = DisciplineCase.officer_id == actor.id
    seen = [own if actor.has(Role.OFFICER) else false()]
    if actor.has(*STAFF):
        seen.append(~own)
    if actor.has(Role.SUPERVISOR):
        seen.append(~own & DisciplineCase.state.in_(SETTLED))
    return or_(*seen)
