"""Sending an answer's head and body together, where both are there at once.

uvicorn writes them one after the other, and each write wakes the reader and costs as much as the framework does.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

AT_ONCE = 65_536
"""Bytes that are not gathered any further."""


class Gathering:
    """A connection that writes once in a turn of the loop; in everything else it is the one that it was made of."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the connection has
        return getattr(self._transport, name)

    def write(self, part: bytes) -> None:
        """Write `part` at the end of this turn, or at once when much has been gathered."""
        if not part:
            return
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(part)
        self._size += len(part)
        if self._size >= AT_ONCE:
            self._flush()

    def close(self) -> None:
        """Close the connection after what has been written."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            gathered = b"".join(self._parts)
            self._parts.clear()
            self._size = 0
            self._transport.write(gathered)


class GatheringProtocol(H11Protocol):
    """HTTP/1.1 on such a connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Begin."""
        super().connection_made(cast("asyncio.Transport", Gathering(transport, self.loop)))
