"""What can be asked of the feed: a page of it, or the newest entries of a kind."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Path, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement

from gateway.feed.models import Entry
from gateway.feed.sentences import Language
from gateway.feed.vocabulary import public_kind, public_kinds
from shared.errors import Malformed
from shared.policy import Policy

PAGE = 100
"""Entries of a full page; page N holds the indexes from N x 100 on."""
LARGEST = 2**63 - 1
"""The largest index that the database can hold."""


NUMBER = re.compile("0|-?[1-9][0-9]*")


def digits(said: object) -> object:
    """Return `said`, or refuse what is no whole number as people write one; `1_0`, `+1` and `1.0` are numbers, too.

    Raises:
        PydanticCustomError: it is none.
    """
    if isinstance(said, str) and not NUMBER.fullmatch(said):
        raise PydanticCustomError("whole_number", "write a whole number, such as 17")
    return said


DIGITS = BeforeValidator(digits)
Index = Annotated[int, DIGITS, Path(ge=0, le=LARGEST)]
"""The place of an entry, in an address."""


async def each_once(request: Request) -> None:
    """Refuse a query that could be read in two ways.

    Raises:
        Malformed: a parameter stands there twice.
    """
    counted = Counter(name for name, _ in request.query_params.multi_items())
    for name, times in counted.items():
        if times > 1:
            raise Malformed(f"The query parameter {name!r} stands there twice; send it once.")


EACH_ONCE = Depends(each_once)


class AskedOfEntry(BaseModel):
    """What can be asked of one entry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Language = "en"


class AskedOfAgency(AskedOfEntry):
    """What can be asked of one agency's feed. What is not known is refused: a misspelt filter would show everything."""

    before: Annotated[int | None, DIGITS] = Field(
        None, ge=0, le=LARGEST, description="only entries with a smaller index"
    )
    type: str | None = Field(None, description="only entries of this type")
    since: date | None = Field(None, alias="from", description="only entries of this day and later ones")
    until: date | None = Field(None, description="only entries of this day and earlier ones")
    reference: str | None = Field(None, pattern="^[a-z2-7]{16}$", description="only entries of this case")

    def wanted(self, policy: Policy, agency: str | None = None) -> "Wanted":
        """Return which entries are asked for.

        Raises:
            Malformed: no entry could be among them; says why.
        """
        if self.type is not None and public_kind(self.type) is None:
            types = ", ".join(sorted(one.name for one in public_kinds()))
            raise Malformed(f"There are no public events of the type {self.type!r}; there is {types}.")
        if agency is not None and agency not in policy.agencies:
            there = ", ".join(sorted(policy.agencies))
            raise Malformed(f"No agency {agency!r} is served here; there is {there}.")
        if self.since is not None and self.until is not None and self.since > self.until:
            raise Malformed(f"from ({self.since}) is later than until ({self.until}); no day lies between them.")
        return Wanted(agency, self.type, self.since, self.until, self.reference)


class Asked(AskedOfAgency):
    """What can be asked of the whole feed."""

    page: Annotated[int | None, DIGITS] = Field(
        None, ge=0, le=LARGEST // PAGE, description="absent for the newest page"
    )
    agency: str | None = Field(None, description="only entries of this agency")

    def filtered(self, policy: Policy) -> "Wanted":
        """Return which entries are asked for.

        Raises:
            Malformed: no entry could be among them, or a page is asked for that counts other entries.
        """
        wanted = self.wanted(policy, self.agency)
        if self.page is not None and (self.before is not None or wanted != EVERYTHING):
            raise Malformed("A page counts the entries of the whole feed; with a filter, go on with `before` instead.")
        return wanted


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; None for any."""

    agency: str | None = None
    type: str | None = None
    since: date | None = None
    until: date | None = None
    reference: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what holds for these entries."""
        same = {Entry.agency: self.agency, Entry.type: self.type, Entry.reference: self.reference}
        conditions = [column == value for column, value in same.items() if value is not None]
        if self.since is not None:
            conditions.append(Entry.day >= self.since)
        if self.until is not None:
            conditions.append(Entry.day <= self.until)
        return conditions

    def said(self) -> dict[str, Any]:
        """Return it as it stands in an address."""
        return {
            "agency": self.agency,
            "type": self.type,
            "from": self.since,
            "until": self.until,
            "reference": self.reference,
        }

    def at_home(self) -> "Wanted":
        """Return it as it stands in the address of an agency's own feed."""
        return replace(self, agency=None)


EVERYTHING = Wanted()


def address(path: str, **asked: object) -> str:
    """Return `path` with what is asked of it, leaving out None."""
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{path}?{query}" if query else path
