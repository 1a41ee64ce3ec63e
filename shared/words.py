"""Text that people write, as every service takes it in."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

LONGEST = 20_000


def without_control_characters(text: str) -> str:
    """Return `text`, or refuse it for a character that no keyboard writes.

    Raises:
        ValueError: names the character.
    """
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t":
            raise ValueError(f"the control character U+{ord(character):04X} cannot be stored; remove it")
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
