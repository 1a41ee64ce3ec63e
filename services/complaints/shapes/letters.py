"""Letters to whoever complained."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.events.complaints import Duty
from shared.events.event import Code
from shared.letters import LetterState, Way
from shared.policy.letters import Blank
from shared.words import Shape, Text


class LetterIn(Shape):
    """A letter as it is drafted."""

    letter: Code = Field(description="one of the agency's letters")
    way: Way
    language: Literal["en", "es"] | None = Field(None, description="the complaint's when absent, or else English")
    blanks: dict[Blank, Text] = Field(default_factory=dict, max_length=20, description="what the letter asks for")


class LetterLine(Shape):
    """A letter in a list."""

    id: UUID
    letter: Code
    language: str
    way: Way
    state: LetterState
    keeps: Duty | None
    drafted_by: UUID
    drafted_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    tries: int
    next_try_at: datetime | None
    answer: str | None = Field(description="what the mail server last said, without the address")
    sent_at: datetime | None


class LetterOut(LetterLine):
    """A letter with its words."""

    subject: str
    body: str


class LettersOut(Shape):
    """The letters of a complaint, in the order in which they were drafted."""

    letters: list[LetterLine]


class TemplateOut(Shape):
    """A letter that can be written."""

    letter: Code
    label: dict[str, str]
    keeps: Duty | None
    asks: list[str] = Field(description="the blanks that whoever drafts it fills in")


class TemplatesOut(Shape):
    """The letters that the agency writes."""

    letters: list[TemplateOut]
