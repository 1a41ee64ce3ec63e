"""Letters as policy packs: what an agency writes in each language, with named blanks that a case or a writer fills."""

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.events.complaints import Duty, Finding
from shared.events.event import Code
from shared.policy.pack import Pack

Blank = Annotated[str, StringConstraints(pattern="^[a-z][a-z_]{0,40}$")]
Tongue = Literal["en", "es"]
TONGUES: tuple[Tongue, ...] = ("en", "es")

FROM_THE_CASE = frozenset({"agency", "number", "received_on", "today", "contact", "outcome", "reasons", "review"})
"""Blanks that nobody writes: the case and the agency's pack fill them."""
AFTER_A_DECISION = frozenset({"outcome", "reasons", "review"})
"""Those of them that nothing fills before a decision."""


class Wording(BaseModel):
    """A letter in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=20_000)

    @property
    def blanks(self) -> frozenset[str]:
        """Every blank of the subject and the body."""
        return frozenset((*blanks_of(self.subject), *blanks_of(self.body)))


def blanks_of(text: str) -> Iterable[str]:
    """Return the blanks of a text, in its order.

    Raises:
        ValueError: a brace is left open, or a blank is more than a name.
    """
    found = []
    for _, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(f"a blank is a name in braces, such as {{number}}; {name!r} is none")
        found.append(name)
    return found


class Template(BaseModel):
    """One kind of letter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: dict[Tongue, str]
    keeps: Duty | None = None
    """What whoever complained is owed and gets with this letter, on the day on which it is sent."""
    asks: list[Blank] = Field(default_factory=list)
    """Blanks that whoever drafts the letter fills in."""
    wording: dict[Tongue, Wording]

    @model_validator(mode="after")
    def complete(self) -> Self:
        """Refuse a letter that lacks a language, or a blank that nobody fills."""
        for tongue in TONGUES:
            if tongue not in self.wording or tongue not in self.label:
                raise ValueError(f"the letter is not there in {tongue!r}")
            blanks = self.wording[tongue].blanks
            nobody = sorted(blanks - FROM_THE_CASE - set(self.asks))
            if nobody:
                raise ValueError(f"nobody fills the blank {nobody[0]!r} ({tongue}); ask for it, or leave it out")
            unused = sorted(set(self.asks) - blanks)
            if unused:
                raise ValueError(f"{unused[0]!r} is asked for and stands nowhere ({tongue})")
        return self

    @property
    def tells_the_outcome(self) -> bool:
        """Whether it can only be written after a decision."""
        return any(AFTER_A_DECISION & wording.blanks for wording in self.wording.values())


class Letters(Pack):
    """The letters that an agency writes."""

    letters: dict[Code, Template] = Field(min_length=1)
    outcomes: Mapping[Tongue, Mapping[Finding, str]]
    """How each finding is said in a letter."""
    review: Mapping[Tongue, str]
    """What is said of a request for review, with the blank {until}."""
    no_review: Mapping[Tongue, str]
    """What is said where an agency takes none."""

    @model_validator(mode="after")
    def words_in_every_language(self) -> Self:
        """Refuse a finding, or the right to a review, without words in a language."""
        for tongue in TONGUES:
            missing = next((one for one in Finding if one not in self.outcomes.get(tongue, {})), None)
            if missing is not None:
                raise ValueError(f"there are no words for {missing.value!r} in {tongue!r}")
            if list(blanks_of(self.review.get(tongue, ""))) != ["until"] or tongue not in self.no_review:
                raise ValueError(f"'review' (with {{until}}) and 'no_review' are not both there in {tongue!r}")
        return self
