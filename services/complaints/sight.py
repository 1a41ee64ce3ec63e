"""Who may see which complaint: the same rule for one case and for a list."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from services.complaints.conflicts import is_in_the_chain
from services.complaints.models import (
    ACCUSED,
    Allegation,
    Complaint,
    Override,
    Part,
    PartTaken,
    Party,
    ReportingLine,
)
from services.complaints.workflow import OPEN, accused
from shared.actors import NOBODY, Actor, Role
from shared.events.complaints import Conflict
from shared.unsealing import ANSWERING

SEES_ALL = (Role.INTAKE, Role.COMMANDER, Role.ADJUDICATOR, Role.AUDITOR, Role.RECORDS, Role.LIAISON)
"""Roles that see every complaint of the agency, except those in which they are accused."""
READERS = (*SEES_ALL, Role.INVESTIGATOR, Role.SUPERVISOR)
KEEPERS = ANSWERING
"""Roles that are asked whether something sealed is read."""
HOLDER = Actor(NOBODY, frozenset({Role.COMPLAINANT}))
"""Whoever has opened the case with its receipt code: a role and nothing else."""


def may_see(complaint: Complaint, actor: Actor) -> bool:
    """Staff see complaints, whoever has a case in hand sees it, and those whom it concerns none that is open.

    The accused never see it; whoever supervises them, or is supervised by them, sees it when it has ended. Whoever
    works on the criminal side of the same matter sees nothing of it either.
    """
    if accused(complaint, actor) or complaint.took(actor.id, Part.CRIMINAL_SIDE):
        return False
    if actor.has(Role.COMPLAINANT, Role.HOUSE, Role.CLOCK) or complaint.investigator_id == actor.id:
        return True
    return actor.has(*SEES_ALL) and not _stays_hidden(complaint, actor)


def _stays_hidden(complaint: Complaint, actor: Actor) -> bool:
    return complaint.state in OPEN and is_in_the_chain(complaint, actor.id)


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the complaints that `may_see` lets the actor see."""
    staff = and_(true() if actor.has(*SEES_ALL) else false(), ~and_(Complaint.state.in_(OPEN), _in_the_chain(actor)))
    mine = or_(staff, Complaint.investigator_id == actor.id)
    return and_(does_not_accuse(actor), ~_on_the_criminal_side(actor), mine)


def _on_the_criminal_side(actor: Actor) -> ColumnElement[bool]:
    taken = PartTaken.complaint_id == Complaint.id, PartTaken.person_id == actor.id
    return exists().where(*taken, PartTaken.part == Part.CRIMINAL_SIDE).correlate(Complaint)


def does_not_accuse(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the complaints in which the actor is not accused."""
    return ~accusing(actor.id)


def accusing(officer_id: UUID) -> ColumnElement[bool]:
    """Return the condition for the complaints in which an officer is accused, in an allegation or by name."""
    alleged = select(Allegation.id).where(Allegation.complaint_id == Complaint.id, Allegation.officer_id == officer_id)
    named = select(Party.id).where(Party.complaint_id == Complaint.id, Party.officer_id == officer_id)
    accused_by_name = named.where(Party.role.in_(ACCUSED))
    return or_(alleged.correlate(Complaint).exists(), accused_by_name.correlate(Complaint).exists())


def may_unseal(complaint: Complaint, actor: Actor) -> bool:
    """Whoever keeps what is sealed deals with it in every complaint that does not concern them or theirs."""
    concerned = accused(complaint, actor) or complaint.took(actor.id, Part.CRIMINAL_SIDE)
    return actor.has(*KEEPERS) and not concerned and not _stays_hidden(complaint, actor)


def unsealed_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the complaints in which `may_unseal` lets a keeper deal with what is sealed."""
    hidden = and_(Complaint.state.in_(OPEN), _in_the_chain(actor))
    return and_(does_not_accuse(actor), ~_on_the_criminal_side(actor), ~hidden)


def may_see_dates(complaint: Complaint, actor: Actor) -> bool:
    """The board sees the dates of every complaint that does not accuse it; the agency those of what it sees."""
    return not accused(complaint, actor) if actor.has(Role.OVERSIGHT) else may_see(complaint, actor)


def may_see_people(complaint: Complaint, actor: Actor) -> bool:
    """Custodians see which people are in a complaint, and not what it says; others those of what they see."""
    return may_unseal(complaint, actor) or may_see(complaint, actor)


def _in_the_chain(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for complaints against somebody whom the actor supervises, or is supervised by.

    Each way counts unless it was overridden.
    """
    supervises = ReportingLine.supervisor_id == actor.id, _accused(ReportingLine.officer_id)
    supervised = ReportingLine.officer_id == actor.id, _accused(ReportingLine.supervisor_id)
    return or_(
        _line(*supervises) & ~_overridden(actor, Conflict.SUPERVISES),
        _line(*supervised) & ~_overridden(actor, Conflict.SUPERVISED),
    )


def _line(mine: ColumnElement[bool], theirs: ColumnElement[bool]) -> ColumnElement[bool]:
    since = func.coalesce(Complaint.incident_on, Complaint.received_on)
    holds = or_(ReportingLine.until.is_(None), ReportingLine.until >= since)
    return exists().where(mine, theirs, holds).correlate(Complaint)


def _accused(officer_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Return the condition that somebody is accused in the complaint, in an allegation or by name."""
    alleged = select(Allegation.officer_id).where(Allegation.complaint_id == Complaint.id)
    named = select(Party.officer_id).where(Party.complaint_id == Complaint.id, Party.role.in_(ACCUSED))
    return or_(officer_id.in_(alleged.correlate(Complaint)), officer_id.in_(named.correlate(Complaint)))


def _overridden(actor: Actor, kind: Conflict) -> ColumnElement[bool]:
    mine = Override.complaint_id == Complaint.id, Override.person_id == actor.id
    return exists().where(*mine, Override.conflict == kind).correlate(Complaint)
