"""Checkpoints (https://c2sp.org/tlog-checkpoint): the size and the root of the tree, under the log's name."""

import base64
import re
from dataclasses import dataclass
from typing import Self

from gateway.log.notes import UnreadableNoteError, decoded
from gateway.log.tree import HASH_BYTES

NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
LARGEST = 2**63 - 1
"""The most entries that the database can count."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log says of itself at one size."""

    origin: str
    """The log's own name."""
    size: int
    root: bytes

    def text(self) -> str:
        """Return what is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what was signed; lines after the third are passed over.

        Raises:
            UnreadableNoteError: it is no checkpoint.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not NUMBER.fullmatch(lines[1]):  # noqa: PLR2004
            raise UnreadableNoteError("a checkpoint is a name, a number of entries and a root, each on a line")
        size = int(lines[1])
        if size > LARGEST:
            raise UnreadableNoteError(f"a checkpoint here has at most {LARGEST} entries")
        return cls(lines[0], size, hash_of(lines[2]))


def hash_of(line: str) -> bytes:
    """Read a hash that is written in base64.

    Raises:
        UnreadableNoteError: it is none.
    """
    read = decoded(line)
    if len(read) != HASH_BYTES:
        raise UnreadableNoteError("a hash is 32 bytes in base64")
    return read
