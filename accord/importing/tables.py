"""Reading a table from a CSV file."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from accord.importing.words import ImportRefusedError


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    number: int
    """As a spreadsheet counts: the header is row 1."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The header and the rows of a file, as they stand there."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path, columns: Iterable[str]) -> Table:
    """Read a CSV file in UTF-8 that has these columns; lines without any cell are no rows.

    Raises:
        ImportRefusedError: it cannot be read as that.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            read = list(_rows(path, csv.reader(file, strict=True)))
    except OSError as wrong:
        raise ImportRefusedError(f"{path} cannot be read: {wrong.strerror}.") from wrong
    except UnicodeDecodeError as wrong:
        byte = wrong.object[wrong.start]
        advice = "it is not UTF-8 text; save the table as CSV in UTF-8."
        raise ImportRefusedError(f"{path} holds the byte 0x{byte:02x}: {advice}") from wrong
    if not read:
        raise ImportRefusedError(f"{path} is empty; its first line should name the columns.")
    header = tuple(name.strip() for name in read[0].cells)
    refuse_wrong_header(path, header, columns)
    return Table(header, tuple(read[1:]))


def _rows(path: Path, lines: Iterator[list[str]]) -> Iterator[Row]:
    try:
        for number, cells in enumerate(lines, start=1):
            if cells:
                yield Row(number, tuple(cells))
    except csv.Error as wrong:
        advice = "look for a quotation mark that is not closed or not doubled."
        raise ImportRefusedError(f"{path} is no CSV from row {number + 1} on ({wrong}): {advice}") from wrong


def refuse_wrong_header(path: Path, header: tuple[str, ...], columns: Iterable[str]) -> None:
    """Refuse a header without one of `columns`, or with one of them twice.

    Raises:
        ImportRefusedError: names the columns.
    """
    wanted = list(columns)
    missing = [column for column in wanted if column not in header]
    if missing:
        raise ImportRefusedError(f"{path} has no column {', '.join(map(repr, missing))}; it has {', '.join(header)}.")
    twice = [column for column in wanted if header.count(column) > 1]
    if twice:
        raise ImportRefusedError(f"{path} has two columns {twice[0]!r}; rename the one that is not meant.")
