"""What can be asked about the time limits of complaints."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from services.complaints.queries import reading
from services.complaints.shapes.limits import KeptLimitsOut, KeptOut, TimeLimitOut, TimeLimitsOut, TollOut
from shared import audit, timelimits
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.policy.agency import AgencyRules
from shared.timelimits import REPEALED, TimeLimit, Toll, overdue


def time_limits(session: Session, complaint_id: UUID, actor: Actor, now: datetime, rules: AgencyRules) -> TimeLimitsOut:
    """Return every time limit of a complaint, explained, and the ledger of what moved them.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    tolls, today = timelimits.ledger(session, complaint.id), rules.today(now)
    return TimeLimitsOut(
        limits=[_line(limit, tolls, rules, today) for limit in timelimits.limits_of(session, complaint.id)],
        ledger=[_entry(toll, rules) for toll in tolls],
    )


def _line(limit: TimeLimit, tolls: Sequence[Toll], rules: AgencyRules, today: date) -> TimeLimitOut:
    rule = rules.limits.get(limit.code)
    return TimeLimitOut(
        code=limit.code,
        label=rule.label["en"] if rule else limit.code,
        law=rule.law if rule else REPEALED,
        started_on=limit.started_on,
        due_on=limit.due_on,
        met_on=limit.met_on,
        ended_on=limit.ended_on,
        late=limit.is_late(today),
        explained=timelimits.explained(limit, tolls, rules),
    )


def _entry(toll: Toll, rules: AgencyRules) -> TollOut:
    ground = rules.grounds.get(toll.ground)
    return TollOut(
        id=toll.id,
        ground=toll.ground,
        law=ground.law if ground else REPEALED,
        document=toll.document,
        since=toll.since,
        until=toll.until,
        longer_by=toll.longer_by,
        entered_by=toll.entered_by,
        entered_at=toll.entered_at,
    )


def kept_limits(session: Session, actor: Actor, now: datetime, rules: AgencyRules) -> KeptLimitsOut:
    """Count in how many complaints each time limit of the agency was kept."""
    audit.record(session, actor, "list time limits", NO_CASE)
    met, past = TimeLimit.met_on.is_not(None), overdue(rules.today(now))
    late = and_(met, or_(TimeLimit.met_on > TimeLimit.due_on, TimeLimit.expired))
    ended = TimeLimit.ended_on.is_not(None)
    kinds = {
        "in_time": and_(met, late.is_not(True)),
        "late": late,
        "ended": ended,
        "running": and_(~met, ~ended, past.is_not(True)),
        "overdue": past,
    }
    counted = select(TimeLimit.code, *(func.count().filter(kind) for kind in kinds.values())).group_by(TimeLimit.code)
    found = {code: dict(zip(kinds, counts, strict=True)) for code, *counts in session.execute(counted)}
    none = dict.fromkeys(kinds, 0)
    return KeptLimitsOut(
        limits=[
            KeptOut(code=code, label=rule.label["en"], law=rule.law, **found.get(code, none))
            for code, rule in rules.limits.items()
        ]
    )
