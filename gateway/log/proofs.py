"""Proofs that can be kept and checked without asking anybody (https://c2sp.org/tlog-proof)."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from gateway.log.checkpoints import NUMBER, Checkpoint, hash_of
from gateway.log.notes import UnreadableNoteError, UntrustedNoteError, VerifierKey, trusted_text
from gateway.log.tree import included_root, leaf_hash

BEGINS = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proof:
    """That one entry is in the tree of a checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    """The signed note."""

    def write(self) -> str:
        """Return the proof as it is kept."""
        hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.hashes)
        return f"{BEGINS}\nindex {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Read a proof as it is kept; extra data in it is passed over.

        Raises:
            UnreadableNoteError: it is none.
        """
        head, _, checkpoint = written.partition("\n\n")
        begins, *lines = head.split("\n")
        if lines and lines[0].startswith("extra "):
            del lines[0]
        name, _, number = lines[0].partition(" ") if lines else ("", "", "")
        if begins != BEGINS or name != "index" or not NUMBER.fullmatch(number):
            raise UnreadableNoteError(f"a proof begins with {BEGINS} and the entry's index")
        return cls(int(number), tuple(hash_of(line) for line in lines[1:]), checkpoint)

    def check(self, leaf: bytes, keys: Iterable[VerifierKey]) -> Checkpoint:
        """Return the checkpoint in whose tree `leaf` stands at the proof's index.

        Raises:
            UnreadableNoteError: the checkpoint in it is none.
            UntrustedNoteError: no trusted key has signed it, or the leaf is not in its tree.
        """
        checkpoint = Checkpoint.read(trusted_text(self.checkpoint, keys))
        try:
            reached = included_root(self.index, checkpoint.size, leaf_hash(leaf), self.hashes)
        except ValueError as wrong:
            raise UntrustedNoteError(f"the proof does not hold: {wrong}") from wrong
        if reached != checkpoint.root:
            raise UntrustedNoteError("the proof does not hold: it leads to another root than the checkpoint's")
        return checkpoint
