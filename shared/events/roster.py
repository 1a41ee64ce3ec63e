"""What the roster of officers tells. Names, badges, ranks and units stay where the roster is kept."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from shared.events.discipline import TOPIC
from shared.events.event import Audience, Event, Oversight


class Leaving(StrEnum):
    """How an officer left the agency."""

    RESIGNED = "resigned"
    RETIRED = "retired"
    TERMINATED = "terminated"
    DIED = "died"
    OTHER = "otherwise"


class OfficerEntered(Event):
    """An officer was entered in the roster."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "officer.entered.v1"


class OfficerPosted(Event):
    """An officer has another rank, unit or supervisor."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "officer.posted.v1"


class OfficerDeparted(Event):
    """An officer has left the agency; no case ends with that."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "officer.departed.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    leaving: Oversight[Leaving]
    left_on: date


class OfficerReturned(Event):
    """An officer who had left serves again."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "officer.returned.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT
