"""What the pages say, in every language of the house; the words are in `words/`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Literal

from fastapi import Request

from gateway.feed.sentences import Language

WORDS = Path(__file__).parent / "words"
PREFIXES: Mapping[Language, str] = {"en": "", "es": "/es"}
"""What addresses of pages begin with; each language has addresses of its own, so that a page can be kept by anybody."""
OTHER: Mapping[Language, Language] = {"en": "es", "es": "en"}


@cache
def words(language: Language) -> Mapping[str, str]:
    """Return what the pages say in `language`."""
    said: dict[str, str] = tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
    return said


@cache
def called(what: Literal["names", "stages"]) -> Mapping[str, Mapping[Language, str]]:
    """Return what people read for names: of fields and columns, or of the stages of a complaint."""
    said: dict[str, dict[Language, str]] = tomllib.loads((WORDS / f"{what}.toml").read_text(encoding="utf-8"))
    return said


def name_of(field: str, language: Language) -> str:
    """Return what people read for a field or a column; one of an older vocabulary is called as it was entered."""
    return called("names")[field][language] if field in called("names") else field.replace("_", " ")


def stage_of(stage: str, language: Language) -> str:
    """Return what people read for a stage; a new one that has no words yet stays as it is."""
    return called("stages")[stage][language] if stage in called("stages") else stage


def fields_of(text: str) -> set[str]:
    """Return what is filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def language_of(request: Request) -> Language:
    """Return the language in which a page is asked for."""
    return "es" if request.url.path.startswith("/es/") else "en"


class Voice:
    """One page's language: what it says, and where the same page is in the other language."""

    def __init__(self, request: Request) -> None:
        self.language = language_of(request)
        self.other = OTHER[self.language]
        self.path = request.url.path.removeprefix(PREFIXES[self.language])
        self.is_read = request.method == "GET"
        """Whether this page is there for whoever comes back; one that answers a form is not."""
        self._query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""

    def say(self, key: str, **values: object) -> str:
        """Return what the page says under this key."""
        return words(self.language)[key].format(**values)

    def to(self, path: str) -> str:
        """Return the address of a page in this language."""
        return PREFIXES[self.language] + path

    def to_other(self, path: str) -> str:
        """Return the address of a page in the other language."""
        return PREFIXES[self.other] + path

    @property
    def in_other(self) -> str:
        """The address of this page in the other language."""
        return self.to_other(self.path) + self._query
