"""The time limits of a complaint, and what whoever complained is owed."""

from datetime import date
from typing import ClassVar

from shared.events.complaints.words import TOPIC, Duty, Means, MovedLimit, Side
from shared.events.event import Audience, Code, Event, Oversight, Public


class LimitWarned(Event):
    """A time limit of a complaint comes to its end."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.limit_warned.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    limit: Oversight[Code]
    due_on: Oversight[date]
    days_left: Oversight[int]


class LimitExpired(Event):
    """A time limit of a complaint has passed and was not met."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.limit_expired.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    limit: Public[Code]
    due_on: Public[date]


class LimitsMoved(Event):
    """Time limits of a complaint stand still, go on, or were made longer, for a ground that the law names."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.limits_moved.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    ground: Oversight[Code]
    limits: Oversight[tuple[MovedLimit, ...]]


class ComplainantTold(Event):
    """Somebody kept a duty to whoever complained."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.complainant_told.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    duty: Oversight[Duty]
    means: Oversight[Means]


class Stalled(Event):
    """Nothing has happened to a complaint for too long, and somebody has to say why."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.stalled.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    idle_days: Oversight[int]
    answer_by: Oversight[date]


class StallIgnored(Event):
    """Nobody has said in time why nothing happens to a complaint."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.stall_ignored.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    days: Oversight[int]
    """Since they were asked."""


class DelayExplained(Event):
    """Somebody has said why nothing happens to a complaint, and by when it goes on."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.delay_explained.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    estimate: Oversight[date]
    late: Oversight[bool]
    """Whether it was said later than asked for."""


class DatesAcknowledged(Event):
    """One side relies on the dates that the record of a complaint has."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.dates_acknowledged.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    side: Oversight[Side]


class DatesDisputed(Event):
    """One side relies on other dates than the record of a complaint has."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.dates_disputed.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    side: Oversight[Side]
    dates: Oversight[tuple[Code, ...]]
    """`received`, or the codes of time limits."""
