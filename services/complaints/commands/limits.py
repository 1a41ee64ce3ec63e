"""What time does to a complaint, and what is done about it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.commands.loading import load
from services.complaints.models import Complaint, Contact, State
from services.complaints.shapes.limits import ContactIn, TollEndIn, TollIn
from services.complaints.workflow import COMPLAINT
from shared import timelimits
from shared.actors import Actor
from shared.errors import Malformed, Objection
from shared.events import complaints as events
from shared.events.complaints import Duty
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone
from shared.sweep import CLOCK, coming_up
from shared.timelimits import TimeLimit


def reached(session: Session, complaint: Complaint, milestone: Milestone, on: date, rules: AgencyRules) -> None:
    """Meet and begin the time limits that this meets and begins, and tell of those that were met too late."""
    for late in timelimits.reach(session, complaint, milestone, on, rules):
        tell_expired(session, complaint, late)


def reopened_on(complaint: Complaint, rules: AgencyRules) -> date | None:
    """Return the day on which a complaint was last reopened; None for one that was not."""
    return None if complaint.reopened_at is None else rules.today(complaint.reopened_at)


def tell_expired(session: Session, complaint: Complaint, limit: TimeLimit, at: datetime | None = None) -> None:
    """Let everybody know that a limit was not met in time; `at` is when that was noticed, if not with a step."""
    if limit.due_on is not None:
        publish(session, complaint, events.LimitExpired(limit=limit.code, due_on=limit.due_on), CLOCK, at=at)


def tell_of_limits(session: Session, complaint_id: UUID, rules: AgencyRules, now: datetime) -> None:
    """Tell of every time limit of a complaint that has passed, or comes to its end."""
    complaint = load(session, complaint_id, CLOCK)
    for limit, days_left in coming_up(session, complaint.id, rules, rules.today(now)):
        if days_left < 0:
            tell_expired(session, complaint, limit, now)
        elif limit.due_on is not None:
            warned = events.LimitWarned(limit=limit.code, due_on=limit.due_on, days_left=days_left)
            publish(session, complaint, warned, CLOCK, at=now)


def move_limits(
    session: Session, complaint_id: UUID, toll: TollIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Let time limits stand still, or make them longer, for a ground that the law names.

    Raises:
        Malformed: the ground is not known, or the dates cannot be.
        Objection: no limit that runs has this ground, it holds already, or no more time can be granted.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "move limits of", actor, now)
    entry = timelimits.entry(complaint, actor, now, toll.model_dump())
    moved = timelimits.stop(session, entry, rules, rules.today(now))
    _tell_moved(session, complaint, toll.ground, moved, actor, toll.document)
    return complaint


def let_limits_go_on(
    session: Session, complaint_id: UUID, end: TollEndIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Write down the last day on which time limits stood still."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "move limits of", actor, now)
    toll, moved = timelimits.resume(session, complaint.id, end.toll_id, end.until, rules, rules.today(now))
    _tell_moved(session, complaint, toll.ground, moved, actor, toll.document)
    return complaint


def stand_still(
    session: Session, complaint: Complaint, ground: str, actor: Actor, now: datetime, rules: AgencyRules
) -> None:
    """Let time limits stand still from today for where the complaint has gone, if the agency's packs say so."""
    known = rules.grounds.get(ground)
    if known is None or known.longer_by is not None or not timelimits.may_stop(session, complaint, ground, rules):
        return
    today = rules.today(now)
    said = {"ground": ground, "document": complaint.number, "since": today, "until": None, "longer_by": None}
    moved = timelimits.stop(session, timelimits.entry(complaint, actor, now, said), rules, today)
    _tell_moved(session, complaint, ground, moved, actor, complaint.number)


def go_on(session: Session, complaint: Complaint, ground: str, actor: Actor, now: datetime, rules: AgencyRules) -> None:
    """Let time limits go on from tomorrow that stood still for where the complaint has been."""
    for toll in timelimits.ledger(session, complaint.id):
        if toll.ground == ground and toll.until is None and toll.longer_by is None:
            today = rules.today(now)
            _, moved = timelimits.resume(session, complaint.id, toll.id, today, rules, today)
            _tell_moved(session, complaint, ground, moved, actor, toll.document)


def tell_complainant(
    session: Session, complaint_id: UUID, contact: ContactIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Note that whoever complained was told what they are owed.

    Raises:
        Malformed: on a day before the complaint was received, or still to come.
        Objection: they are said to know an outcome, and there is none.
    """
    complaint = load(session, complaint_id, actor)
    keep_duty(session, complaint, contact, actor, now, rules)
    return complaint


def keep_duty(
    session: Session, complaint: Complaint, contact: ContactIn, actor: Actor, now: datetime, rules: AgencyRules
) -> None:
    """Note that whoever complained was told what they are owed, of a complaint that is in hand already.

    Raises:
        Malformed: on a day before the complaint was received, or still to come.
        Objection: they are said to know an outcome, and there is none.
    """
    COMPLAINT.advance(complaint, "tell the complainant of", actor, now)
    if lacks_outcome(complaint, contact.duty):
        raise Objection("There is no outcome to be told yet; the complaint has not been decided.")
    today = rules.today(now)
    told_on = contact.told_on or today
    if not complaint.received_on <= told_on <= today:
        when = "still to come" if told_on > today else f"before the complaint was received on {complaint.received_on}"
        raise Malformed(f"Whoever complained is said to have been told on {told_on}, which is {when}.")
    session.add(
        Contact(
            complaint_id=complaint.id,
            agency=complaint.agency,
            duty=contact.duty,
            means=contact.means,
            told_on=told_on,
            by=actor.id,
            noted_at=now,
        )
    )
    publish(session, complaint, events.ComplainantTold(duty=contact.duty, means=contact.means), actor)
    reached(session, complaint, Milestone(contact.duty.value), told_on, rules)
    if complaint.state is State.CLOSED:
        timelimits.end_news(session, complaint, today, rules)


def lacks_outcome(complaint: Complaint, duty: Duty) -> bool:
    """Whether this duty is to tell an outcome that there is not."""
    return duty is Duty.OUTCOME_TOLD and complaint.outcome is None


def _tell_moved(
    session: Session, complaint: Complaint, ground: str, moved: list[TimeLimit], actor: Actor, document: str
) -> None:
    limits = tuple(events.MovedLimit(limit=limit.code, due_on=limit.due_on) for limit in moved)
    publish(session, complaint, events.LimitsMoved(ground=ground, limits=limits), actor, why=document)
