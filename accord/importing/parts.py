"""What every part of a mapping file is made of: columns, and words that are looked up."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from accord.importing.words import folded

V = TypeVar("V")
Column = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """A part of a mapping file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def by_folded_words(words: dict[str, V]) -> dict[str, V]:
    """Return `words` as they are looked up.

    Raises:
        ValueError: one word is mapped to two things.
    """
    found: dict[str, V] = {}
    for word, meaning in words.items():
        if found.setdefault(folded(word), meaning) != meaning:
            raise ValueError(f"{word!r} is mapped to two things; case and spaces make no difference")
    return found


Words = Annotated[dict[str, V], AfterValidator(by_folded_words)]
