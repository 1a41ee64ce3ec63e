"""The second place in which the last checkpoint is kept: a file beside the database, replaced whole or not at all.

A database that was put back from a copy, or was changed by whoever owns it, does not know what was signed since; the
file does.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

FILE = "log-checkpoint"


@dataclass(frozen=True, slots=True)
class SecondPlace:
    """A file with the last note that was signed."""

    file: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other process on this machine sign meanwhile."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def read(self) -> str | None:
        """Return the note, or None where nothing was signed yet."""
        try:
            return self.file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, note: str) -> None:
        """Keep this note instead; it is on the disk when this returns."""
        with NamedTemporaryFile(dir=self.file.parent, prefix=f".{self.file.name}-", delete=False) as draft:
            draft.write(note.encode())
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(self.file)
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
