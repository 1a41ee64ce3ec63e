"""The whole history of a complaint."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.pages import Limit
from shared.words import Shape


class HistoryWanted(Shape):
    """Which part of a complaint's history is looked for."""

    reads: bool = Field(False, description="also who read what; for auditors")
    limit: Limit = 50
    after: int | None = Field(None, ge=0, le=2**63 - 1, description="`next` of the page before")


class DeedOut(Shape):
    """Something that somebody did."""

    at: datetime
    deed: str = Field(description="the event's name, or what was read")
    told: str = Field(description="the deed as a sentence")
    by: UUID = Field(description="nil when the public, the clock or another service did it")
    roles: list[str]
    why: str = Field(description="the reason that was given, or empty")
    version: int = Field(description="of the complaint after it")
    state: str | None = Field(description="of the complaint after it")
    facts: dict[str, Any] | None = Field(description="what the event said; kept for 120 days")


class TimelineOut(Shape):
    """One page of a complaint's history, the oldest first."""

    deeds: list[DeedOut]
    next: int | None = Field(description="where the next page begins, or null on the last one")
