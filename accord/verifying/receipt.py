"""Checking a receipt without asking anybody: that an entry is in the log."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from accord.verifying.check import check_entry
from accord.verifying.source import RecordError, ServedEntry
from gateway.feed.leaves import body_of, leaf
from gateway.log.checkpoints import Checkpoint
from gateway.log.notes import UnreadableNoteError, UntrustedNoteError, VerifierKey
from gateway.log.proofs import Proof


class Receipt(BaseModel):
    """A receipt as `/log/receipt/{reference}` gives it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    entry: ServedEntry
    proof: str

    @classmethod
    def read(cls, file: Path) -> "Receipt":
        """Read a receipt.

        Raises:
            RecordError: the file holds none.
        """
        try:
            return cls.model_validate_json(file.read_bytes())
        except OSError as missing:
            raise RecordError(f"{file} cannot be read: {missing.strerror}.") from missing
        except ValidationError as wrong:
            raise RecordError(f"{file} holds no receipt; it is what /log/receipt/… gave.") from wrong

    def check(self, keys: list[VerifierKey]) -> Checkpoint:
        """Return the checkpoint whose tree holds the entry.

        Raises:
            RecordError: the receipt does not hold.
        """
        entry = self.entry
        try:
            proof = Proof.read(self.proof)
            day = entry.day_of()
            logged = leaf(entry.index, entry.type, entry.agency, entry.reference, day, body_of(entry.digests))
            check_entry(proof.index, entry, logged)
            return proof.check(logged, keys)
        except (UnreadableNoteError, UntrustedNoteError, ValueError) as wrong:
            raise RecordError(f"The receipt does not hold: {wrong}.") from wrong
