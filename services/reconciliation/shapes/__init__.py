"""What comes in and goes out over the wire, by subject."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from shared.events.event import ReleasedText
from shared.words import without_control_characters

Words = Annotated[
    ReleasedText,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(without_control_characters),
]
"""Text of up to 2,000 characters that is published, with the consent of whomever it names."""
