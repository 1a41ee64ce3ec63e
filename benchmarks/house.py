"""An installation to measure: a PostgreSQL of its own, a broker where one is asked for, and processes on loopback."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from accord.preparing import prepare
from accord.rooms import NAMES, ROOT
from benchmarks.load import Server, ask, request
from benchmarks.measure import CannotMeasureError
from shared.actors import Role
from shared.issuer import DevelopmentIssuer
from shared.settings import Settings
from tests.broker import find_broker
from tests.database import embedded_postgres
from tests.journeys.stack import free_ports
from tests.rooms import settings_on

AGENCIES = ("rivertown", "lansing-mi", "south-bend-in")
START_SECONDS = 60.0
END_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Run:
    """How a run was asked for."""

    folder: Path
    """Empty; every benchmark makes folders of its own in it."""
    quick: bool = False
    """Short rounds that show that it works, and measure nothing."""
    before: Path | None = None
    """A checkout whose code is measured beside ours."""
    port: int = 0
    """The first of the ports to listen on; 0 for any that are free."""

    @property
    def rounds(self) -> int:
        """How often each contestant runs."""
        return 1 if self.quick else 5

    @property
    def few_rounds(self) -> int:
        """The same where every round starts processes."""
        return 1 if self.quick else 3

    def beside(self) -> "Run":
        """Return the same run for a second installation, on ports after those of the first."""
        return replace(self, port=self.port and self.port + 20)

    def sized(self, usual: int, quick: int) -> int:
        """Return how many of something this run takes."""
        return quick if self.quick else usual

    def seconds(self, usual: float) -> float:
        """Return how long a round of this run takes."""
        return 0.3 if self.quick else usual

    @property
    def codes(self) -> Mapping[str, Path]:
        """Whose code is measured, by the name it has in the findings: ours, and perhaps that of before."""
        return {"ours": ROOT, **({"before": self.before} if self.before else {})}


@dataclass(frozen=True, slots=True)
class Process:
    """A process that was started here and is ended by its own number."""

    running: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Say what a process that ended by itself said last.

        Raises:
            CannotMeasureError: with its last line.
        """
        if self.running.poll() is not None:
            said = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["nothing"]
            raise CannotMeasureError(f"A process that is measured ended by itself; it said: {said[-1]}")

    def end(self) -> None:
        """End the process, and wait until it is gone."""
        self.running.terminate()
        try:
            self.running.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()


@contextmanager
def process(arguments: Sequence[str], folder: Path) -> Iterator[Process]:
    """Run Python with these arguments in `folder` while the block lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{uuid4()}.log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    started = Process(running, log)
    try:
        yield started
    finally:
        started.end()


def program(code: Path, module: str, *arguments: str) -> list[str]:
    """Return Python's arguments for running a module with the application's code from this checkout."""
    paths = [str(code), str(ROOT)]
    begin = f"import runpy, sys; sys.path[:0] = {paths!r}; sys.argv = {[module, *arguments]!r}"
    return ["-c", f"{begin}; runpy.run_module({module!r}, run_name='__main__')"]


def accord(code: Path, *arguments: str) -> list[str]:
    """Return Python's arguments for the command `accord` of this checkout."""
    begin = f"import sys; sys.path.insert(0, {str(code)!r}); sys.argv = {['accord', *arguments]!r}"
    return ["-c", f"{begin}; from accord.main import main; main()"]


def answering(running: Process, port: int, target: str) -> Server:
    """Return the server when it answers.

    Raises:
        CannotMeasureError: it ended, or does not answer in time.
    """
    deadline = time.monotonic() + START_SECONDS
    server = Server(port, running.running.pid)
    while True:
        running.check()
        try:
            ask(server, lambda: request("GET", target), 200, 1)
        except CannotMeasureError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return server


@dataclass
class Installation:
    """A migrated installation, and the processes that are started on it."""

    settings: Settings
    run: Run
    kept: ExitStack
    served: dict[tuple[str, str], Server] = field(default_factory=dict)

    def port(self, name: str, code: str = "ours") -> int:
        """Return where a server with this code listens, or would."""
        place = list(self.run.codes).index(code) * len(NAMES)
        return self.settings.port + place + NAMES.index(name)

    def serve(self, name: str, code: str = "ours") -> Server:
        """Serve a service or the gateway with this code until the installation ends."""
        if (name, code) not in self.served:
            first = str(self.port(NAMES[0], code))
            running = self.kept.enter_context(self._running("serve", name, code, "--port", first))
            self.served[name, code] = answering(running, self.port(name, code), "/health/live")
        return self.served[name, code]

    def serve_bare(self, name: str, argument: str, target: str, port: int = 0) -> Server:
        """Serve a baseline until the installation ends; `target` is what it answers at."""
        port = port or free_ports(1)
        arguments = program(ROOT, "benchmarks.bare", name, str(port), argument)
        running = self.kept.enter_context(process(arguments, self.settings.folder.parent))
        return answering(running, port, target)

    @contextmanager
    def working(self, name: str, code: str = "ours") -> Iterator[Process]:
        """Run a worker with this code while the block lasts."""
        with self._running("work", name, code) as worker:
            yield worker

    def _running(self, verb: str, name: str, code: str, *more: str) -> AbstractContextManager[Process]:
        kafka = ("--kafka", self.settings.kafka) if self.settings.kafka else ()
        arguments = (verb, name, "--postgres", self.settings.postgres_owner, *kafka, *more)
        return process(accord(self.run.codes[code], *arguments), self.settings.folder.parent)

    def connect(self, name: str) -> psycopg.Connection:
        """Return a connection to a database of the installation as the owner, which commits every statement."""
        return psycopg.connect(self.url(name), autocommit=True)

    def url(self, name: str) -> str:
        """Return the URL of a database of the installation, as the owner."""
        url = make_url(self.settings.postgres_owner).set(drivername="postgresql", database=f"accord_{name}")
        return url.render_as_string(hide_password=False)

    def token(self, *roles: Role) -> dict[str, str]:
        """Return the header of somebody with these roles in every agency."""
        token = DevelopmentIssuer(self.settings).mint(uuid4(), roles, AGENCIES)
        return {"Authorization": f"Bearer {token}"}


@contextmanager
def installation(run: Run, *, kafka: bool = False) -> Iterator[Installation]:
    """Yield an empty installation; everything that it started is ended with the block.

    Raises:
        CannotMeasureError: there is no broker, or PostgreSQL does not start.
    """
    folder = run.folder / str(uuid4())
    with ExitStack() as kept:
        broker = kept.enter_context(broker_in(folder / "kafka")) if kafka else ""
        postgres = kept.enter_context(embedded_postgres())
        port = run.port or free_ports(2 * len(NAMES))
        settings = settings_on(postgres, folder / ".accord", kafka=broker, port=port)
        prepare(settings)
        yield Installation(settings, run, kept)


@contextmanager
def broker_in(folder: Path) -> Iterator[str]:
    """Yield the address of a broker that is empty.

    Raises:
        CannotMeasureError: there is none, and why.
    """
    found = find_broker(folder)
    if isinstance(found, str):
        raise CannotMeasureError(f"{found[0].upper()}{found[1:]}.")
    with ExitStack() as kept:
        try:
            address = kept.enter_context(found)
        except (RuntimeError, OSError, subprocess.SubprocessError) as fault:
            raise CannotMeasureError(f"The Kafka broker does not start: {fault}") from fault
        yield address


def until(done: Callable[[], bool], seconds: float, what: str, *workers: Process) -> None:
    """Return when something is done.

    Raises:
        CannotMeasureError: it is not, after so many seconds, or one of the workers has ended.
    """
    deadline = time.monotonic() + seconds
    while not done():
        for worker in workers:
            worker.check()
        if time.monotonic() > deadline:
            raise CannotMeasureError(f"{what} took longer than {seconds:.0f} seconds.")
        time.sleep(0.005)
