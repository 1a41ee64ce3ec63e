"""Following the feed: thousands of clients on one core, against a bare ASGI application that tells them as much."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from statistics import median
from uuid import uuid4

from benchmarks.events import PAYLOAD
from benchmarks.house import Installation, Run, installation
from benchmarks.load import Server, fetch, request
from benchmarks.measure import CannotMeasureError, interleaved, percentile, spread
from benchmarks.report import Findings, Line
from gateway.feed.consumers import append_all
from shared.cases import new_reference
from shared.db import Database
from shared.events.envelope import Envelope
from shared.occasion import Occasion

CLIENTS = 5_000
EVENTS = 50
A_SECOND = 5
AIM = 0.250
AT_ONCE = 200
"""Connections that are opened at a time."""
PATIENCE = 60.0
ID = re.compile(rb"id: ([0-9]+)\n")
NOTES = f"""### Following the feed

{CLIENTS:,} clients of one gateway's process, {A_SECOND} entries a second, each committed by itself; timed from the
commit to the moment at which a client has it, in one process that is all clients. The baseline tells as many
bytes to as many clients from memory, timed from the moment at which it begins.
"""


class Clients:
    """All who follow."""

    def __init__(self) -> None:
        self.begun: dict[int, float] = {}
        self.times: list[float] = []
        self.heads = 0

    def heard(self, part: bytes, now: float) -> None:
        """Note what one client was told."""
        self.times += [now - self.begun[int(number)] for number in ID.findall(part) if int(number) in self.begun]


class Client(asyncio.Protocol):
    """One who follows."""

    def __init__(self, clients: Clients, target: str) -> None:
        self._clients = clients
        self._target = target
        self._waiting = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(f"GET {self._target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Take what comes."""
        self._clients.heads += self._waiting and data.startswith(b"HTTP/1.1 200 ")
        self._waiting = False
        self._clients.heard(data, time.perf_counter())


def run(run: Run) -> Findings:
    """Measure following the feed."""
    clients, events = run.sized(CLIENTS, 500), run.sized(EVENTS, 10)
    with installation(run) as here:
        ours = here.serve("gateway")
        bare = here.serve_bare("stream", "", "/health")
        with closing(Database(here.settings.postgres, "gateway", connections=1)) as database:
            publish = partial(committed, database, here)
            contestants: dict[str, Callable[[], list[float]]] = {
                "ours": lambda: asyncio.run(followed(ours, "/feed/stream", clients, events, publish)),
                "bare": lambda: asyncio.run(followed(bare, "/stream", clients, events, partial(told, bare))),
            }
            found = interleaved(contestants, run.few_rounds)
    return Findings((line(found["ours"], found["bare"], clients),), NOTES)


async def followed(
    server: Server, target: str, clients: int, events: int, publish: Callable[[Clients, int], None]
) -> list[float]:
    """Return the seconds after which each client had each event."""
    all_of_them, loop = Clients(), asyncio.get_running_loop()
    turns, lines = asyncio.Semaphore(AT_ONCE), list[asyncio.Transport]()

    async def begin() -> None:
        async with turns:
            line, _ = await loop.create_connection(lambda: Client(all_of_them, target), "127.0.0.1", server.port)
            lines.append(line)

    await asyncio.gather(*(begin() for _ in range(clients)))
    await until(lambda: all_of_them.heads == clients, "Connecting")
    for number in range(events):
        next_one = loop.time() + 1 / A_SECOND
        await asyncio.to_thread(publish, all_of_them, number)
        await asyncio.sleep(max(0.0, next_one - loop.time()))
    await until(lambda: len(all_of_them.times) == clients * events, "Telling everybody everything")
    for line in lines:
        line.abort()
    await asyncio.sleep(1)
    return all_of_them.times


async def until(done: Callable[[], bool], what: str) -> None:
    """Return when something is done.

    Raises:
        CannotMeasureError: it takes too long.
    """
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise CannotMeasureError(f"{what} took longer than {PATIENCE:.0f} seconds.")
        await asyncio.sleep(0.01)


def committed(database: Database, here: Installation, clients: Clients, _: int) -> None:
    """Commit one entry."""
    with here.connect("gateway") as connection:
        row = connection.execute("select next_index from feed_head").fetchone()
    envelope = Envelope(
        uuid4(), "complaint.received.v1", "/bench", datetime.now(UTC), new_reference(), "rivertown", 0, salt=uuid4().hex
    )
    index = int(row[0]) if row else 0
    with database.transaction(Occasion(service="gateway", agency="")) as session:
        append_all(session, [(envelope, json.dumps(PAYLOAD).encode())])
        session.flush()  # only the commit is left
        clients.begun[index] = time.perf_counter()


def told(bare: Server, clients: Clients, number: int) -> None:
    """Let the baseline tell one event."""
    clients.begun[number] = time.perf_counter()
    fetch(bare, request("GET", f"/tell/{number}"))


def line(ours: list[list[float]], bare: list[list[float]], clients: int) -> Line:
    """Return the row that compares how late the slowest hundredth is."""
    slow = [percentile(times, 0.99) for times in ours]
    slow_bare = [percentile(times, 0.99) for times in bare]
    usual, usual_bare = (median(percentile(times, 0.5) for times in found) for found in (ours, bare))
    ratios = [one / other for one, other in zip(slow, slow_bare, strict=True)]
    said = f"p99 {median(slow) * 1e3:.0f} ms, p50 {usual * 1e3:.0f} ms"
    said_bare = f"p99 {median(slow_bare) * 1e3:.0f} ms, p50 {usual_bare * 1e3:.0f} ms"
    what = f"following the feed, {clients:,} clients at {A_SECOND} entries/s"
    return Line(what, said, said_bare, median(ratios), spread(ratios), "p99 < 250 ms", median(slow) < AIM)
