"""What every kind of case has, how it is loaded, and how it gets its number."""

import base64
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.errors import NotFound
from shared.occasion import note_case, occasion, refuse_stale
from shared.tables import Table, plain

REFERENCE_BYTES = 10


def new_reference() -> str:
    """Return a public reference: 80 random bits, which say nothing about the case."""
    return base64.b32encode(secrets.token_bytes(REFERENCE_BYTES)).decode().lower()


class Case:
    """The columns that a table of cases has beside its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency: Mapped[str]
    version: Mapped[int]
    """Rises by one with every event; it is the ETag."""
    public_ref: Mapped[str] = mapped_column(unique=True)
    """What the public calls the case."""
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Loadable(Protocol):
    """A table of cases, as `load` needs it."""

    id: Any
    version: Any


K = TypeVar("K", bound=Loadable)


def beginning(session: Session, now: datetime) -> dict[str, Any]:
    """Return the columns with which a case of the transaction's agency begins."""
    return {
        "id": uuid4(),
        "agency": occasion(session).agency,
        "version": 0,
        "public_ref": new_reference(),
        "opened_at": now,
        "updated_at": now,
    }


def load(session: Session, kind: type[K], noun: str, case_id: UUID, seen: Callable[[K], bool]) -> K:
    """Return the case, locked until the commit, so that its events stay in order.

    Args:
        session: of one agency.
        kind: the table.
        noun: what the case is called in sentences.
        case_id: which one.
        seen: whether the actor may know of it; asked before anything is said about it.

    Raises:
        NotFound: there is no such case in this agency, or the actor may not know of it.
        Stale: the caller has read another version (If-Match).
    """
    case = session.scalar(select(kind).where(kind.id == case_id).with_for_update())
    if case is None or not seen(case):
        raise NotFound(f"There is no such {noun} here.")
    refuse_stale(session, case.version)
    note_case(session, case)
    return case


def look_up(session: Session, kind: type[K], noun: str, case_id: UUID) -> K:
    """Return the case as it stands, to be read only.

    Raises:
        NotFound: there is no such case in this agency.
    """
    case = session.get(kind, case_id)
    if case is None:
        raise NotFound(f"There is no such {noun} here.")
    note_case(session, case)
    return case


class CaseCounter(Table):
    """The last number given, per agency, letter and year."""

    __tablename__ = "case_counter"

    agency: Mapped[str] = mapped_column(primary_key=True)
    letter: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


COUNTED = insert(plain(CaseCounter)).values(last=1)
COUNT = COUNTED.on_conflict_do_update(
    index_elements=["agency", "letter", "year"], set_={"last": plain(CaseCounter).c.last + 1}
).returning(plain(CaseCounter).c.last)


def next_number(session: Session, letter: str, year: int) -> str:
    """Return the next case number of the transaction's agency, such as C2026-000123.

    Without gaps and never reused: the counter's row is locked until the case that took the number commits or does not.
    """
    last = session.scalar(COUNT, {"agency": occasion(session).agency, "letter": letter, "year": year})
    return f"{letter}{year}-{last:06d}"
