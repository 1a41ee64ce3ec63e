"""What every step of a discipline case begins with: the case, the day, and what is refused about days."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.discipline.models import DisciplineCase
from services.discipline.sight import may_see
from shared import cases
from shared.actors import Actor
from shared.errors import Malformed
from shared.policy.agency import AgencyRules


def load(session: Session, case_id: UUID, actor: Actor) -> DisciplineCase:
    """Return the case, locked until the commit.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    return cases.load(session, DisciplineCase, "discipline case", case_id, lambda case: may_see(case, actor))


def refuse_future(name: str, day: date, now: datetime, rules: AgencyRules) -> None:
    """Refuse a day that is still to come.

    Raises:
        Malformed: says which.
    """
    if day > rules.today(now):
        raise Malformed(f"{name} is {day}, which is still to come.")


def refuse_outside_the_case(name: str, day: date, case: DisciplineCase, now: datetime, rules: AgencyRules) -> None:
    """Refuse a day that is still to come, or on which the case was not open yet.

    Raises:
        Malformed: says which.
    """
    refuse_future(name, day, now, rules)
    opened = rules.today(case.opened_at)
    if day < opened:
        raise Malformed(f"{name} is {day}, before the case was opened on {opened}.")


def refuse_past(name: str, day: date, now: datetime, rules: AgencyRules) -> None:
    """Refuse a day that leaves no time.

    Raises:
        Malformed: says which.
    """
    if day <= rules.today(now):
        raise Malformed(f"{name} is {day}, which leaves no time; give a later day.")
