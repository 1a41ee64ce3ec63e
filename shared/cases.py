"""What every kind of case has, how it is loaded, and how it gets its number."""

import base64
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, bindparam, select
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
    locked = select(kind).where(kind.id == case_id).with_for_update()
    case = session.scalar(locked.execution_options(populate_existing=True))  # another request may have moved it
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


MANY = bindparam("many", type_=BigInteger)
COUNTED = insert(plain(CaseCounter)).values(last=MANY)
COUNT = COUNTED.on_conflict_do_update(
    index_elements=["agency", "letter", "year"], set_={"last": plain(CaseCounter).c.last + MANY}
).returning(plain(CaseCounter).c.last)


def next_number(session: Session, letter: str, year: int) -> str:
    """Return the next case number of the transaction's agency, such as C2026-000123.

    Without gaps and never reused: the counter's row is locked until the case that took the number commits or does not.
    """
    return next_numbers(session, letter, [year])[0]


def next_numbers(session: Session, letter: str, years: Sequence[int]) -> list[str]:
    """Return the next case numbers of the transaction's agency, one for each of these years, in their order."""
    agency, following = occasion(session).agency, {}
    for year, many in sorted(Counter(years).items()):  # in one order, so that two who count never wait for each other
        last = session.scalar(COUNT, {"agency": agency, "letter": letter, "year": year, "many": many})
        following[year] = iter(range((last or 0) - many + 1, (last or 0) + 1))
    return [f"{letter}{year}-{next(following[year]):06d}" for year in years]
