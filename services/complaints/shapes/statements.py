"""Interviews and what was said in them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.events.complaints import Speaker, StatementKind
from shared.words import Line, Moment, PersonId, Shape, Text


class NoticeIn(Shape):
    """An officer is told when they will be interviewed."""

    officer_id: PersonId
    interview_at: Moment
    waiver: Line | None = Field(None, description="the document with which the officer waives the notice")


class NoticeOut(Shape):
    """A notice of an interview."""

    id: UUID
    officer_id: UUID
    given_at: datetime
    interview_at: datetime
    hours: int = Field(description="that the agency's policy gave the officer on that day")
    waiver: str | None
    by: UUID


class NoticesOut(Shape):
    """The notices of interviews in a complaint."""

    notices: list[NoticeOut]


class StatementIn(Shape):
    """What somebody said, and under which circumstances."""

    kind: StatementKind
    speaker: Speaker
    officer_id: PersonId | None = Field(None, description="for an officer")
    party_id: UUID | None = Field(None, description="for anybody else, where they are a party of the complaint")
    taken_at: Moment
    text: Text
    order: Line | None = Field(None, description="the document that compelled the officer")
    waiver: Line | None = Field(None, description="the document with which the officer waived the notice")


class StatementOut(Shape):
    """A statement, without what was said."""

    id: UUID
    kind: StatementKind
    speaker: Speaker
    officer_id: UUID | None
    party_id: UUID | None
    taken_at: datetime
    taken_by: UUID
    noted_at: datetime
    order: str | None
    waiver: str | None


class StatementsOut(Shape):
    """The statements of a complaint, as far as the caller may know of them."""

    statements: list[StatementOut]


class StatementTextOut(StatementOut):
    """A statement with what was said."""

    text: str


class CriminalSideIn(Shape):
    """Who works on the criminal side of the same matter."""

    person_id: PersonId
    because: Text
