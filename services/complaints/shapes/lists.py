"""Lists of complaints."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.complaints.models import State
from shared.events.complaints import (
    Finding,
)
from shared.events.event import Code
from shared.pages import Cursor, Limit
from shared.words import Line, Shape

NUMBER = "^[A-Z][0-9]{4}-[0-9]{6,12}$"


class Sought(Shape):
    """Which complaints are looked for; whatever is said must hold."""

    number: Annotated[str, Field(pattern=NUMBER)] | None = Field(None, description="the case number")
    text: Line | None = Field(
        None, description='words of the narrative or place; "in quotes" for a phrase, -word for one that is not there'
    )
    state: State | None = None
    category: Code | None = Field(None, description="of an allegation")
    officer: UUID | None = Field(None, description="somebody who is accused")
    investigator: UUID | None = Field(None, description="to whom it is assigned")
    received_from: date | None = Field(None, description="the first day")
    received_until: date | None = Field(None, description="the last day")
    overdue: bool = Field(False, description="only with a time limit that has passed unmet")


class Wanted(Sought):
    """Which complaints are looked for, and which page of them."""

    limit: Limit = 50
    after: Cursor = None


class ComplaintLine(Shape):
    """A complaint in a list."""

    id: UUID
    number: str
    state: State
    received_on: date
    closed_on: date | None
    outcome: Finding | None


class ComplaintsOut(Shape):
    """One page of a list."""

    complaints: list[ComplaintLine]
    next: str | None = Field(description="cursor of the next page, or null on the last one")
