"""What the services document of themselves: asked of them while they run, and again and again, so that nobody tells."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

from gateway.proxy import Proxy
from gateway.table import Operation, Table, operations
from shared.errors import Away

AGAIN_SECONDS = 5.0
"""How long a service that was upgraded may go unnoticed."""
MISSING_SECONDS = 0.5
"""How often a service is asked at most whose document is not there yet."""
FETCH_SECONDS = 15.0
"""A service that was just started makes its document when it is first asked for it."""
LARGEST = 16_000_000

Json = Mapping[str, Any]

log = logging.getLogger(__name__)


class WrongDocumentError(Exception):
    """What a service says of itself is no OpenAPI document."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a service said last."""

    etag: str
    content: Json
    operations: tuple[tuple[str, Operation], ...]
    """What is passed on of it, with the method of each."""


class Documents:
    """The documents of all services, and the table that is made from them."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._found: dict[str, Document] = {}
        self._asking = asyncio.Lock()
        self._asked_at = -MISSING_SECONDS
        self.table = Table()
        self.version = 0
        """Counts how often what is known has changed."""

    @property
    def content(self) -> Mapping[str, Json]:
        """What each service documents, in the order of the settings; services that were never reached are missing."""
        return {name: self._found[name].content for name in self._proxy.addresses if name in self._found}

    @property
    def missing(self) -> tuple[str, ...]:
        """Services of which nothing is known yet."""
        return tuple(name for name in self._proxy.addresses if name not in self._found)

    async def seek(self) -> None:
        """Ask the services of which nothing is known yet: once for all who wait for it, and not all the time."""
        now = asyncio.get_running_loop().time
        begun = now()
        async with self._asking:
            if self.missing and self._asked_at < begun:
                await asyncio.sleep(self._asked_at + MISSING_SECONDS - now())
                await asyncio.gather(*map(self._ask, self.missing))
                self._asked_at = now()

    async def keep_asking(self) -> None:
        """Ask for as long as the gateway runs."""
        while True:
            if self.missing:
                await self.seek()
            else:
                async with self._asking:
                    await asyncio.gather(*map(self._ask, self._proxy.addresses))
            await asyncio.sleep(MISSING_SECONDS if self.missing else AGAIN_SECONDS)

    async def _ask(self, service: str) -> None:
        """Ask a service for its document; one that is another than before is in the table from then on."""
        before = self._found.get(service)
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                found = await self._fetch(service, before.etag if before else "")
        except (Away, TimeoutError):
            return
        except WrongDocumentError as wrong:
            log.warning("The document of the %s service cannot be used: %s", service, wrong)
            return
        if found is None or (before and found.content == before.content):
            return
        self._found[service] = found
        self.version += 1
        known = [self._found[name] for name in self._proxy.addresses if name in self._found]
        self.table = Table(one for document in known for one in document.operations)

    async def _fetch(self, service: str, etag: str) -> Document | None:
        """Return the document; None when it is the one with `etag`."""
        headers = [("accept", "application/json"), *([("if-none-match", etag)] if etag else [])]
        answer = await self._proxy.ask(service, "GET", "/openapi.json", headers)
        try:
            if answer.status == HTTPStatus.NOT_MODIFIED:
                return None
            if answer.status != HTTPStatus.OK:
                raise WrongDocumentError(f"the answer was {answer.status}")
            content = json.loads(await _whole(answer))
            return Document(answer.headers.get("etag", ""), content, tuple(operations(service, content)))
        except (ValueError, RecursionError) as fault:
            raise WrongDocumentError("it is no OpenAPI document") from fault
        except aiohttp.ClientError as fault:
            raise WrongDocumentError("it broke off") from fault
        finally:
            answer.release()


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in answer.content.iter_any():
        body += part
        if len(body) > LARGEST:
            raise WrongDocumentError(f"it is larger than {LARGEST} bytes")
    return bytes(body)
