"""Who has a complaint in hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.commands.limits import reached
from services.complaints.commands.loading import load
from services.complaints.conflicts import SAID, standing_conflicts
from services.complaints.models import Assignment, Complaint, Part, State
from services.complaints.shapes.assignment import AssignmentIn, SupervisorIn
from services.complaints.workflow import COMPLAINT
from shared.actors import Actor
from shared.errors import Malformed, Objection
from shared.events import complaints as events
from shared.events.complaints import Conflict
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone


def assign(
    session: Session, complaint_id: UUID, assignment: AssignmentIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Give the case to an investigator, or to another one, who has no conflict of interest.

    Raises:
        Malformed: the case changes hands without a reason.
        Objection: the investigator has a conflict of interest, has judged the complaint, or has the case already.
    """
    complaint = load(session, complaint_id, actor)
    verb = "reassign" if complaint.state is State.INVESTIGATING else "assign"
    COMPLAINT.advance(complaint, verb, actor, now)
    who = assignment.investigator_id
    _refuse_conflicted(complaint, who, actor, standing_conflicts(complaint, who))
    _give(session, complaint, who, assignment.because, actor, now)
    publish(session, complaint, events.ComplaintAssigned(investigator_id=who), actor, why=assignment.because or "")
    reached(session, complaint, Milestone.ASSIGNED, rules.today(now), rules)
    return complaint


def hand_to_supervisor(
    session: Session, complaint_id: UUID, given: SupervisorIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Let a supervisor deal with the complaint, also the one who supervises the accused.

    Raises:
        Malformed: the case changes hands without a reason.
        Objection: the supervisor has another conflict of interest, has judged the complaint, or has the case already.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "hand to supervisor", actor, now)
    who = given.supervisor_id
    kinds = tuple(kind for kind in standing_conflicts(complaint, who) if kind is not Conflict.SUPERVISES)
    _refuse_conflicted(complaint, who, actor, kinds)
    _give(session, complaint, who, given.because, actor, now)
    publish(session, complaint, events.GivenToSupervisor(supervisor_id=who), actor, why=given.because or "")
    reached(session, complaint, Milestone.ASSIGNED, rules.today(now), rules)
    return complaint


def take_from(session: Session, complaint: Complaint, now: datetime) -> None:
    """End the assignment of whoever has the case, if anybody has."""
    open_ones = select(Assignment).where(Assignment.complaint_id == complaint.id, Assignment.ended_at.is_(None))
    for assignment in session.scalars(open_ones):
        assignment.ended_at = now
    complaint.investigator_id = None


def _refuse_conflicted(complaint: Complaint, who: UUID, actor: Actor, kinds: tuple[Conflict, ...]) -> None:
    if Conflict.ACCUSED in kinds:
        raise Objection("Whoever is accused in a complaint cannot investigate it; assign somebody else.")
    if kinds:
        way_out = "assign somebody else, or let a second person override it"
        raise Objection(f"Whoever {SAID[kinds[0]]} cannot investigate it; {way_out}.")
    if any(one.person_id == who and one.overridden_by == actor.id for one in complaint.overrides):
        raise Objection("Whoever overrode a conflict of interest does not assign the case; that takes a second person.")
    for part in (Part.REVIEWED, Part.DECIDED):
        if complaint.took(who, part):
            raise Objection(f"Whoever {part} a complaint cannot investigate it; assign somebody else.")


def _give(session: Session, complaint: Complaint, who: UUID, because: str | None, actor: Actor, now: datetime) -> None:
    """Note that somebody has the case from now on."""
    if complaint.investigator_id == who:
        raise Objection("This person has the case already.")
    wall.refuse_across(session, complaint, who)
    if complaint.investigator_id is not None and because is None:
        raise Malformed("The case changes hands; say why ('because').")
    take_from(session, complaint, now)
    complaint.investigator_id = who
    complaint.note(who, Part.INVESTIGATED)
    given = {"investigator_id": who, "because": because, "assigned_by": actor.id, "assigned_at": now}
    session.add(Assignment(complaint_id=complaint.id, agency=complaint.agency, **given))
