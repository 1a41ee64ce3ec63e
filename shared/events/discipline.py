"""What the discipline service tells.

Until discipline is final it is a personnel matter: the public learns that a case was opened and with how many counts,
civilian oversight also learns what was considered. Who it is about is told to the services only.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from shared.events.event import Audience, Code, Event, Oversight, Public

TOPIC = "accord.discipline"


LevelCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,16}$")]
"""What a matrix calls a class of violations, such as "IV"."""


class SanctionKind(StrEnum):
    """What discipline can consist of, from the mildest to the gravest."""

    ORAL_REPRIMAND = "oral reprimand"
    WRITTEN_REPRIMAND = "written reprimand"
    LOSS_OF_LEAVE = "loss of leave"
    SUSPENSION = "suspension"
    DEMOTION = "demotion"
    TERMINATION = "termination"


class Departure(StrEnum):
    """How a sanction stands to the range of the matrix."""

    WITHIN = "within"
    BELOW = "below"
    ABOVE = "above"
    NO_RANGE = "no range"
    """The matrix's source does not tell the range."""


class Response(StrEnum):
    """What became of the officer's opportunity to respond."""

    RESPONDED = "responded"
    WAIVED = "waived"
    LAPSED = "lapsed"


class DisciplineOpened(Event):
    """Sustained charges against one officer opened a case."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.opened.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    counts: Public[int]
    """How many charges the case holds."""
    officer_id: UUID
    complaint_id: UUID


class RangeComputed(Event):
    """What the agency's matrix says for the case stands."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.range_computed.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    matrix: Oversight[Code]
    level: Oversight[LevelCode]
    nth: Oversight[int]
    """Which violation of the level it is within the look-back; 1 is the first."""


class SanctionProposed(Event):
    """A sanction was recommended; None recommends that there be none."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.proposed.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    sanction: Oversight[SanctionKind | None]
    days: Oversight[int | None]
    departure: Oversight[Departure]


class NoticeServed(Event):
    """The officer has the charges, an explanation of the evidence, and a day until which to respond."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.notice_served.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    respond_by: Oversight[date]


class ResponseRecorded(Event):
    """The officer has responded, has waived it, or has let the day pass."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.response_recorded.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    response: Oversight[Response]


class HearingHeld(Event):
    """The officer was heard in person."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.hearing_held.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT


class DisciplineDecided(Event):
    """A sanction was decided and can still be appealed; None decides that there be none."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.decided.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    sanction: Oversight[SanctionKind | None]
    days: Oversight[int | None]
    departure: Oversight[Departure]


class DisciplineAppealed(Event):
    """The officer has appealed the decision."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.appealed.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT


class AppealWaived(Event):
    """The officer will not appeal."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.appeal_waived.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT


class AppealDecided(Event):
    """Somebody else has decided the case again; None decides that there be no sanction."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.appeal_decided.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    sanction: Oversight[SanctionKind | None]
    days: Oversight[int | None]
    departure: Oversight[Departure]


class DisciplineBecameFinal(Event):
    """The sanction, or that there is none, can no longer be appealed; from now on it is a public matter."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.final.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    sanction: Public[SanctionKind | None]
    days: Public[int | None]
    departure: Public[Departure]
    categories: Public[tuple[Code, ...]]
    """Of the most serious counts."""
    officer_id: UUID


class DisciplineImplemented(Event):
    """The sanction has taken effect."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.implemented.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class DisciplineCompleted(Event):
    """Nothing more is to be done on the case."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "discipline.completed.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC
