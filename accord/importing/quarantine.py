"""The quarantine: the rows that did not hold up, as they stood, with the reason; corrected, it is a table to import."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self

from accord.importing.rows import Quarantined
from accord.importing.tables import Table
from accord.importing.words import ImportRefusedError

OWN = ("quarantine_row", "quarantine_reason")
"""The columns that come before the table's own; those of an earlier quarantine are replaced."""


class Quarantine:
    """The file for one table; it is there exactly when rows were set aside."""

    def __init__(self, path: Path, table: Table) -> None:
        self.path = path
        self.written: Sequence[Quarantined] = ()
        self._header = table.header
        self._kept = [position for position, name in enumerate(table.header) if name not in OWN]

    @classmethod
    def beside(cls, file: Path, table: Table, given: Path | None) -> Self:
        """Return the quarantine of `file`: where it is asked for, or in the working folder under a name of its own.

        Raises:
            ImportRefusedError: something else is there, which would be lost.
        """
        path = given or Path(f"{file.stem}.quarantine.csv")
        if path.exists() and (path.samefile(file) or not _is_quarantine(path)):
            raise ImportRefusedError(f"{path} is there already and is no quarantine of another run; use --quarantine.")
        return cls(path, table)

    def write(self, quarantined: Iterable[Quarantined]) -> None:
        """Write these rows instead of what was there, whole or not at all; only the owner may read the file.

        Raises:
            ImportRefusedError: it cannot be written.
        """
        self.written = sorted(quarantined, key=lambda aside: aside.row.number)
        lines = [(*OWN, *self._originals(self._header))]
        lines += [(str(aside.row.number), aside.reason, *self._originals(aside.row.cells)) for aside in self.written]
        try:
            folder, prefix = self.path.parent, f".{self.path.name}-"
            with NamedTemporaryFile(
                "w", encoding="utf-8", newline="", dir=folder, prefix=prefix, delete=False
            ) as draft:
                csv.writer(draft).writerows(lines)
            Path(draft.name).replace(self.path)
            if not self.written:
                self.path.unlink()
        except OSError as wrong:
            raise ImportRefusedError(f"The quarantine cannot be written to {self.path}: {wrong.strerror}.") from wrong

    def _originals(self, cells: Sequence[str]) -> Sequence[str]:
        return cells if len(cells) != len(self._header) else [cells[position] for position in self._kept]


def _is_quarantine(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.readline().startswith(",".join(OWN).encode())
