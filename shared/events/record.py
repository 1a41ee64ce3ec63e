"""What the public record tells of itself: that an entry was wrong, or that values were deleted from it.

The gateway's operator makes these events. They travel on the public topic like all others, so that a record that is
built again from the topic forgets again what it had to forget.
"""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from shared.events.event import Audience, Code, Event, Public, ReleasedText

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""The name of a field of an event."""
EntryIndex = Annotated[int, Field(ge=0, lt=2**53)]
"""The place of an entry in the feed."""

TOPIC = "accord.public"


class EntryCorrected(Event):
    """An entry of the public record was wrong; it stays, and this says which fields were wrong and what is right."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "record.corrected.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    entry: Public[EntryIndex]
    fields: Public[tuple[FieldName, ...]]
    basis: Public[Code]
    authority: Public[ReleasedText]
    """The office or court that ordered it; never a person."""
    correct: Public[ReleasedText]
    """What is right, as the operator published it."""


class EntryRedacted(Event):
    """The values of some fields of an entry of the public record were deleted."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "record.redacted.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    entry: Public[EntryIndex]
    fields: Public[tuple[FieldName, ...]]
    basis: Public[Code]
    authority: Public[ReleasedText]


class CaseExpunged(Event):
    """All values of a case's entries in the public record were deleted; this is what is left to be counted."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "record.expunged.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    entries: Public[int]
    """How many entries there were when it was ordered."""
    basis: Public[Code]
    authority: Public[ReleasedText]
