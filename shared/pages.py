"""Keyset pages: a list that stays true while rows are added, at the same cost on every page."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, Row, Select, tuple_
from sqlalchemy.orm import Session

from shared.errors import Malformed


class Listed(Protocol):
    """A table of cases, as a list needs it."""

    id: Any
    opened_at: Any


K = TypeVar("K", bound=Listed)

Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]

READ: Mapping[type, Callable[[str], object]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    UUID: UUID,
}
"""How a key of this kind is read back from a cursor."""


def cursor(*keys: date | datetime | UUID) -> str:
    """Return where a page ends, opaque to the caller."""
    written = [str(key) if isinstance(key, UUID) else key.isoformat() for key in keys]
    return base64.urlsafe_b64encode(json.dumps(written).encode()).decode()


def falling(
    session: Session, wanted: Select[*tuple[Any, ...]], keys: Sequence[Any], limit: int, after: str | None
) -> tuple[Sequence[Row[*tuple[Any, ...]]], str | None]:
    """Return one page of rows, those with the largest keys first, and the cursor of the next page if there is one.

    Args:
        session: of one agency.
        wanted: what the rows hold; the keys are added at the end of each.
        keys: columns that together tell rows apart, in the order of an index.
        limit: how many at most.
        after: the cursor of the page before.

    Raises:
        Malformed: `after` is no cursor of this list.
    """
    if after is not None:
        wanted = wanted.where(_before(keys, after))
    order = [key.desc() for key in keys]
    found = session.execute(wanted.add_columns(*keys).order_by(*order).limit(limit + 1)).all()
    page = found[:limit]
    return page, cursor(*page[-1][-len(keys) :]) if len(found) > limit else None


def newest_first(
    session: Session, kind: type[K], wanted: Select[K], limit: int, after: str | None
) -> tuple[Sequence[K], str | None]:
    """Return one page of the wanted cases, the newest first, and the cursor of the next page if there is one.

    Raises:
        Malformed: `after` is no cursor of ours.
    """
    page, following = falling(session, wanted, (kind.opened_at, kind.id), limit, after)
    return [row[0] for row in page], following


def _before(keys: Sequence[Any], after: str) -> ColumnElement[bool]:
    """Return the condition for rows that come after the cursor in a list whose keys fall.

    Raises:
        Malformed: this is no cursor of this list.
    """
    try:
        written = json.loads(base64.urlsafe_b64decode(after))
        last = [READ[key.type.python_type](value) for key, value in zip(keys, written, strict=True)]
    except (ValueError, TypeError, AttributeError) as wrong:
        raise Malformed("This cursor is not one that a list gave you; begin again without it.") from wrong
    return tuple_(*keys) < tuple(last)
