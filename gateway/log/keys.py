"""The log's keys: which it signs with, since when, and how one follows another.

A key is followed by another in three steps (`docs/verifying.md`): the new one is added and both sign; whoever verifies
the log learns the new one from a statement that the old one has signed; then the old one signs no more.
"""

import base64
import json
import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.log.notes import Note, Signer, UnreadableNoteError, VerifierKey
from shared.once import made_once
from shared.settings import Environment, Settings

FILE = "log-key.json"
STATEMENT = "accord log keys"


@dataclass(frozen=True, slots=True)
class Period:
    """A key, and the days on which it signs."""

    verifier: VerifierKey
    since: date
    until: date | None
    """The first day on which it signs no more."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The log's own keys, in the order in which they were made."""

    origin: str
    keys: tuple[tuple[Signer, date, date | None], ...]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read the keys; in development one is made where there is none yet.

        Raises:
            WrongLogKeyError: the file does not hold them.
        """
        file = key_file(settings)
        if settings.env is Environment.PRODUCTION and settings.log_key is None:
            raise WrongLogKeyError("In production the log signs with keys of its own; name the file in ACCORD_LOG_KEY.")
        if settings.log_key is None:
            content = made_once(file, lambda: json.dumps([_made(date.today())]).encode())  # noqa: DTZ011 - the operator's day
        else:
            try:
                content = file.read_bytes()
            except OSError as missing:
                raise WrongLogKeyError(f"The log's key cannot be read from {file}: {missing.strerror}.") from missing
        return cls(settings.log, tuple(_read(settings.log, one, file) for one in _listed(content, file)))

    @property
    def signers(self) -> tuple[Signer, ...]:
        """Who signs now."""
        return tuple(signer for signer, _, until in self.keys if until is None)

    def sign(self, text: str) -> str:
        """Return a note that every key which signs now has signed."""
        return Note(text, tuple(signer.sign(text) for signer in self.signers)).write()

    def statement(self) -> str:
        """Return the text that says which keys the log has and had."""
        periods = [Period(signer.verifier, since, until) for signer, since, until in self.keys]
        lines = [f"{one.verifier.write()} {one.since} {one.until or '-'}\n" for one in periods]
        return f"{STATEMENT}\n{self.origin}\n{''.join(lines)}"


class WrongLogKeyError(Exception):
    """The file with the log's keys does not hold them."""


def key_file(settings: Settings) -> Path:
    """Return where the log's keys are."""
    return settings.log_key or settings.folder / FILE


def periods_of(statement: str) -> list[Period]:
    """Read a statement on keys.

    Raises:
        UnreadableNoteError: it is none.
    """
    begins, _, *lines = statement.splitlines()
    if begins != STATEMENT or not lines:
        raise UnreadableNoteError(f"a statement on the log's keys begins with {STATEMENT!r}")
    return [_period(line) for line in lines]


def _period(line: str) -> Period:
    try:
        key, since, until = line.split(" ")
        return Period(
            VerifierKey.read(key), date.fromisoformat(since), None if until == "-" else date.fromisoformat(until)
        )
    except ValueError as wrong:
        raise UnreadableNoteError(f"a line of the statement on the log's keys cannot be read: {wrong}") from wrong


def add_key(settings: Settings, today: date) -> KeyRing:
    """Add a key that signs from now on, beside those that do."""
    KeyRing.of(settings)  # or says why there is none that another could follow
    file = key_file(settings)
    _write(file, [*_listed(file.read_bytes(), file), _made(today)])
    return KeyRing.of(settings)


def retire_key(settings: Settings, key_id: str, today: date) -> KeyRing:
    """Let the key with this id in hexadecimal sign no more.

    Raises:
        WrongLogKeyError: there is no such key that signs, or no other one would.
    """
    ring = KeyRing.of(settings)
    signing = [signer.verifier.id.hex() for signer in ring.signers]
    if key_id not in signing:
        raise WrongLogKeyError(f"No key with the id {key_id} signs; those that do are {', '.join(signing)}.")
    if len(signing) == 1:
        raise WrongLogKeyError("No other key signs; add one, and let both sign for a while.")
    keys = tuple(
        (signer, since, today if signer.verifier.id.hex() == key_id else until) for signer, since, until in ring.keys
    )
    _write(key_file(settings), [_kept(*one) for one in keys])
    return replace(ring, keys=keys)


def _made(today: date) -> dict[str, str | None]:
    return _kept(Signer("", Ed25519PrivateKey.generate()), today, None)


def _kept(signer: Signer, since: date, until: date | None) -> dict[str, str | None]:
    seed = base64.b64encode(signer.private.private_bytes_raw()).decode()
    return {"seed": seed, "since": since.isoformat(), "until": until.isoformat() if until else None}


def _listed(content: bytes, file: Path) -> list[dict[str, str | None]]:
    try:
        listed: list[dict[str, str | None]] = json.loads(content)
    except ValueError:
        listed = []
    if not isinstance(listed, list) or not listed:
        raise WrongLogKeyError(f"{file} does not hold the log's keys; it is a list of seed, since and until.")
    return listed


def _read(origin: str, one: dict[str, str | None], file: Path) -> tuple[Signer, date, date | None]:
    try:
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(one["seed"] or ""))
        until = date.fromisoformat(one["until"]) if one["until"] else None
        return Signer(origin, private), date.fromisoformat(one["since"] or ""), until
    except (KeyError, TypeError, ValueError):
        raise WrongLogKeyError(f"{file} does not hold the log's keys; it is a list of seed, since and until.") from None


def _write(file: Path, keys: list[dict[str, str | None]]) -> None:
    """Replace the file whole, readable by its owner only."""
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as draft:
        draft.write(json.dumps(keys, indent=1).encode())
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(file)
