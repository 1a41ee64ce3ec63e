"""What is passed on is nowhere held as a whole: who does not read stops who sends, and who is gone ends it."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
from starlette.types import Receive, Scope, Send

from accord.gathering import AT_ONCE, Gathering
from tests.gateway.conftest import OpenGateway
from tests.gateway.servers import PATIENCE, chunks, documented, serving

COMPLAINTS = "/agencies/rivertown/complaints"
PART = b"x" * 65_536
PARTS = 3_000
"""Together 197 MB."""
BUFFERS = 40_000_000
"""What the system and the servers may hold on the way between three processes, at most."""


class Flood:
    """A service that answers with more than anybody holds, and one that does not read what it is sent."""

    def __init__(self) -> None:
        self.told = 0
        self.ended = threading.Event()
        self.read = threading.Event()

    async def download(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all parts, as fast as they are taken."""
        if scope["type"] != "http":
            return
        gone = asyncio.create_task(departure(receive))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while self.told < PARTS and not gone.done():
            await send({"type": "http.response.body", "body": PART, "more_body": True})
            self.told += 1
            await asyncio.sleep(0)
        gone.cancel()
        await send({"type": "http.response.body", "body": b""})
        self.ended.set()

    async def upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read nothing until the test says so, and answer with the length."""
        if scope["type"] != "http":
            return
        await asyncio.to_thread(self.read.wait, PATIENCE)
        length = 0
        async for part in chunks(receive):
            length += len(part)
        told = str(length).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(told))]})
        await send({"type": "http.response.body", "body": told})


async def departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def connected(door: str) -> socket.socket:
    host, port = door.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def settled(value: Callable[[], int]) -> int:
    """Return what a number has come to when it no longer grows."""
    before = -1
    while (now := value()) != before:
        before = now
        time.sleep(0.5)
    return now


def memory() -> int:
    return int(psutil.Process(os.getpid()).memory_info().rss)


def test_a_caller_who_does_not_read_stops_the_service(open_gateway: OpenGateway) -> None:
    flood = Flood()
    with serving(documented(flood.download)) as address, connected(open_gateway(address)) as connection:
        before = memory()
        connection.sendall(f"GET {COMPLAINTS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert settled(lambda: flood.told) * len(PART) < BUFFERS
        assert memory() - before < BUFFERS
        assert not flood.ended.is_set()


def test_a_caller_who_leaves_ends_what_the_service_is_sending(open_gateway: OpenGateway) -> None:
    flood = Flood()
    with serving(documented(flood.download)) as address:
        with connected(open_gateway(address)) as connection:
            connection.sendall(f"GET {COMPLAINTS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            settled(lambda: flood.told)
        assert flood.ended.wait(PATIENCE)
        assert flood.told < PARTS


def test_a_caller_who_reads_gets_all_of_it(open_gateway: OpenGateway) -> None:
    flood = Flood()
    with serving(documented(flood.download)) as address, connected(open_gateway(address)) as connection:
        connection.sendall(f"GET {COMPLAINTS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        before, most, length = memory(), 0, 0
        while part := connection.recv(1_000_000):
            length, most = length + len(part), max(most, memory())
        assert length > PARTS * len(PART)
        assert most - before < BUFFERS


def test_a_service_that_does_not_read_stops_the_caller(open_gateway: OpenGateway) -> None:
    flood, sent = Flood(), [0]
    with serving(documented(flood.upload)) as address:
        door = open_gateway(address, max_file_size=PARTS * len(PART))
        with connected(door) as connection:
            head = f"POST {COMPLAINTS}/1/evidence HTTP/1.1\r\nHost: x\r\nContent-Length: {PARTS * len(PART)}\r\n\r\n"

            def send() -> None:
                connection.sendall(head.encode())
                for _ in range(PARTS):
                    connection.sendall(PART)
                    sent[0] += len(PART)

            sender = threading.Thread(target=send)
            before = memory()
            sender.start()
            assert settled(lambda: sent[0]) < BUFFERS
            assert memory() - before < BUFFERS
            flood.read.set()
            sender.join(PATIENCE)
            assert connection.recv(65_536).endswith(str(PARTS * len(PART)).encode())


class Written:
    """A connection that remembers what was written, and when it was closed."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed_after: int | None = None

    def write(self, part: bytes) -> None:
        """Remember it."""
        self.writes.append(part)

    def close(self) -> None:
        """Remember when."""
        self.closed_after = len(self.writes)


def gathered(parts: Iterator[bytes], *, close: bool = False) -> Written:
    written: Any = Written()

    async def turn() -> None:
        gathering = Gathering(written, asyncio.get_running_loop())
        for part in parts:
            gathering.write(part)
        if close:
            gathering.close()
        await asyncio.sleep(0)

    asyncio.run(turn())
    found: Written = written
    return found


def test_what_is_written_in_one_turn_goes_out_together_and_in_order() -> None:
    assert gathered(iter([b"head", b"", b"body"])).writes == [b"headbody"]


def test_what_is_large_does_not_wait() -> None:
    assert [len(one) for one in gathered(iter([b"x" * AT_ONCE] * 3)).writes] == [AT_ONCE] * 3


def test_closing_sends_what_was_gathered_first() -> None:
    written = gathered(iter([b"head", b"body"]), close=True)
    assert (written.writes, written.closed_after) == ([b"headbody"], 1)
