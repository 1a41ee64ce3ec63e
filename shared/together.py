"""Many rows put in with one statement: a statement for each would cost both sides more than the rows themselves."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault


def insert_all(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert these rows, which all name the same columns; a column with a fixed default may be left out."""
    if not rows:
        return
    defaults = {one.name: one.default for one in table.columns}
    same = {name: one.arg for name, one in defaults.items() if isinstance(one, ScalarElementColumnDefault)}
    rows = [{**same, **row} for row in rows]
    columns = ", ".join(f'"{name}"' for name in rows[0])
    statement = text(
        f"insert into {table.name} ({columns})"  # noqa: S608 - names of our own tables and columns
        f" select {columns} from jsonb_populate_recordset(cast(null as {table.name}), cast(:rows as jsonb))"
    )
    session.execute(statement, {"rows": json.dumps(rows, default=written)})


def written(value: object) -> str:
    """Return a value that JSON has no word for as PostgreSQL reads it."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
