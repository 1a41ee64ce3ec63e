"""The sweep: it finds the cases of which something is to be told because time has passed, and lets their service tell.

It runs in the workers. Two that sweep at once find the same cases and tell once: each case is locked, and looked at
again, before anything is told of it.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.actors import NOBODY, Actor, Role
from shared.db import Database
from shared.occasion import Occasion
from shared.policy import Policy
from shared.policy.agency import AgencyRules
from shared.timelimits import TimeLimit, running_limits

logger = logging.getLogger(__name__)

CLOCK = Actor(NOBODY, frozenset({Role.CLOCK}))
"""Who takes a step because time has passed."""

Find = Callable[[Session, AgencyRules, datetime], Sequence[UUID]]
"""Finds the cases of the transaction's agency of which something is to be told."""
Tell = Callable[[Session, UUID, AgencyRules, datetime], None]
"""Looks at one case again and tells; one transaction's work."""


class Watch(NamedTuple):
    """What is looked for as time passes, and how it is told."""

    find: Find
    tell: Tell


class Coming(NamedTuple):
    """Something that is to be told of a limit."""

    limit: TimeLimit
    days_left: int
    """Until its due date; below zero when it has passed."""


def sweep(database: Database, policy: Policy, watches: Sequence[Watch], now: datetime) -> int:
    """Tell of everything that time has brought about, and return in how many cases something was to be told."""
    return sum(_watch(database, watch, rules, now) for rules in policy.agencies.values() for watch in watches)


def _watch(database: Database, watch: Watch, rules: AgencyRules, now: datetime) -> int:
    here = Occasion(service=database.service, agency=rules.code)
    with database.transaction(here) as session:
        found = watch.find(session, rules, now)
    for case_id in found:
        with _others_go_on(rules.code), database.transaction(here) as session:
            watch.tell(session, case_id, rules, now)
    return len(found)


@contextmanager
def _others_go_on(agency: str) -> Iterator[None]:
    """Let a case that cannot be told of be logged, so that it does not keep others from being told of."""
    try:
        yield
    except OperationalError:
        raise
    except Exception:
        logger.exception("What time has brought about in a case of %s could not be told", agency)


def limits_coming_up(session: Session, rules: AgencyRules, now: datetime) -> list[UUID]:
    """Return the cases of the transaction's agency with a limit that comes to its end."""
    today = rules.today(now)
    furthest = max((ahead for limit in rules.limits.values() for ahead in limit.warn), default=0)
    near = select(TimeLimit).where(
        TimeLimit.met_on.is_(None), TimeLimit.ended_on.is_(None), TimeLimit.due_on <= today + timedelta(days=furthest)
    )
    limits = session.scalars(near.where(TimeLimit.expired.is_(False)).order_by(TimeLimit.due_on)).all()
    return list(dict.fromkeys(limit.case_id for limit in limits if to_tell(limit, rules, today)))


def coming_up(session: Session, case_id: UUID, rules: AgencyRules, today: date) -> Sequence[Coming]:
    """Return what is to be told of a case now, and note that it was told."""
    found = [
        Coming(limit, (limit.due_on - today).days)
        for limit in running_limits(session, case_id)
        if limit.due_on is not None and to_tell(limit, rules, today)
    ]
    for limit, days_left in found:
        if days_left < 0:
            limit.expired = True
        else:
            limit.warned = _warning(limit, rules, days_left)
    return found


def to_tell(limit: TimeLimit, rules: AgencyRules, today: date) -> bool:
    """Whether a limit has passed untold, or has come to a warning that was not given."""
    if limit.due_on is None or limit.expired:
        return False
    days_left = (limit.due_on - today).days
    warning = _warning(limit, rules, days_left)
    return days_left < 0 or (warning is not None and (limit.warned is None or warning < limit.warned))


def _warning(limit: TimeLimit, rules: AgencyRules, days_left: int) -> int | None:
    """Return the latest warning that is due with so many days left; None before the first."""
    rule = rules.limits.get(limit.code)
    return min((ahead for ahead in rule.warn if days_left <= ahead), default=None) if rule else None
