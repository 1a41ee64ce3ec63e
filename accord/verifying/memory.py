"""What was seen of a record before: its keys and its last checkpoint, in a file of one's own."""

import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from accord.verifying.source import RecordError
from gateway.log.checkpoints import Checkpoint
from gateway.log.notes import UnreadableNoteError, VerifierKey


class Memory(BaseModel):
    """What is remembered of one record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    keys: tuple[str, ...] = ()
    checkpoint: str = ""
    """The text of the last one that held."""

    @classmethod
    def read(cls, folder: Path, url: str) -> Self:
        """Return what is remembered, or nothing where it is the first time.

        Raises:
            RecordError: the file does not hold it.
        """
        file = file_of(folder, url)
        try:
            return cls.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return cls(url=url)
        except (OSError, ValidationError) as wrong:
            raise RecordError(f"{file} does not hold what was seen before; mend it, or name another folder.") from wrong

    def write(self, folder: Path) -> None:
        """Remember this instead."""
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, delete=False) as draft:
            draft.write(self.model_dump_json(indent=1).encode())
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(file_of(folder, self.url))

    def trusted(self) -> list[VerifierKey]:
        """Return the keys that are trusted.

        Raises:
            RecordError: one is no key.
        """
        try:
            return [VerifierKey.read(one) for one in self.keys]
        except UnreadableNoteError as wrong:
            raise RecordError(f"A key that is trusted cannot be read: {wrong}.") from wrong

    def last(self) -> Checkpoint | None:
        """Return the last checkpoint that held.

        Raises:
            RecordError: it cannot be read.
        """
        try:
            return Checkpoint.read(self.checkpoint) if self.checkpoint else None
        except UnreadableNoteError as wrong:
            raise RecordError(f"The checkpoint that was seen before cannot be read: {wrong}.") from wrong


def file_of(folder: Path, url: str) -> Path:
    """Return where a record's memory is."""
    return folder / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.json"
