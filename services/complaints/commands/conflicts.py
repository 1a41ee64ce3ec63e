"""Conflicts of interest: declared, overridden by a second person, or made by lines of supervision."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.complaints.commands.loading import load
from services.complaints.commands.reasons import note_reason
from services.complaints.conflicts import DECLARED, conflicts_of, standing_conflicts
from services.complaints.models import Complaint, Declaration, Override, ReportingLine
from services.complaints.shapes.assignment import DeclarationIn, OverrideIn, ReportingLineIn
from services.complaints.workflow import COMPLAINT
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.errors import Malformed, Objection
from shared.events import complaints as events
from shared.events.complaints import Conflict
from shared.occasion import occasion
from shared.outbox import publish


def declare(session: Session, complaint_id: UUID, said: DeclarationIn, actor: Actor, now: datetime) -> Complaint:
    """Note that somebody has a conflict of interest with the complaint.

    Raises:
        Malformed: the conflict is one that is known and not declared.
        Objection: it was declared before.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "declare a conflict with", actor, now)
    if said.conflict not in DECLARED:
        kinds = ", ".join(kind for kind in Conflict if kind in DECLARED)
        raise Malformed(f"{str(said.conflict)!r} is not declared, it is known; what can be declared is {kinds}.")
    whose = said.person_id or actor.id
    if any((one.person_id, one.conflict) == (whose, said.conflict) for one in complaint.declared):
        raise Objection("This conflict of interest was declared before.")
    declared = {"person_id": whose, "conflict": said.conflict, "because": said.because}
    complaint.declared.append(
        Declaration(
            complaint_id=complaint.id, agency=complaint.agency, **declared, declared_by=actor.id, declared_at=now
        )
    )
    event = events.ConflictDeclared(conflict=said.conflict, person_id=whose)
    publish(session, complaint, event, actor, why=said.because)
    return complaint


def override(session: Session, complaint_id: UUID, said: OverrideIn, actor: Actor, now: datetime) -> Complaint:
    """Let somebody deal with the complaint in spite of their conflicts of interest, for reasons in writing.

    Raises:
        Objection: it is one's own, there is none, or the person is accused.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "override a conflict with", actor, now)
    if said.person_id == actor.id:
        raise Objection("Nobody overrides their own conflict of interest; that takes a second person.")
    if Conflict.ACCUSED in conflicts_of(complaint, said.person_id):
        raise Objection("Whoever is accused in a complaint stays out of it; that cannot be overridden.")
    kinds = standing_conflicts(complaint, said.person_id)
    if not kinds:
        raise Objection("No conflict of interest of this person stands against anything; there is nothing to override.")
    for kind in kinds:
        overridden = {"person_id": said.person_id, "conflict": kind, "because": said.because}
        complaint.overrides.append(
            Override(
                complaint_id=complaint.id,
                agency=complaint.agency,
                **overridden,
                overridden_by=actor.id,
                overridden_at=now,
            )
        )
    event = events.ConflictOverridden(conflicts=kinds, person_id=said.person_id)
    publish(session, complaint, event, actor, why=said.because)
    note_reason(session, complaint, "override a conflict", said.because, actor, now)
    return complaint


def enter_line(
    session: Session, said: ReportingLineIn, actor: Actor, now: datetime, today: date
) -> list[ReportingLine]:
    """Note by whom an officer is supervised from a day on, and return all lines of the officer, the latest first.

    Raises:
        Malformed: officers do not supervise themselves; the day is still to come, or not after the line before began.
    """
    since = said.since or today
    if said.supervisor_id == said.officer_id:
        raise Malformed("An officer does not supervise themselves; name another supervisor.")
    if since > today:
        raise Malformed(f"The line is said to begin on {since}, which is still to come.")
    _wait_for_the_same_officer(session, said.officer_id)
    lines = lines_of(session, said.officer_id)
    if lines and since <= lines[0].since:
        raise Malformed(f"The line before began on {lines[0].since}; one that begins on {since} is not after it.")
    if lines and lines[0].until is None:
        lines[0].until = since - timedelta(days=1)
    if said.supervisor_id is not None:
        told = {"officer_id": said.officer_id, "supervisor_id": said.supervisor_id, "since": since}
        line = ReportingLine(agency=occasion(session).agency, **told, entered_by=actor.id, entered_at=now)
        session.add(line)
        lines.insert(0, line)
    audit.record(session, actor, "enter reporting line", NO_CASE)
    return lines


def _wait_for_the_same_officer(session: Session, officer_id: UUID) -> None:
    """Let entries for one officer follow each other, so that the second finds what the first entered."""
    name = f"reporting line {officer_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def lines_of(session: Session, officer_id: UUID) -> list[ReportingLine]:
    """Return by whom an officer was and is supervised, the latest first."""
    found = select(ReportingLine).where(ReportingLine.officer_id == officer_id)
    return list(session.scalars(found.order_by(ReportingLine.since.desc())))
