"""Reading a record over HTTP."""

from collections.abc import Iterator
from datetime import date
from http import HTTPStatus
from typing import Any, Self

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.log.tiles import Tile, place

TIMEOUT = httpx.Timeout(30, connect=5)
PAGE = 100
"""Entries of a full page of the feed."""


class RecordError(Exception):
    """The record does not hold, or cannot be read; the sentence says what is wrong."""


class ServedEntry(BaseModel):
    """An entry as the feed serves it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    index: int
    type: str
    agency: str
    reference: str
    day: str
    fields: dict[str, Any]
    salts: dict[str, str]
    digests: list[str]
    redacted: list[str]
    expunged_by: int | None

    def day_of(self) -> date:
        """Return its day.

        Raises:
            ValueError: it is none.
        """
        return date.fromisoformat(self.day)


class Source:
    """Where a record is read from."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=self.url, timeout=TIMEOUT, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def text(self, path: str) -> str:
        """Return what is there as text.

        Raises:
            RecordError: it cannot be read.
        """
        try:
            return self._read(path).content.decode()
        except UnicodeDecodeError:
            raise RecordError(f"What is served at {path} is no text.") from None

    def statements(self) -> list[str]:
        """Return what the log says of its keys.

        Raises:
            RecordError: it cannot be read.
        """
        try:
            return [str(one) for one in self._read("/log/keys").json()["statements"]]
        except (ValueError, KeyError, TypeError):
            raise RecordError("What is served at /log/keys is no list of statements.") from None

    def tile(self, level: int | str, tile: Tile) -> bytes:
        """Return a tile of the tree, or with "entries" a bundle of entries.

        Raises:
            RecordError: it cannot be read.
        """
        return self._read(f"/log/tile/{level}/{place(tile)}").content

    def entries(self, size: int) -> Iterator[ServedEntry]:
        """Yield the first `size` entries of the feed, the first one first.

        Raises:
            RecordError: a page cannot be read.
        """
        for page in range(-(-size // PAGE)):
            path = f"/feed.json?page={page}"
            try:
                items = self._read(path).json()["items"]
                read = [ServedEntry.model_validate(item["_accord"]) for item in items]
            except (ValueError, KeyError, TypeError, ValidationError):
                raise RecordError(f"What is served at {path} is no page of the feed.") from None
            yield from sorted(read, key=lambda entry: entry.index)[: size - page * PAGE]

    def _read(self, path: str) -> httpx.Response:
        try:
            answer = self._http.get(path)
        except httpx.InvalidURL as wrong:
            raise RecordError(f"{self.url} is no address; it looks like https://records.example.org.") from wrong
        except httpx.HTTPError as away:
            raise RecordError(f"{self.url}{path} does not answer ({type(away).__name__}); try again later.") from away
        if answer.status_code != HTTPStatus.OK:
            raise RecordError(f"{self.url}{path} answers {answer.status_code}: what belongs to the record is missing.")
        return answer
