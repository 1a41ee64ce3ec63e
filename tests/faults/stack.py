"""The stack as an operator starts it, with a proxy on every connection, a PostgreSQL and a broker of its own."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from accord.preparing import prepare
from accord.rooms import GATEWAY, NAMES, SERVICES
from shared.settings import Settings
from tests.broker import Broker
from tests.database import Postgres
from tests.faults import ledger
from tests.faults.forks import Fork
from tests.faults.proxy import Link, Proxy
from tests.journeys.stack import ACCORD, Process, free_ports, ready
from tests.rooms import settings_on

PATIENCE = 90.0
"""Seconds that starting, or a process's coming back, may take."""
LEDGER = "ledger"
TWICE = ("complaints", "recognition", GATEWAY)
"""Whose workers run in two processes, so that one takes over from the other."""


class StackError(Exception):
    """A part of the stack did not start; the sentence says which and where to read why."""


@dataclass
class Member:
    """One process of the stack, with links of its own to PostgreSQL and to the broker."""

    name: str
    process: Process | Fork
    links: Mapping[str, Link]
    successor: Fork | None = None
    """What takes its place when it has been killed; without one the command is started again."""
    handling: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever does something to this process."""

    @property
    def pid(self) -> int:
        """The process that runs now."""
        return self.process.pid

    def kill(self) -> None:
        """End the process with SIGKILL."""
        self.process.end(signal.SIGKILL)

    def start(self) -> None:
        """Start the process again."""
        self.process = self.successor or self.process
        self.process.start()


@dataclass
class FaultStack:
    """A running stack that can be hurt."""

    folder: Path
    disk: Path
    """Where PostgreSQL and the broker keep their data."""
    settings: Settings
    """How the harness itself reaches PostgreSQL and the bus: past the proxy."""
    proxy: Proxy
    postgres: Postgres
    broker: Broker | None
    front: Link
    """Between the client and the gateway."""
    doors: Mapping[str, Link]
    """Between the gateway and each service."""
    kafka: Mapping[str, Link]
    """Process → its own way to the broker; empty where the bus is in PostgreSQL."""
    copies: bool
    """Whether copies take the places of processes that were killed (see `tests.faults.forks`)."""
    broker_handling: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever does something to the broker."""
    members: dict[str, Member] = field(default_factory=dict)
    restarted: list[str] = field(default_factory=list)
    """Processes that had ended by themselves."""

    @property
    def url(self) -> str:
        """The gateway, as clients reach it."""
        return f"http://{self.front.address}"

    @property
    def direct(self) -> str:
        """The gateway, past the proxy."""
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def links(self) -> list[Link]:
        """Every connection that can be disturbed."""
        own = [link for member in list(self.members.values()) for link in member.links.values()]
        return [self.front, *self.doors.values(), *own]

    @property
    def servers(self) -> list[Member]:
        """The processes that answer requests."""
        return [self.members[f"serve {name}"] for name in NAMES if f"serve {name}" in self.members]

    def is_ready(self, name: str) -> bool:
        """Whether a server says that it can work."""
        return ready(f"http://127.0.0.1:{self.settings.port + NAMES.index(name)}/health/ready")

    def wait_until_ready(self) -> None:
        """Return when every server can work."""
        deadline = time.monotonic() + PATIENCE
        for member in self.servers:
            name = member.name.removeprefix("serve ")
            while not self.is_ready(name):
                if time.monotonic() > deadline:
                    raise StackError(f"`accord {member.name}` is not ready: {last_words(member.process.log)}")
                time.sleep(0.1)

    def add(self, name: str, stand_in: str = "") -> Member:
        """Start one more process, such as `serve complaints`, `work complaints 2` or `ledger`.

        Args:
            name: what it is, and where there are several, a number behind.
            stand_in: a design of `tests.faults.controls` that takes the place of a part of it.
        """
        links = {"postgres": self.proxy.link(f"{name} to PostgreSQL")}
        links["postgres"].server = self.postgres.socket
        if name in self.kafka:
            links["kafka"] = self.kafka[name]
        environment, log = self._environment(links), self.folder / f"{name.replace(' ', '-')}.log"
        words = () if name == LEDGER else tuple(name.split()[:2])
        module = "tests.faults.controls" if stand_in else "accord.main" if words else "tests.faults.ledger"
        fork = Fork(module, (stand_in, *words) if stand_in else words, environment, log)
        first = Process((ACCORD, *words), environment, log) if module == "accord.main" else fork
        member = Member(name, first, links, fork if self.copies else None)
        self.members[name] = member
        member.process.start()
        return member

    def end(self) -> None:
        """End every process at once."""
        for member in self.members.values():
            member.kill()

    def supervise(self, done: threading.Event) -> None:
        """Start again whatever has ended by itself, as an operator's supervisor does, until `done`."""
        while not done.wait(1):
            for member in list(self.members.values()):
                if member.handling.acquire(blocking=False):
                    if member.process.has_ended:
                        self.restarted.append(member.name)
                        member.start()
                    member.handling.release()

    def remove(self, name: str) -> None:
        """End a process as an operator would, and forget it."""
        self.members.pop(name).process.end()

    def _environment(self, links: Mapping[str, Link]) -> dict[str, str]:
        services = {name: f"http://{link.address}" for name, link in self.doors.items()}
        kafka = links["kafka"].address if "kafka" in links else ""
        return {
            **os.environ,
            "ACCORD_POSTGRES": f"postgresql://accord_app@{links['postgres'].address}",
            "ACCORD_KAFKA": kafka,
            "ACCORD_FOLDER": str(self.folder),
            "ACCORD_PORT": str(self.settings.port),
            "ACCORD_SERVICES": json.dumps(services),
        }


def broker_behind(links: Mapping[str, Link], folder: Path) -> Broker:
    """Return a broker to which each of these links leads; it does not run yet."""
    broker = Broker(folder, [link.address for link in links.values()])
    for link, port in zip(links.values(), broker.doors, strict=True):
        link.server = ("127.0.0.1", port)
    return broker


def start(broker: Broker) -> None:
    """Start a broker.

    Raises:
        StackError: it did not start; a port may be taken.
    """
    try:
        broker.start()
    except RuntimeError as wrong:
        raise StackError(f"{wrong}") from wrong


def ways_in(proxy: Proxy, first_port: int) -> tuple[Link, Mapping[str, Link]]:
    """Return the link from clients to the gateway, and those from the gateway to each service."""
    links = {name: proxy.link(f"gateway to {name}" if name in SERVICES else "client to gateway") for name in NAMES}
    for port, link in enumerate(links.values(), first_port):
        link.server = ("127.0.0.1", port)
    return links.pop(GATEWAY), links


def last_words(log: Path) -> str:
    """Return the last line of a log that says something."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    return next((line[:300] for line in reversed(lines) if line), "it said nothing")


PLACES = (
    *(f"serve {name}" for name in NAMES),
    *(f"work {name}" for name in NAMES),
    *(f"work {name} {number}" for name in NAMES for number in (2, 3)),
    LEDGER,
)
"""Every process that there can be; each has its own door to the broker."""
USUAL = (
    *(f"serve {name}" for name in NAMES),
    *(f"work {name}" for name in NAMES),
    *(f"work {name} 2" for name in TWICE),
    LEDGER,
)


@contextmanager
def fault_stack(
    folder: Path,
    bus: str,
    members: tuple[str, ...] = USUAL,
    stand_ins: Mapping[str, str] | None = None,
    data: Path | None = None,
    *,
    copies: bool = True,
) -> Iterator[FaultStack]:
    """Run a stack while the block lasts; at its end nothing is left running.

    Args:
        folder: where everything is kept; PostgreSQL's own user must be able to reach it.
        bus: `kafka` or `postgres`.
        members: which processes to start.
        stand_ins: member → design of `tests.faults.controls` that it runs with.
        data: where PostgreSQL and the broker keep theirs, if it is another place.
        copies: whether copies take the places of processes that were killed.
    """
    disk = data or folder
    with ExitStack() as putting_away:
        proxy = putting_away.enter_context(closing(Proxy()))
        postgres = Postgres(disk)
        putting_away.callback(postgres.stop)
        postgres.start()
        kafka = {name: proxy.link(f"{name} to Kafka") for name in PLACES} if bus == "kafka" else {}
        broker = broker_behind(kafka, disk / "kafka") if kafka else None
        if broker is not None:
            putting_away.callback(broker.stop)
            start(broker)
        address = broker.address if broker else ""
        settings = settings_on(postgres.url, folder, kafka=address, port=free_ports(len(NAMES)))
        prepare(settings)
        ledger.prepare(settings)
        ways = ways_in(proxy, settings.port)
        stack = FaultStack(folder, disk, settings, proxy, postgres, broker, *ways, kafka, copies)
        putting_away.callback(stack.end)
        for name in members:
            stack.add(name, (stand_ins or {}).get(name, ""))
        stack.wait_until_ready()
        yield stack
