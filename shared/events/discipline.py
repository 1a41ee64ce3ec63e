"""What the discipline service tells."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.event import Audience, Event, Oversight, Public
from shared.policy.agency import SanctionKind

TOPIC = "accord.discipline"


class Departure(StrEnum):
    """Where a sanction lies against the range of the matrix."""

    NONE = "within the range"
    BELOW = "below the range"
    ABOVE = "above the range"
    NO_RANGE = "the matrix has no range"


class Response(StrEnum):
    """What became of the officer's opportunity to respond."""

    RESPONDED = "responded"
    WAIVED = "waived"
    LAPSED = "lapsed"
