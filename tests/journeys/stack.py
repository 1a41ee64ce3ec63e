"""A whole installation as an operator runs it: a process for every server and every worker."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from accord.rooms import NAMES, ROOT
from shared.issuer import DevelopmentIssuer
from shared.settings import Settings
from tests.rooms import settings_on

ACCORD = str(Path(sys.executable).parent / "accord")
PATIENCE = 90.0


@dataclass
class Process:
    """One command that can be killed and started again, in the project's folder."""

    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that runs now."""
        assert self.running is not None
        return self.running.pid

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self.running is not None and self.running.poll() is not None

    def start(self) -> None:
        """Start the command; its log goes on where it was."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send the process a signal and wait until it is gone."""
        if self.running is not None:
            self.running.send_signal(number)
            self.running.wait(30)
            self.running = None


@dataclass
class Stack:
    """A running installation."""

    settings: Settings
    processes: list[Process] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The gateway."""
        return f"http://127.0.0.1:{self.settings.port}"

    def issuer(self) -> DevelopmentIssuer:
        """Return the issuer whose tokens this installation accepts."""
        return DevelopmentIssuer(self.settings)

    def wait_until_ready(self) -> None:
        """Return when the gateway and every service answer, and the gateway knows what the services do."""
        deadline = time.monotonic() + PATIENCE
        ports = range(self.settings.port, self.settings.port + len(NAMES))
        waiting = [f"http://127.0.0.1:{port}/{what}" for what in ("health/ready", "openapi.json") for port in ports]
        while waiting:
            assert time.monotonic() < deadline, f"{waiting} did not answer; see {self.settings.folder}"
            waiting = [url for url in waiting if not ready(url)]
            time.sleep(0.1)

    @contextmanager
    def killing(self, seed: int) -> Iterator[threading.Event]:
        """Kill every process once with SIGKILL during the block, in an order of chance, and let each come up again.

        Yields an event that is set when the last of them is up again.
        """
        chance, all_killed, stop = random.Random(seed), threading.Event(), threading.Event()

        def kill_all() -> None:
            for victim in chance.sample(self.processes, len(self.processes)):
                if stop.wait(chance.uniform(0.1, 1.0)):
                    return
                victim.end(signal.SIGKILL)
                victim.start()
                self.wait_until_ready()
            all_killed.set()

        thread = threading.Thread(target=kill_all)
        thread.start()
        try:
            yield all_killed
        finally:
            stop.set()
            thread.join()


def ready(url: str) -> bool:
    """Whether a server says that it is ready."""
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def free_ports(count: int) -> int:
    """Return the first of `count` ports in a row on which nobody listens."""
    for first in random.Random().sample(range(20_000, 30_000, 10), 1_000):
        with ExitStack() as held:
            try:
                for place in range(count):
                    held.enter_context(socket.create_server(("127.0.0.1", first + place)))
            except OSError:
                continue
            return first
    raise AssertionError("no free ports")


@contextmanager
def whole_stack(postgres: str, kafka: str, folder: Path) -> Iterator[Stack]:
    """Run every server and every worker of an installation as a process of its own while the block lasts."""
    settings = settings_on(postgres, folder, kafka=kafka, port=free_ports(len(NAMES)))
    environment = {
        **os.environ,
        "ACCORD_POSTGRES": settings.postgres,
        "ACCORD_POSTGRES_OWNER": settings.postgres_owner,
        "ACCORD_KAFKA": kafka,
        "ACCORD_FOLDER": str(folder),
        "ACCORD_PORT": str(settings.port),
    }
    stack = Stack(settings)
    subprocess.run([ACCORD, "migrate"], env=environment, check=True, capture_output=True)
    for name in NAMES:
        for verb in ("serve", "work"):
            process = Process((ACCORD, verb, name), environment, folder / f"{verb}-{name}.log")
            process.start()
            stack.processes.append(process)
    try:
        stack.wait_until_ready()
        yield stack
    finally:
        for process in stack.processes:
            process.end()
