"""Tables as CSV (RFC 4180), which a spreadsheet opens without running anything in it."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from gateway.statistics.shapes import CrossedOut, TableOut
from shared.spreadsheets import harmless


def as_csv(table: TableOut) -> str:
    """Return a table with one column for each dimension, the words as they are in the feed."""
    measured = [] if table.measure == "count" else [table.measure]
    head = ["agency", "month", *table.dimensions, "count", *measured]
    rows = [
        [row.agency, row.month, *row.keys.values(), row.count, *([row.value] if measured else [])] for row in table.rows
    ]
    return lines([head, *rows])


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV."""
    written = StringIO()
    csv.writer(written).writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def crossed_as_csv(table: CrossedOut) -> str:
    """Return a crossed table as CSV; a withheld count is empty and marked."""
    rows = [
        (table.year, row.agency, row.said, row.category, row.count, str(row.withheld).lower()) for row in table.rows
    ]
    return lines([("year", "agency", "said", "category", "count", "withheld"), *rows])
