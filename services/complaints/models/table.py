"""What every table of the complaints service is."""

from typing import Any, ClassVar

from sqlalchemy.orm import DeclarativeBase

from shared.tables import COLUMN_TYPES


class Table(DeclarativeBase):
    """A table of this service."""

    type_annotation_map: ClassVar[dict[Any, Any]] = COLUMN_TYPES
