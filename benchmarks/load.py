"""Asking a server over HTTP as fast as it answers, on connections that stay open.

The client writes requests that were made before and reads only what it must of the answers: the less it costs, the
less it hides the server.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count

import psutil

from benchmarks.measure import CannotMeasureError, percentile

PATIENCE = 20.0
"""Seconds for one answer."""

MakeRequest = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Server:
    """A process that listens on loopback."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Return the seconds that its cores have worked so far."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it."""

    rate: float
    """Answers per second."""
    times: list[float]
    """Seconds of each answer."""
    cpu: float
    """Seconds of a core that the server took for an answer; what else the machine does hardly changes it."""

    def ms(self, part: float) -> float:
        """Return a percentile of the times, in milliseconds."""
        return percentile(self.times, part) * 1_000


def request(method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire."""
    said = {"Host": "127.0.0.1", **(headers or {})}
    if method == "POST":
        said |= {"Content-Length": str(len(body)), "Content-Type": "application/json"}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def load(server: Server, make: MakeRequest, status: int, connections: int, seconds: float) -> Load:
    """Ask for `seconds` on so many connections at once, each sending its next request when the last was answered.

    Raises:
        CannotMeasureError: an answer has another status than `status`, or none comes.
    """
    end = time.perf_counter() + seconds
    return _measured(server, make, status, connections, lambda: time.perf_counter() < end)


def ask(server: Server, make: MakeRequest, status: int, times: int) -> Load:
    """Ask so many times on one connection, one after the other."""
    left = count(times, -1)
    return _measured(server, make, status, 1, lambda: next(left) > 0)


def fetch(server: Server, sent: bytes) -> tuple[dict[str, str], bytes]:
    """Return the headers, named in lower case, and the body of one answer."""

    async def answer() -> tuple[bytes, bytes]:
        async with _connected(server) as (reader, writer):
            writer.write(sent)
            return await asyncio.wait_for(_answer(reader), PATIENCE)

    head, body = asyncio.run(answer())
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:] if line]
    return {name.lower(): value for name, _, value in lines}, body


def _measured(server: Server, make: MakeRequest, status: int, connections: int, more: Callable[[], bool]) -> Load:
    times: list[float] = []

    async def keep_asking() -> None:
        async with _connected(server) as (reader, writer):
            while more():
                sent = time.perf_counter()
                writer.write(make())
                head, body = await asyncio.wait_for(_answer(reader), PATIENCE)
                times.append(time.perf_counter() - sent)
                if int(head[9:12]) != status:
                    said = f"{head[9:12].decode()} and not {status}: {body[:300].decode()}"
                    raise CannotMeasureError(f"The server on port {server.port} answered {said}")

    async def all_of_them() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(keep_asking())

    cpu, begun = server.cpu(), time.perf_counter()
    try:
        asyncio.run(all_of_them())
    except* (OSError, EOFError, TimeoutError) as away:
        reason = type(away.exceptions[0]).__name__
        raise CannotMeasureError(f"The server on port {server.port} did not answer ({reason}).") from away
    except* CannotMeasureError as wrong:
        raise wrong.exceptions[0] from None
    return Load(len(times) / (time.perf_counter() - begun), times, (server.cpu() - cpu) / len(times))


@asynccontextmanager
async def _connected(server: Server) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Return the head and the body of the next answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0].strip()
    return head, await reader.readexactly(int(length)) if length and head[9:12] != b"304" else b""
