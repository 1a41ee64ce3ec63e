"""Keyset pages: a list that stays true while rows are added, at the same cost on every page."""

import base64
import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, tuple_

from shared.errors import Malformed

Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]


def cursor(moment: datetime, row_id: UUID) -> str:
    """Return where a page ends, opaque to the caller."""
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), str(row_id)]).encode()).decode()


def before(moment: Any, row_id: Any, after: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns
    """Return the condition for rows that come after the cursor in a list from the newest to the oldest.

    Raises:
        Malformed: this is no cursor of ours.
    """
    try:
        last_moment, last_id = json.loads(base64.urlsafe_b64decode(after))
        return tuple_(moment, row_id) < (datetime.fromisoformat(last_moment), UUID(last_id))
    except (ValueError, TypeError) as wrong:
        raise Malformed("This cursor is not one that a list gave you; begin again without it.") from wrong
