"""Conflicts of interest: who has one with a complaint, and whether it keeps them from it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import object_session

from services.complaints.models import Complaint, ReportingLine
from shared.events.complaints import Conflict

DECLARED = frozenset(Conflict) - {Conflict.ACCUSED, Conflict.SUPERVISES, Conflict.SUPERVISED}
"""What people say of themselves or of each other; the other kinds are known."""

SAID: Mapping[Conflict, str] = {
    Conflict.ACCUSED: "is accused in a complaint",
    Conflict.SUPERVISES: "supervises an accused officer",
    Conflict.SUPERVISED: "is supervised by an accused officer",
    Conflict.WITNESS: "witnessed the incident",
    **{kind: f"has a conflict of interest ({kind})" for kind in DECLARED - {Conflict.WITNESS}},
}
"""What a sentence about whoever has the conflict says of them."""


def conflicts_of(complaint: Complaint, person_id: UUID) -> tuple[Conflict, ...]:
    """Return every conflict of interest that somebody has with a complaint, the gravest first."""
    if complaint.accuses(person_id):
        return (Conflict.ACCUSED,)
    declared = {one.conflict for one in complaint.declared if one.person_id == person_id}
    if complaint.has_witness(person_id):
        declared.add(Conflict.WITNESS)
    return tuple(kind for kind in Conflict if kind in declared | _supervision(complaint, person_id))


def standing_conflicts(complaint: Complaint, person_id: UUID) -> tuple[Conflict, ...]:
    """Return those of somebody's conflicts that nobody has overridden."""
    return _not_overridden(complaint, person_id, conflicts_of(complaint, person_id))


def is_in_the_chain(complaint: Complaint, person_id: UUID) -> bool:
    """Whether somebody supervises an accused officer, or is supervised by one, and nobody has overridden that."""
    return bool(_not_overridden(complaint, person_id, tuple(_supervision(complaint, person_id))))


def _supervision(complaint: Complaint, person_id: UUID) -> set[Conflict]:
    """A line of supervision counts if it holds, or has held at any time since the incident."""
    since = complaint.incident_on or complaint.received_on
    lines = [line for line in lines_around(complaint) if line.until is None or line.until >= since]
    found: set[Conflict] = set()
    if any(line.supervisor_id == person_id for line in lines):
        found.add(Conflict.SUPERVISES)
    if any(line.officer_id == person_id for line in lines):
        found.add(Conflict.SUPERVISED)
    return found


def lines_around(complaint: Complaint) -> Sequence[ReportingLine]:
    """Return by whom the accused are or were supervised, and whom they supervise or supervised."""
    session, accused = object_session(complaint), complaint.accused_ids
    if session is None or not accused:
        return ()
    either = or_(ReportingLine.officer_id.in_(accused), ReportingLine.supervisor_id.in_(accused))
    return session.scalars(select(ReportingLine).where(either)).all()


def _not_overridden(complaint: Complaint, person_id: UUID, kinds: tuple[Conflict, ...]) -> tuple[Conflict, ...]:
    if not kinds:
        return ()
    overridden = {one.conflict for one in complaint.overrides if one.person_id == person_id}
    return tuple(kind for kind in kinds if kind not in overridden)
