"""Sealing what names a person: AES-256-GCM under a key per case, which a key outside the database wraps.

A sealed value is bound to its table, column and row; moved elsewhere it does not open. Shredding a case's key erases
everything that was sealed for it, in every backup too.
"""

import secrets
from pathlib import Path
from typing import Annotated, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.occasion import occasion
from shared.once import made_once
from shared.settings import Settings
from shared.tables import Table, plain

KEY = 32
NONCE = 12


class CaseKey(Table):
    """The key of one case, wrapped."""

    __tablename__ = "case_key"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency: Mapped[str]
    wrapped: Mapped[bytes]


ADD = insert(plain(CaseKey)).on_conflict_do_nothing().returning(plain(CaseKey).c.case_id)


class WrongVaultKeyError(Exception):
    """The vault's key file does not hold a key, or not the one that the case keys were wrapped with."""


class Vault:
    """Seals and opens, with the key that wraps the keys of the cases."""

    def __init__(self, key: bytes) -> None:
        self._wrap = AESGCM(key)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read the wrapping key; in development it is created in the installation's folder.

        Raises:
            WrongVaultKeyError: the file is missing or does not hold 32 bytes.
        """
        path = settings.vault_key or development_key(settings.folder)
        if not path.is_file() or path.stat().st_size != KEY:
            raise WrongVaultKeyError(f"{path} holds no vault key; write {KEY} random bytes there and keep a copy safe")
        return cls(path.read_bytes())

    def seal(self, session: Session, case_id: UUID, place: str, text: str) -> bytes:
        """Return `text` as only this vault opens it, at `place` ("table.column:row") of this case."""
        keys = _known_keys(session)
        if case_id not in keys:
            keys[case_id] = self._new_key(session, case_id) or self._kept_key(session, case_id)
        return _sealed(keys[case_id], place, text.encode())

    def open(self, session: Session, case_id: UUID, place: str, sealed: bytes) -> str:
        """Return what was sealed at `place` of this case.

        Raises:
            WrongVaultKeyError: it was sealed elsewhere or with another key, or the case's key was shredded.
        """
        try:
            keys = _known_keys(session)
            if case_id not in keys:
                keys[case_id] = self._kept_key(session, case_id)
            return keys[case_id].decrypt(sealed[:NONCE], sealed[NONCE:], place.encode()).decode()
        except (InvalidTag, NoResultFound) as foreign:
            raise WrongVaultKeyError(f"what is sealed at {place} does not open with this case's key") from foreign

    def _new_key(self, session: Session, case_id: UUID) -> AESGCM | None:
        """Make the key of a case, or return None when it has one; most cases that are sealed for begin just now."""
        key, nonce = secrets.token_bytes(KEY), secrets.token_bytes(NONCE)
        wrapped = nonce + self._wrap.encrypt(nonce, key, case_id.bytes)
        row = {"case_id": case_id, "agency": occasion(session).agency, "wrapped": wrapped}
        made = session.scalar(ADD, row)
        return None if made is None else AESGCM(key)

    def _kept_key(self, session: Session, case_id: UUID) -> AESGCM:
        wrapped = session.scalars(select(CaseKey.wrapped).where(CaseKey.case_id == case_id)).one()
        return AESGCM(self._wrap.decrypt(wrapped[:NONCE], wrapped[NONCE:], case_id.bytes))


def _known_keys(session: Session) -> dict[UUID, AESGCM]:
    """Return the keys that this transaction has used, so that a second value costs no question."""
    known: dict[UUID, AESGCM] = session.info.setdefault("case keys", {})
    return known


def _sealed(key: AESGCM, place: str, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + key.encrypt(nonce, plain, place.encode())


def development_key(folder: Path) -> Path:
    """Return the path of development's key, made once; production names its own."""
    path = folder / "vault.key"
    made_once(path, lambda: secrets.token_bytes(KEY))
    return path


async def vault_of(request: Request) -> Vault:
    """Return the installation's vault."""
    vault: Vault = request.app.state.vault
    return vault


SealedBy = Annotated[Vault, Depends(vault_of)]
"""The installation's vault."""
