"""What an entry of the feed says, in plain words, in every language of the house; the words are in `words/`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.feed.packs import any_label
from gateway.feed.vocabulary import public_fields, public_kind, public_part
from shared.events.event import Fact
from shared.policy import Policy
from shared.policy.agency import AgencyRules

WORDS = Path(__file__).parent / "words"
OTHERWISE = "otherwise"
"""What is said of an entry that nothing else can be said of."""

Language = Literal["en", "es"]


class Tongue(BaseModel):
    """What the feed says in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    between: str = Field(alias="and")
    sentences: Mapping[str, Sequence[str]]
    """Event type → sentences, the most telling one first."""
    facts: Mapping[str, Sequence[str]]
    """The same for the parts that an event is made of."""
    befallen: Mapping[str, str]
    """What became of an entry → what is added to its sentence."""
    words: Mapping[str, Mapping[str, str]]
    """Name of an enumeration → its value → what people read."""


@cache
def tongue(language: Language) -> Tongue:
    """Return what the feed says in `language`."""
    return Tongue.model_validate(tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8")))


class Number(int):
    """A number that a sentence counts with: `{days:day|days}`."""

    def __format__(self, forms: str) -> str:
        one, _, many = forms.partition("|")
        return " ".join(filter(None, (str(int(self)), one if self == 1 else many)))


class Truth:
    """Something that is so: `{suitable:it may be}`."""

    def __format__(self, words: str) -> str:
        return words


class Told(Protocol):
    """What a sentence is made from."""

    @property
    def type(self) -> str:
        """The event's type."""

    @property
    def agency(self) -> str:
        """The agency's code."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """What the public sees of the event."""

    @property
    def corrects(self) -> int | None:
        """The entry that this one corrects."""

    @property
    def redacted(self) -> Sequence[str]:
        """The fields whose values were deleted."""

    @property
    def expunged_by(self) -> int | None:
        """The entry that tells why all values were deleted."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A language together with the words of an agency's own packs."""

    language: Language
    tongue: Tongue
    rules: AgencyRules | None
    """None for an agency that is no longer served here; its codes are said as they are."""

    def says(self, value: object) -> object:
        """Return a value as a sentence says it, or an empty string when there is nothing to say."""
        match value:
            case bool():
                return Truth() if value else ""
            case Enum():
                return self.tongue.words.get(type(value).__name__, {}).get(value.value, value.value)
            case int():
                return Number(value)
            case str():
                return any_label(value, self.rules, self.language) or value
            case Fact() | tuple():
                return self._together(value)
            case _:
                return "" if value is None else str(value)

    def _together(self, value: Fact | tuple[object, ...]) -> str:
        if isinstance(value, Fact):
            parts = {name: self.says(part) for name, part in dict(value).items()}
            return first_complete(self.tongue.facts[type(value).__name__], parts)
        said = [str(self.says(part)) for part in value]
        if any(isinstance(part, Fact) for part in value):
            return "; ".join(said)
        return self.tongue.between.join(filter(None, (", ".join(said[:-1]), *said[-1:])))


def sentence(entry: Told, policy: Policy, language: Language = "en") -> str:
    """Return what `entry` says."""
    voice = Voice(language, tongue(language), policy.agencies.get(entry.agency))
    said = {name: voice.says(value) for name, value in _values(entry).items()}
    sentences = voice.tongue.sentences
    plain = first_complete(sentences.get(entry.type, sentences[OTHERWISE]), said)
    return " ".join([plain, *_befallen(entry, voice.tongue)])


def _befallen(entry: Told, tongue: Tongue) -> Iterator[str]:
    """Yield what has to be said beside the event: that it replaces another entry, or that something was deleted."""
    if entry.corrects is not None and not entry.type.startswith("record."):
        yield tongue.befallen["corrects"].format(index=entry.corrects)
    if entry.expunged_by is not None:
        yield tongue.befallen["expunged"].format(index=entry.expunged_by)
    elif entry.redacted:
        yield tongue.befallen["redacted"]


def _values(entry: Told) -> dict[str, object]:
    """Return the entry's fields as what they are; none of an entry that today's vocabulary cannot read."""
    kind = public_kind(entry.type)
    if kind is None:
        return {}
    try:
        if entry.redacted:
            readers = public_fields(kind)
            there = {name: value for name, value in entry.fields.items() if name in readers}
            return {name: readers[name].validate_python(value) for name, value in there.items()}
        return dict(public_part(kind).model_validate(entry.fields))
    except ValidationError:
        return {}


def first_complete(sentences: Sequence[str], said: Mapping[str, object]) -> str:
    """Return the first sentence that everything is known for, filled in."""
    return next(one.format_map(said) for one in sentences if all(said.get(name, "") != "" for name in fields_of(one)))


def fields_of(template: str) -> list[str]:
    """Return the names of the fields that a sentence speaks of."""
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]
