"""What an officer was accused of."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.complaints.models import State
from shared.events.complaints import Finding, Severity
from shared.pages import Cursor, Limit
from shared.words import Shape


class Page(Shape):
    """Which page of a list."""

    limit: Limit = 50
    after: Cursor = None


class AccusationOut(Shape):
    """One allegation against an officer, with what was found of it."""

    complaint_id: UUID
    number: str
    state: State
    received_on: date
    incident_on: date | None
    category: str
    severity: Severity
    finding: Finding | None
    found_on: date | None
    closed_on: date | None


class OfficerHistoryOut(Shape):
    """One page of what an officer was accused of."""

    officer_id: UUID
    allegations: list[AccusationOut]
    next: str | None = Field(description="cursor of the next page, or null on the last one")
