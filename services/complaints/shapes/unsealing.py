"""What is said when something sealed is to be read."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.events.complaints import PartyRole
from shared.unsealing import Answer
from shared.words import Shape, Text


class UnsealingIn(Shape):
    """Whose name and contact are to be read, and why."""

    party_id: UUID
    because: Text


class AnswerIn(Shape):
    """What a second person says to it, and why."""

    unsealing_id: UUID
    because: Text


class UnsealingOut(Shape):
    """A request to unseal."""

    id: UUID
    complaint_id: UUID
    party_id: UUID
    party: PartyRole
    state: Answer
    because: str
    asked_by: UUID
    asked_at: datetime
    answered_by: UUID | None
    answered_at: datetime | None
    answered_because: str | None
    readable_until: datetime | None


class UnsealingsOut(Shape):
    """Requests to unseal, the oldest first."""

    unsealings: list[UnsealingOut]


class UnsealedOut(Shape):
    """What was sealed."""

    party_id: UUID
    party: PartyRole
    name: str | None
    contact: str | None
    readable_until: datetime | None = Field(description="sealed again from this moment on")
