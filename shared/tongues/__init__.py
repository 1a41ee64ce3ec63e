"""What people are told, in their own language.

Sentences are written in English where they are told, and catalogues hold them in other languages.
A catalogue is a TOML file named after its language: an English sentence with its {fields}, and what it is there. What a
catalogue does not hold is told in English.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

ENGLISH = "en"
FOLDER = Path(__file__).parent
RANGE = re.compile(
    r"\s*(?P<language>[a-z]{2})(?:-[a-z0-9-]*)?\s*(?:;\s*q=(?P<weight>[01](?:\.[0-9]{0,3})?))?\s*",
    re.ASCII | re.IGNORECASE,
)


class Catalogue(BaseModel):
    """What is told in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentences: Mapping[str, str]
    """English sentence → the same in this language."""
    words: Mapping[str, str]
    """What a field of a sentence may hold → the same in this language."""
    errors: Mapping[str, str]
    """pydantic's type of error → the sentence, for what is told in pydantic's words otherwise."""


@cache
def catalogues() -> Mapping[str, Catalogue]:
    """Return every catalogue by its language."""
    return {
        path.stem: Catalogue.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.toml"))
    }


def preferred(accept_language: str) -> str:
    """Return the language that is wanted most of those spoken here; English when none is, or it cannot be read."""
    spoken = {ENGLISH, *catalogues()}
    wanted = sorted(_ranges(accept_language), key=lambda one: one[1], reverse=True)
    return next((language for language, weight in wanted if weight and language in spoken), ENGLISH)


def _ranges(accept_language: str) -> Iterator[tuple[str, float]]:
    for one in accept_language.split(","):
        if found := RANGE.fullmatch(one):
            yield found["language"].lower(), float(found["weight"] or 1)


def told(sentence: str, language: str, /, **fields: object) -> str:
    """Return a sentence of the code in `language`, filled in; one without fields stands as it is."""
    catalogue = catalogues().get(language)
    if catalogue and sentence in catalogue.sentences:
        sentence = catalogue.sentences[sentence]
        fields = {name: _word(value, catalogue) for name, value in fields.items()}
    return sentence.format_map(fields) if fields else sentence


def error_sentence(kind: str, language: str, fields: Mapping[str, object]) -> str | None:
    """Return what a catalogue says of pydantic's error `kind`; None when it says nothing."""
    catalogue = catalogues().get(language)
    known = catalogue and catalogue.errors.get(kind)
    return known.format_map(fields) if known else None


def _word(value: object, catalogue: Catalogue) -> object:
    return catalogue.words.get(value, value) if isinstance(value, str) else value
