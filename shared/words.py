"""Text that people write, as every service takes it in."""

import re
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from shared.actors import NOBODY

LONGEST = 20_000
TURNING = r"\u202a-\u202e\u2066-\u2069"
"""Characters that turn the order in which text is read; writing from right to left needs none of them."""
UNWRITTEN = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{TURNING}]")
"""Those, Unicode's control characters but for line ends and tabs, and halves of a character."""
EARLIEST, LATEST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def within_the_calendar(moment: datetime) -> datetime:
    """Return `moment` in UTC, or refuse one that the database could not tell again.

    Raises:
        ValueError: it lies outside.
    """
    if not EARLIEST < moment.replace(tzinfo=UTC) < LATEST:
        raise ValueError("this moment lies outside the calendar")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(within_the_calendar)]
"""A moment with its time zone."""


def without_control_characters(text: object) -> object:
    """Return `text`, or refuse it for a character that no keyboard writes, wherever it stands.

    Raises:
        ValueError: names the character.
    """
    found = UNWRITTEN.search(text) if isinstance(text, str) else None
    if found:
        character = f"U+{ord(found[0]):04X}"
        message = "the control character {character} cannot be stored; remove it"
        raise PydanticCustomError("control_character", message, {"character": character})
    return text


def somebody(person_id: UUID) -> UUID:
    """Return an id, or refuse the one that stands for nobody.

    Raises:
        ValueError: it is that one.
    """
    if person_id == NOBODY:
        raise ValueError("this id stands for nobody; leave it out if it is not known who it is")
    return person_id


PersonId = Annotated[UUID, AfterValidator(somebody)]
"""The id of a person, in the roster and in the identity provider alike."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    BeforeValidator(without_control_characters),
]
"""A text of up to 20,000 characters."""

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    BeforeValidator(without_control_characters),
]
"""A name, a place, an address: up to 200 characters."""


class Shape(BaseModel):
    """What comes in or goes out over the wire. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)
