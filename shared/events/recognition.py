"""What the recognition service tells. Who is nominated is nobody's business until they consent to be named."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.event import Audience, Code, Event, Oversight, Public, ReleasedText

TOPIC = "accord.recognition"


class Criterion(StrEnum):
    """What a commendation honours."""

    COMMUNITY_TRUST = "commitment to community trust and engagement"
    INNOVATION = "innovative solutions"
    SERVICE = "outstanding service"
    DE_ESCALATION = "de-escalation"
    LIFESAVING = "lifesaving"
    VALOR = "valor"


class CommendationNominated(Event):
    """Somebody was nominated for an award, or thanked by the public."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.nominated.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    award: Public[Code]
    criterion: Public[Criterion]
    from_public: Public[bool]
    officer_id: UUID | None
    """None for a civilian, and while a thanked officer is not identified."""


class OfficerIdentified(Event):
    """A supervisor has found out which officer the public thanks."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.officer_identified.v1"

    officer_id: UUID


class CommendationVerified(Event):
    """A supervisor stands for the facts of the nomination."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.verified.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class CommendationSubmitted(Event):
    """The nomination is before the awards board."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.submitted.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class BallotCast(Event):
    """A member of the board has voted or recused themself; how is not told."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.ballot_cast.v1"


class CommendationVoted(Event):
    """The board has voted; more yes than no is a vote in favour."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.voted.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    yes: Public[int]
    no: Public[int]
    recused: Oversight[int]


class CommendationApproved(Event):
    """The chief has approved the award."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.approved.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    award: Public[Code]


class CommendationPresented(Event):
    """The award was presented."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.presented.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    award: Public[Code]
    criterion: Public[Criterion]
    recipient: Public[ReleasedText | None]
    """The recipient's name, only with their consent."""
    officer_id: UUID | None


class CommendationDenied(Event):
    """The award was denied, with reasons that stay in the agency."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.denied.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class CommendationWithdrawn(Event):
    """Whoever nominated has withdrawn the nomination."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.withdrawn.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class CommendationHeld(Event):
    """Nothing happens with the nomination until it is released."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.held.v1"


class CommendationReleased(Event):
    """The nomination goes on from where it was held."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.released.v1"


class CommendationRescinded(Event):
    """A presented award was taken back."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "commendation.rescinded.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    award: Public[Code]
    officer_id: UUID | None
