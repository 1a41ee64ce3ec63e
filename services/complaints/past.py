"""What the days of a legacy record tell of the time limits that held for it. Nothing here asks a database.

A limit is counted from the day on which it began, if the record knows that day. It was met on the day on which the
record says so; a step without a day is taken to have been done by the next one that has a day, so that a case of which
nothing is known but when it was closed is measured by that. Of what the complainant was told nothing is taken for
granted either way.
"""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from services.complaints.shapes.legacy import LegacyIn
from shared import timelimits
from shared.errors import Malformed
from shared.events.complaints import Precision
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone

LIFE = (
    Milestone.CLASSIFIED,
    Milestone.ASSIGNED,
    Milestone.INVESTIGATED,
    Milestone.REVIEWED,
    Milestone.DECIDED,
    Milestone.CLOSED,
)
"""Steps that follow each other in every complaint that is gone through to its end."""


class PastLimit(NamedTuple):
    """A time limit that held for a legacy record."""

    code: str
    started_on: date
    due_on: date
    met_on: date | None
    """None while it is still to be met."""

    def is_late(self, today: date) -> bool:
        """Whether it was met after its due date, or has passed and was not met."""
        return self.due_on < (self.met_on or today)


def known_days(legacy: LegacyIn) -> dict[Milestone, date]:
    """Return what the record dates to the day."""
    found = [entry.found_on for entry in legacy.allegations if entry.found_on]
    said = {
        Milestone.RECEIVED: legacy.received_on if legacy.precision is Precision.DAY else None,
        Milestone.DECIDED: max(found, default=None),
        Milestone.CLOSED: legacy.closed_on,
        **(legacy.history or {}),
    }
    return {step: day for step, day in said.items() if day is not None}


def past_limits(legacy: LegacyIn, rules: AgencyRules) -> list[PastLimit]:
    """Return the limits of which the record's days tell whether they were kept; all that run, if it is pending."""
    days, pending = known_days(legacy), is_pending(legacy)
    by = days if pending else {**days, **_by_the_next(days)}
    found = []
    for code, rule in rules.limits.items():
        met_on = by.get(rule.met_by)
        if rule.begins not in days or rule.begins is rule.met_by or (met_on is None and not pending):
            continue
        due_on = timelimits.reckoned(code, days[rule.begins], (), rules).due_on
        if due_on is not None:
            found.append(PastLimit(code, days[rule.begins], due_on, met_on))
    return found


def is_pending(legacy: LegacyIn) -> bool:
    """Whether the record's findings are still to be made."""
    return legacy.allegations[0].finding is None


def _by_the_next(days: Mapping[Milestone, date]) -> dict[Milestone, date]:
    """Return for each step of a life the day on which it or the next one was taken that has a day."""
    by: dict[Milestone, date] = {}
    following = None
    for step in reversed(LIFE):
        following = days.get(step, following)
        if following is not None:
            by[step] = following
    return by


def refuse_impossible_past(legacy: LegacyIn, today: date) -> None:
    """Refuse days of findings and steps that cannot be.

    Raises:
        Malformed: says which step and which day.
    """
    if any(entry.found_on and entry.finding is None for entry in legacy.allegations):
        raise Malformed("An allegation is pending and has the day of a finding; say what was found.")
    found = [(f"{entry.category} was found to be {entry.finding}", entry.found_on) for entry in legacy.allegations]
    steps = [(f"The record was {step}", day) for step, day in (legacy.history or {}).items()]
    for what, day in (*found, *steps):
        if day is not None and not legacy.received_on <= day <= today:
            when = "still to come" if day > today else f"before it was received on {legacy.received_on}"
            raise Malformed(f"{what} on {day}, which is {when}.")
    _refuse_disorder(known_days(legacy))


def _refuse_disorder(days: Mapping[Milestone, date]) -> None:
    taken = [(step, days[step]) for step in LIFE if step in days]
    for (earlier, before), (later, after) in pairwise(taken):
        if after < before:
            raise Malformed(f"The record was {later} on {after}, before it was {earlier} on {before}.")
