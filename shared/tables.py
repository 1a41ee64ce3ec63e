"""How columns are typed, and the tables that every service's database has."""

from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, cast

import sqlalchemy
from sqlalchemy import BigInteger, DateTime
from sqlalchemy import Enum as Words
from sqlalchemy.orm import DeclarativeBase


def words(kind: type[Enum]) -> list[str]:
    """Return the words that people see; they are what the column holds."""
    return [str(member.value) for member in kind]


COLUMN_TYPES: dict[Any, Any] = {
    Enum: Words(Enum, native_enum=False, create_constraint=False, length=64, values_callable=words),
    int: BigInteger,
    datetime: DateTime(timezone=True),
}
"""Python annotation → column type, for every table of the house."""


def plain(kind: type[DeclarativeBase]) -> sqlalchemy.Table:
    """Return the table behind a mapped class, for statements that are made once and write or read rows as they are.

    A row of a ledger that goes through the ORM costs twice as much, and every request writes half a dozen.
    """
    return cast("sqlalchemy.Table", kind.__table__)


class Table(DeclarativeBase):
    """A table that every service has, because a promise of `shared` needs it."""

    type_annotation_map: ClassVar[dict[Any, Any]] = COLUMN_TYPES
