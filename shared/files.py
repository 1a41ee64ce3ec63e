"""Files that were handed in: each is kept whole or not at all, and nobody can read it on the disk.

A file is sealed part by part while it arrives, under a key of its own, so that not even a part of it ever lies open.
When it is whole it takes its place in one step. Its place is called after the SHA-256 of what lies there, so that it
can be checked without a key. The key is kept sealed in the database (`shared.custody`).
"""

import io
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Depends, Request

from shared.archives import examined, opened
from shared.errors import Away, Malformed, TooLarge
from shared.settings import Settings
from shared.sniffing import Media, Sniffer

PART = 262_144
"""Bytes that are sealed together, and held in memory."""
TAG = 16
NONCE = 12
KEY = 32
ENVELOPE = 131_072
"""Bytes that a request may have beside its file: the fields of a form and what separates them."""
LARGE_FILE = "The file is larger than the {largest} bytes that are taken; hand in a smaller one."
DRAFTS = ".drafts"
"""Where files lie while they arrive."""


def nonce(number: int) -> bytes:
    """Return the nonce of a part: each key seals one file, and each number once, so a part opens only in its place."""
    return number.to_bytes(NONCE, "big")


def sealed_size(size: int) -> int:
    """Return how many bytes a file of `size` takes up."""
    return size + TAG * -(-size // PART)


class Draft:
    """A file that is arriving."""

    def __init__(self, path: Path, largest: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self.key = secrets.token_bytes(KEY)
        self.size = 0
        self._largest = largest
        self._seal = AESGCM(self.key)
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._waiting = bytearray()
        self._parts = 0
        self._content, self._sealed = sha256(), sha256()
        self._sniffer = Sniffer()

    @property
    def digest(self) -> bytes:
        """The SHA-256 of what arrived."""
        return self._content.digest()

    @property
    def address(self) -> str:
        """The SHA-256 of what lies on the disk."""
        return self._sealed.hexdigest()

    def write(self, part: bytes) -> None:
        """Take the next part.

        Raises:
            TooLarge: the file is larger than this installation takes.
        """
        self.size += len(part)
        if self.size > self._largest:
            raise TooLarge(LARGE_FILE, largest=self._largest)
        self._content.update(part)
        self._sniffer.feed(part)
        self._waiting += part
        while len(self._waiting) >= PART:
            self._put(bytes(self._waiting[:PART]))
            del self._waiting[:PART]

    def finish(self) -> Media | None:
        """Take it that nothing more comes, put everything on the disk for good, and return what the file is.

        Raises:
            Malformed: the file is empty, or an archive that is not taken.
        """
        if not self.size:
            raise Malformed("The file is empty; nothing was kept.")
        if self._waiting:
            self._put(bytes(self._waiting))
            self._waiting.clear()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._sniffer.end()
        if self._sniffer.is_archive:
            with opened(Content(self.path, self.key, self.size)) as content:
                return examined(content, self.size)
        return self._sniffer.media

    def discard(self) -> None:
        """Leave nothing of it, unless it was kept."""
        with suppress(OSError):  # on a full disk not even the end can be written
            self._file.close()
        self.path.unlink(missing_ok=True)

    def _put(self, part: bytes) -> None:
        sealed = self._seal.encrypt(nonce(self._parts), part, None)
        self._parts += 1
        self._sealed.update(sealed)
        self._file.write(sealed)


class LostFileError(Exception):
    """What lies on the disk is not what was kept there."""


class Content(io.RawIOBase):
    """What is in a sealed file, from any place on; whoever makes one closes it."""

    def __init__(self, path: Path, key: bytes, size: int) -> None:
        super().__init__()
        self._sealed = path.open("rb")
        self._key = AESGCM(key)
        self._size = size
        self._place = 0
        self._opened = (-1, b"")

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go on from another place."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = max(start + offset, 0)
        return self._place

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Read on, at most to the end of a part."""
        if self._place >= self._size:
            return 0
        number, start = divmod(self._place, PART)
        piece = self.part(number)[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def part(self, number: int) -> bytes:
        """Return one part.

        Raises:
            LostFileError: it does not open: it was changed, or something is missing.
        """
        if self._opened[0] != number:
            self._sealed.seek(number * (PART + TAG))
            try:
                found = self._key.decrypt(nonce(number), self._sealed.read(PART + TAG), None)
            except InvalidTag as changed:
                raise LostFileError(f"{self._sealed.name} does not open at part {number}") from changed
            self._opened = (number, found)
        return self._opened[1]

    def parts(self) -> Iterator[bytes]:
        """Yield everything from the beginning, and close the file."""
        with self:
            for number in range(-(-self._size // PART)):
                yield self.part(number)

    def close(self) -> None:
        """Let go of the file."""
        self._sealed.close()
        super().close()


class Files:
    """The files of one service, in a folder that no server shows to anybody."""

    def __init__(self, folder: Path, largest: int) -> None:
        self._folder = folder
        self._largest = largest

    @classmethod
    def of(cls, settings: Settings, service: str) -> Self:
        """Return the files of a service."""
        return cls((settings.files or settings.folder / "files") / service, settings.max_file_size)

    def draft(self) -> Draft:
        """Return a file to write to."""
        return Draft(self._folder / DRAFTS / secrets.token_hex(16), self._largest)

    def keep(self, draft: Draft, agency: str) -> None:
        """Let a finished file take its place, for good: the last thing before the commit that tells of it."""
        place = self._place(agency, draft.address)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.path.rename(place)
        for folder in (place.parent, place.parent.parent, place.parent.parent.parent):
            _make_durable(folder)

    def content(self, agency: str, address: str, key: bytes, size: int) -> Content:
        """Return what is in a file.

        Raises:
            Away: it is not where it was kept, or not whole.
        """
        if not self.whole(agency, address, size):
            raise Away("The file is not where it was kept; tell the operator.")
        return Content(self._place(agency, address), key, size)

    def whole(self, agency: str, address: str, size: int) -> bool:
        """Say whether a file of `size` lies where it was kept, with nothing cut off; whether it opens is not tried."""
        place = self._place(agency, address)
        return place.is_file() and place.stat().st_size == sealed_size(size)

    def old(self, agency: str, seconds: float) -> list[str]:
        """Return the addresses of an agency's files that have lain there for so long."""
        before = time.time() - seconds
        return [place.name for place in (self._folder / agency).glob("??/*") if place.stat().st_mtime < before]

    def drop(self, agency: str, address: str) -> None:
        """Delete a file of which nothing tells."""
        self._place(agency, address).unlink(missing_ok=True)

    def drop_drafts(self, seconds: float) -> int:
        """Delete what has not arrived whole for so long, because its process was killed, and say how many they were."""
        before = time.time() - seconds
        old = [place for place in (self._folder / DRAFTS).glob("*") if place.stat().st_mtime < before]
        for place in old:
            place.unlink(missing_ok=True)
        return len(old)

    def _place(self, agency: str, address: str) -> Path:
        return self._folder / agency / address[:2] / address


def _make_durable(folder: Path) -> None:
    """Let a folder's list of files survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def files_of(request: Request) -> Files:
    """Return the service's files."""
    files: Files = request.app.state.files
    return files


KeptBy = Annotated[Files, Depends(files_of)]
"""The service's files."""
