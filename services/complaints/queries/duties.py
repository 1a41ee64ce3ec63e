"""What can be asked about the duties to whoever complained: how often each was kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.complaints.models import Contact
from services.complaints.queries.limits import kept_limits
from services.complaints.shapes.duties import KeptDutiesOut, KeptDutyOut
from services.complaints.shapes.limits import KeptOut
from shared.actors import Actor
from shared.events.complaints import Duty, Means
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone


def kept_duties(session: Session, actor: Actor, now: datetime, rules: AgencyRules) -> KeptDutiesOut:
    """Say of every duty how often it was kept in time, of all times that it had to be, and by which means."""
    limits = {one.code: one for one in kept_limits(session, actor, now, rules).limits}
    told = select(Contact.duty, Contact.means, func.count()).group_by(Contact.duty, Contact.means)
    means: dict[Duty, dict[Means, int]] = {}
    for duty, by, count in session.execute(told):
        means.setdefault(duty, {})[by] = count
    return KeptDutiesOut(
        duties=[
            _kept(
                duty,
                [limits[code] for code, rule in rules.limits.items() if rule.met_by is Milestone(duty.value)],
                means,
            )
            for duty in Duty
        ]
    )


def _kept(duty: Duty, limits: Sequence[KeptOut], means: Mapping[Duty, dict[Means, int]]) -> KeptDutyOut:
    in_time, late = sum(one.in_time for one in limits), sum(one.late for one in limits)
    overdue = sum(one.overdue for one in limits)
    owed = in_time + late + overdue
    return KeptDutyOut(
        duty=duty,
        in_time=in_time,
        late=late,
        overdue=overdue,
        rate=round(in_time / owed, 4) if owed else None,
        means=means.get(duty, {}),
    )
