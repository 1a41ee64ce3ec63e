"""What the pages ask of the feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.feed.models import Entry
from gateway.feed.queries import newest_first

PARTS = ("complaint", "discipline", "commendation", "reconciliation", "recommendation", "record")
"""What the types of entries begin with."""
SHOWN = 50
"""Entries on a page."""
CASE_SHOWN = 200
RELEASED, REPORTED, VERIFIED = (f"reconciliation.commitment_{step}.v1" for step in ("released", "reported", "verified"))
AGREED, AGENCY_FOUND = "reconciliation.agreed.v1", "complaint.agency_found.v1"
BOARD = 1_000
"""Entries about commitments that the board is made from, the newest ones."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries a page shows; None for all."""

    agency: str | None = None
    part: str | None = None
    before: int | None = None


@dataclass(slots=True)
class Promise:
    """A commitment, with what was said of it last."""

    agency: str
    reference: str
    fact: dict[str, Any]
    text: str = ""
    reported: str = ""
    verified: str = ""
    index: int = 0

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and nobody says that it was kept."""
        done = self.reported == "reported done" or self.verified == "verified"
        return not done and date.fromisoformat(self.fact["due_on"]) < today


async def selected(session: AsyncSession, wanted: Wanted) -> tuple[Sequence[Entry], int | None]:
    """Return a page of entries, the newest first, and the index before which the next page begins."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.agency is not None:
        conditions.append(Entry.agency == wanted.agency)
    if wanted.part is not None:
        conditions.append(Entry.type.startswith(f"{wanted.part}.", autoescape=True))
    if wanted.before is not None:
        conditions.append(Entry.index < wanted.before)
    entries = await newest_first(session, conditions, SHOWN + 1)
    return entries[:SHOWN], entries[SHOWN - 1].index if len(entries) > SHOWN else None


async def of_case(session: AsyncSession, reference: str) -> Sequence[Entry]:
    """Return the entries of a case, the first one first."""
    wanted = select(Entry).where(Entry.reference == reference).order_by(Entry.index).limit(CASE_SHOWN)
    return (await session.scalars(wanted)).all()


async def of_types(session: AsyncSession, *types: str, limit: int = BOARD) -> Sequence[Entry]:
    """Return the newest entries of these types."""
    return await newest_first(session, [Entry.type.in_(types)], limit)


async def promises(session: AsyncSession) -> list[Promise]:
    """Return every commitment with what was said of it last, the one that is due next first."""
    board: dict[tuple[str, int], Promise] = {}
    for entry in reversed(await of_types(session, AGREED, RELEASED, REPORTED, VERIFIED)):
        told = entry.fields.get("commitments") or [entry.fields.get("commitment")]
        for fact in filter(None, told):
            key = (entry.reference, fact["number"])
            promise = board.setdefault(key, Promise(entry.agency, entry.reference, fact))
            _note(promise, entry)
    return sorted(board.values(), key=lambda one: one.fact["due_on"])


def _note(promise: Promise, entry: Entry) -> None:
    promise.index = entry.index
    promise.text = entry.fields.get("text", promise.text)
    promise.reported = entry.fields.get("reported", promise.reported)
    promise.verified = entry.fields.get("verified", promise.verified)
