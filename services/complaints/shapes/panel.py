"""How a panel has voted."""

from datetime import datetime
from uuid import UUID

from shared.events.complaints import Finding
from shared.words import Shape


class VoteOut(Shape):
    """What one member finds of one allegation."""

    allegation_id: UUID
    member_id: UUID
    finding: Finding
    because: str
    cast_at: datetime
    counts: bool


class VotesOut(Shape):
    """How far the panel is; how its members voted is shown when it has decided."""

    members: int
    quorum: int
    cast: int
    votes: list[VoteOut]
