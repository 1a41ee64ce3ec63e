"""Keyset pages: a list that stays true while rows are added, at the same cost on every page."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import Session

from shared.errors import Malformed


class Listed(Protocol):
    """A table of cases, as a list needs it."""

    id: Any
    opened_at: Any


K = TypeVar("K", bound=Listed)

Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]


def cursor(moment: datetime, row_id: UUID) -> str:
    """Return where a page ends, opaque to the caller."""
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), str(row_id)]).encode()).decode()


def newest_first(
    session: Session, kind: type[K], wanted: Select[K], limit: int, after: str | None
) -> tuple[Sequence[K], str | None]:
    """Return one page of the wanted cases, the newest first, and the cursor of the next page if there is one.

    Raises:
        Malformed: `after` is no cursor of ours.
    """
    if after is not None:
        wanted = wanted.where(_before(kind.opened_at, kind.id, after))
    found = session.scalars(wanted.order_by(kind.opened_at.desc(), kind.id.desc()).limit(limit + 1)).all()
    page = found[:limit]
    return page, cursor(page[-1].opened_at, page[-1].id) if len(found) > limit else None


def _before(moment: Any, row_id: Any, after: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns
    """Return the condition for rows that come after the cursor in a list from the newest to the oldest.

    Raises:
        Malformed: this is no cursor of ours.
    """
    try:
        last_moment, last_id = json.loads(base64.urlsafe_b64decode(after))
        return tuple_(moment, row_id) < (datetime.fromisoformat(last_moment), UUID(last_id))
    except (ValueError, TypeError, AttributeError) as wrong:
        raise Malformed("This cursor is not one that a list gave you; begin again without it.") from wrong
