"""Signed notes (https://c2sp.org/signed-note): text, and who put their name under it."""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 1
"""The type of a log's own signature."""
COSIGNATURE = 4
"""The type of a witness's signature, which tells when it was made (https://c2sp.org/tlog-cosignature)."""
ID_BYTES, KEY_BYTES, TIME_BYTES = 4, 32, 8
NAME = re.compile(r"[^\s+]+")
LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
LONGEST_NOTE = 100_000
"""In bytes."""
LATEST = 2**63 - 1
"""The last second at which a witness can have signed, by the specification."""
UNWRITTEN = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
"""Control characters but for the end of a line, and halves of a character, which UTF-8 does not have."""


class UnreadableNoteError(ValueError):
    """The text is no signed note, or no key; the sentence says why."""


class UntrustedNoteError(ValueError):
    """No key that is trusted has signed the note, or a signature of one does not hold."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note."""

    name: str
    id: bytes
    value: bytes

    def line(self) -> str:
        """Return it as it stands under the note, with the end of its line."""
        return f"— {self.name} {base64.b64encode(self.id + self.value).decode()}\n"

    @classmethod
    def read(cls, line: str) -> Self:
        """Read a line.

        Raises:
            UnreadableNoteError: it is no signature.
        """
        found = LINE.fullmatch(line)
        value = decoded(found[2]) if found else b""
        if found is None or len(value) <= ID_BYTES:
            raise UnreadableNoteError("a line under the note is no signature")
        return cls(found[1], value[:ID_BYTES], value[ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it."""

    text: str
    """Ends with the end of a line."""
    signatures: tuple[Signature, ...]

    def write(self) -> str:
        """Return the note as it travels."""
        return self.text + "\n" + "".join(one.line() for one in self.signatures)

    @classmethod
    def read(cls, written: str) -> Self:
        """Read a note as it travels.

        Raises:
            UnreadableNoteError: it is none.
        """
        text, blank, below = written.rpartition("\n\n")
        if UNWRITTEN.search(written) or len(written.encode()) > LONGEST_NOTE:
            raise UnreadableNoteError("a note has at most 100,000 bytes and no control characters")
        if not blank or not below.endswith("\n"):
            raise UnreadableNoteError("a note is a text, an empty line, and signatures")
        lines = below.removesuffix("\n").split("\n")
        return cls(f"{text}\n", tuple(Signature.read(line) for line in lines))


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """What a signature is checked with."""

    name: str
    type: int
    key: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return key_id(self.name, self.type, self.key)

    def write(self) -> str:
        """Return it as people hand it on: name, id in hexadecimal, and type and key in base64, with `+` between."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.type]) + self.key).decode()}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Read it as people hand it on.

        Raises:
            UnreadableNoteError: it is none, or its id does not belong to it.
        """
        name, _, rest = written.strip().partition("+")
        said_id, _, encoded = rest.partition("+")
        key = decoded(encoded)
        if not NAME.fullmatch(name) or len(key) != 1 + KEY_BYTES or key[0] not in (ED25519, COSIGNATURE):
            raise UnreadableNoteError("a key is written as name+id+base64, and is one of Ed25519")
        read = cls(name, key[0], key[1:])
        if read.id.hex() != said_id:
            raise UnreadableNoteError("the id in the key does not belong to it; it was not copied whole")
        return read

    def signed(self, note: Note) -> Signature | None:
        """Return this key's signature under a note, or None if there is none.

        Raises:
            UntrustedNoteError: there is one that does not hold.
        """
        mine = [one for one in note.signatures if (one.name, one.id) == (self.name, self.id)]
        for one in mine:
            message, value = self._message(note.text, one.value)
            try:
                Ed25519PublicKey.from_public_bytes(self.key).verify(value, message)
            except InvalidSignature:
                raise UntrustedNoteError(f"the signature of {self.name} does not hold") from None
        return mine[0] if mine else None

    def _message(self, text: str, value: bytes) -> tuple[bytes, bytes]:
        """Return what was signed, and the bare signature.

        Raises:
            UntrustedNoteError: the moment in it lies beyond what the specification allows.
        """
        if self.type == ED25519:
            return text.encode(), value
        at = int.from_bytes(value[:TIME_BYTES], "big")
        if at > LATEST:
            raise UntrustedNoteError(f"the signature of {self.name} tells a moment that there is not")
        return cosigned(text, at), value[TIME_BYTES:]


@dataclass(frozen=True, slots=True)
class Signer:
    """A name and a private key."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """What its signatures are checked with."""
        return VerifierKey(self.name, ED25519, self._public)

    @property
    def witness(self) -> VerifierKey:
        """What its cosignatures are checked with."""
        return VerifierKey(self.name, COSIGNATURE, self._public)

    @property
    def _public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def sign(self, text: str) -> Signature:
        """Put the name under a text."""
        return Signature(self.name, self.verifier.id, self.private.sign(text.encode()))

    def cosign(self, text: str, at: int) -> Signature:
        """Put the name under a checkpoint's text, as a witness, `at` seconds of POSIX time."""
        value = at.to_bytes(TIME_BYTES, "big") + self.private.sign(cosigned(text, at))
        return Signature(self.name, self.witness.id, value)


def cosigned(text: str, at: int) -> bytes:
    """Return what a witness signs."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def key_id(name: str, kind: int, key: bytes) -> bytes:
    """Return the four bytes by which a signature names its key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:ID_BYTES]


def trusted_text(written: str, keys: Iterable[VerifierKey]) -> str:
    """Return the text of a note that one of `keys` has signed.

    Raises:
        UnreadableNoteError: it is no note.
        UntrustedNoteError: none of them has signed it, or a signature of one does not hold.
    """
    note = Note.read(written)
    if not [key for key in keys if key.signed(note)]:
        raise UntrustedNoteError("no key that is trusted has signed it")
    return note.text


def decoded(text: str) -> bytes:
    """Return the bytes of base64, which can be written in one way only.

    Raises:
        UnreadableNoteError: it is none, or is written in another way.
    """
    try:
        read = base64.b64decode(text, validate=True)
    except ValueError:  # also for what is not ASCII
        read = b""
    if base64.b64encode(read).decode() != text:
        raise UnreadableNoteError("what should be base64 is not, or is written in another way than the usual one")
    return read
