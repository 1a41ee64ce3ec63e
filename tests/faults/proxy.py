"""A small TCP proxy between two parts of the house: it can delay, reset and black-hole, and tell when something passes.

What passes on a link is the only thing that a nemesis outside the processes can see of them. An ambush waits for a
certain message and kills the process at that very moment, before the message goes on.
"""

import asyncio
import contextlib
import os
import signal
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

CHUNK = 65_536
CONNECT_SECONDS = 5.0
Address = tuple[str, int] | str
"""A TCP address, or the path of a socket."""


class Way(Enum):
    """Which way a message goes, as the client sees it."""

    OUT = "to the server"
    BACK = "from the server"


class Sight(NamedTuple):
    """What an ambush waits for: a message on this link, this way, that holds these bytes (any message, when empty)."""

    link: "Link"
    way: Way
    pattern: bytes = b""


@dataclass
class Ambush:
    """Signals a process when it has seen one message after the other; what kills it also loses the last message.

    Ambushes that share `fired` wait together, and only the first strikes.
    """

    pid: int
    number: signal.Signals
    sights: Sequence[Sight]
    fired: threading.Event = field(default_factory=threading.Event)
    _seen: int = 0
    _on: object = None

    @property
    def struck(self) -> bool:
        """Whether it was this one that struck."""
        return self._seen == len(self.sights)

    def drops(self, link: "Link", connection: object, way: Way, data: bytes) -> bool:
        """Look at a message, strike if it is the last one waited for, and say whether it is lost."""
        if self.fired.is_set():
            return False
        wanted = self.sights[self._seen]
        follows = self._seen and self.sights[self._seen - 1].link is link
        elsewhere = follows and connection is not self._on
        if wanted.link is not link or wanted.way is not way or wanted.pattern not in data or elsewhere:
            return False
        self._seen, self._on = self._seen + 1, connection
        if not self.struck:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, self.number)
        self.fired.set()
        return self.number is signal.SIGKILL


class Link:
    """One listening port on loopback whose connections lead to one server."""

    def __init__(self, name: str, proxy: "Proxy") -> None:
        self.name = name
        self.server: Address = ""
        self.ambush: Ambush | None = None
        self.delay = 0.0
        """Seconds that each message takes longer."""
        self._proxy = proxy
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        self._server: asyncio.Server
        self._writers: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()
        self._open.set()

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Break every connection, as a firewall that was restarted would."""
        self._proxy.call(self._abort)

    def close_hole(self) -> None:
        """Let everything through again, also what was sent meanwhile."""
        self._proxy.call(self._open.set)

    def open_hole(self) -> None:
        """Let nothing through and break nothing: both sides wait."""
        self._proxy.call(self._open.clear)

    async def listen(self) -> None:
        """Accept connections until the proxy ends."""
        self._server = await asyncio.start_server(self._accept, sock=self._socket, limit=CHUNK)

    def shut(self) -> None:
        """Accept nothing any more and break what there is."""
        self._server.close()
        self._abort()

    def _abort(self) -> None:
        for writer in self._writers:
            broken(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._open.wait()
            server_reader, server_writer = await asyncio.wait_for(self._connect(), CONNECT_SECONDS)
        except (OSError, TimeoutError):
            broken(writer)
            self._writers.discard(writer)
            return
        self._writers.add(server_writer)
        connection = object()
        pumps = (
            asyncio.ensure_future(self._pump(reader, server_writer, connection, Way.OUT)),
            asyncio.ensure_future(self._pump(server_reader, writer, connection, Way.BACK)),
        )
        await asyncio.wait(pumps)
        self._writers -= {writer, server_writer}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.server, str):
            return await asyncio.open_unix_connection(self.server)
        return await asyncio.open_connection(*self.server)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: object, way: Way
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._open.wait()
                if self.ambush is not None and self.ambush.drops(self, connection, way, data):
                    break
                writer.write(data)
                await writer.drain()
        writer.close()


def broken(writer: asyncio.StreamWriter) -> None:
    """Break a connection, so that the other side sees a reset and no end."""
    held: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Proxy:
    """The links of one stack, in a thread of their own."""

    def __init__(self) -> None:
        self._links: list[Link] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")
        self._thread.start()

    def link(self, name: str) -> Link:
        """Return a new link; its `server` is set before the first client comes."""
        link = Link(name, self)
        asyncio.run_coroutine_threadsafe(link.listen(), self._loop).result(10)
        self._links.append(link)
        return link

    def call(self, act: Callable[[], object]) -> None:
        """Do something in the proxy's thread, and return when it is done."""

        async def acted() -> None:
            act()

        asyncio.run_coroutine_threadsafe(acted(), self._loop).result(10)

    def close(self) -> None:
        """Close every port and connection."""
        for link in self._links:
            self.call(link.shut)
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_all() -> None:
    """End what still runs in this loop, so that it closes without complaints."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.1)  # transports that were aborted close their sockets in the next turns of the loop
