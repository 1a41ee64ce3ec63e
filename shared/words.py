"""Text that people write, as every service takes it in."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

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


def without_control_characters(text: str) -> str:
    """Return `text`, or refuse it for a character that no keyboard writes.

    Raises:
        ValueError: names the character.
    """
    found = UNWRITTEN.search(text)
    if found:
        raise ValueError(f"the control character U+{ord(found[0]):04X} cannot be stored; remove it")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    AfterValidator(without_control_characters),
]
"""A text of up to 20,000 characters."""

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(without_control_characters),
]
"""A name, a place, an address: up to 200 characters."""


class Shape(BaseModel):
    """What comes in or goes out over the wire. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)
