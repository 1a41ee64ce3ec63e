"""A long run: complaints are filed, sent and read until the outbox has grown large, and then its ledger is pruned.

Everything is the real thing: PostgreSQL, the bus, the command in its transaction, the workers as an operator runs
them. On the way a snapshot is held open for a while, as a backup does, and the relay is away for a while.
`--copies` writes copies of what was filed, to get on faster. `make growth` runs it.
"""

import multiprocessing
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from typing import Annotated, Any

import typer

from accord.preparing import prepare
from accord.working import wait_for_signal, workers
from benchmarks.growth_filing import EVENTS, file_many
from benchmarks.growth_report import summary, write_samples
from benchmarks.growth_samples import Watch
from shared.db import Database
from shared.settings import Settings
from shared.worker import tidy
from tests.broker import local_broker, missing_for_a_local_broker
from tests.database import embedded_postgres
from tests.rooms import settings_on

SAMPLES = 20
STAGES = (("filing", 0.40), ("backup", 0.55), ("filing", 0.70), ("no relay", 0.80), ("filing", 1.0))
"""What happens until which part of the rows is written. A backup is a snapshot that is held open."""
MOST_UNSENT = 5_000
"""Filing waits for the relay when so much waits to be sent, unless the relay is away."""
ON_THEIR_WAY = 600
"""Outbox rows that the filers are told to write before they have written what they were told before."""
KAFKA = "kafka"
AGAIN = 0.1
"""How much is filed once more after the pruning, to see whether the space is used again."""
PAUSE = 0.5
SPAWN = multiprocessing.get_context("spawn")


def work(name: str, settings: Settings) -> None:
    """Run a worker as `accord work` does, until told to end."""
    with workers((name,), settings):
        wait_for_signal()


class Bus(StrEnum):
    """Where events travel."""

    KAFKA = "kafka"
    POSTGRES = "postgres"


@dataclass(frozen=True)
class Load:
    """How it is filed."""

    filers: int
    """Processes."""
    copies: int
    """Of each complaint that is filed."""

    @property
    def portion(self) -> int:
        """Outbox rows of a complaint that is filed, with its copies."""
        return EVENTS * (self.copies + 1)


@dataclass
class Run:
    """One run, and what was seen of it."""

    settings: Settings
    watch: Watch
    load: Load
    deadline: float
    say: Callable[[str], None]
    began: float = field(default_factory=time.monotonic)
    samples: list[dict[str, Any]] = field(default_factory=list)
    workers: dict[str, BaseProcess] = field(default_factory=dict)
    filers: list[BaseProcess] = field(default_factory=list)
    permits: Semaphore = field(default_factory=lambda: SPAWN.Semaphore(0))
    permitted: int = 0
    """Outbox rows that the filers were told to write."""

    def late(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self.deadline

    def sample(self, stage: str, **more: float) -> None:
        """Look at everything, and keep what is seen."""
        seen = {"stage": stage, "seconds": time.monotonic() - self.began, **more, **self.watch.sample()}
        self.samples.append(seen)
        self.say(f"{seen['seconds']:7.0f} s  {stage:8}  {seen['written']:9,} written  {seen['unsent']:8,} unsent")

    def start(self, name: str) -> None:
        """Start a worker."""
        self.workers[name] = SPAWN.Process(target=work, args=(name, self.settings), name=name)
        self.workers[name].start()

    def end(self, name: str) -> None:
        """End a worker."""
        ended(self.workers.pop(name))

    @contextmanager
    def relay_absent(self) -> Iterator[None]:
        """Run without the worker of complaints while the block lasts."""
        self.end("complaints")
        yield
        self.start("complaints")

    def permit(self, until: int) -> None:
        """Let the filers go on, but not beyond so many rows.

        Raises:
            RuntimeError: a filer has ended by itself.
        """
        if not all(filer.is_alive() for filer in self.filers):
            raise RuntimeError("a process that files has ended; it says above why")
        ahead = self.watch.filed() + max(ON_THEIR_WAY, self.load.portion * len(self.filers))
        while self.permitted < min(until, ahead):
            self.permits.release()
            self.permitted += self.load.portion


def ended(process: BaseProcess) -> None:
    """End a process that was started here, and wait until it is gone."""
    if process.pid is None:
        return
    process.terminate()
    process.join(30)
    if process.is_alive():
        process.kill()
        process.join()


def grow(run: Run, rows: int) -> None:
    """File until there are so many outbox rows, and all are sent and read; with a backup and a relay's absence."""
    special = {"backup": run.watch.snapshot_held, "no relay": run.relay_absent}
    for stage, part in STAGES:
        with special.get(stage, nullcontext)():
            go_on(run, stage, int(part * rows), rows)
            run.sample(stage)
    while not run.late() and (run.watch.behind()["unsent"] or not (run.load.copies or all_read(run))):
        time.sleep(PAUSE)
    run.sample("grown")


def go_on(run: Run, stage: str, until: int, rows: int) -> None:
    """File until so many rows are written, and look at every twentieth part of `rows`."""
    step = run.watch.filed() * SAMPLES // rows + 1
    while not run.late() and (written := run.watch.filed()) < until:
        if run.watch.behind()["unsent"] <= MOST_UNSENT or "complaints" not in run.workers:
            run.permit(until)
        if written * SAMPLES >= step * rows:
            run.sample(stage)
            step = written * SAMPLES // rows + 1
        time.sleep(PAUSE)


def all_read(run: Run) -> bool:
    """Whether both readers have applied an event of every filing."""
    written = run.watch.filed()
    return all(applied >= written // EVENTS for applied in run.watch.applied().values())


def prune(run: Run) -> None:
    """Let the ledgers be tidied in ten steps of age, as if the days had passed, and note what a step costs."""
    ages = run.watch.rows(
        "complaints",
        "select extract(epoch from now() - percentile_disc(part) within group (order by sent_at)) / 86400 as days"
        " from outbox, generate_series(0.1, 1.0, 0.1) as part group by part order by part",
    )
    databases = {name: Database(run.settings.postgres, name, connections=1) for name in ("complaints", "gateway")}
    asked = time.monotonic()
    for age in ages:
        for name, database in databases.items():
            began, rows, batches = time.monotonic(), 0, 0
            days = float(age["days"]) + (began - asked) / 86_400
            while not run.late() and (dropped := tidy(database, days)):
                rows, batches = rows + dropped, batches + 1
            if name == "complaints":
                took = time.monotonic() - began
                run.sample("pruning", pruned=rows, took=took, batches=batches)
    for database in databases.values():
        database.close()


def measure(run: Run, rows: int) -> None:
    """Go through all stages."""
    given = (run.settings, run.load.copies, run.permits)
    run.filers += [SPAWN.Process(target=file_many, args=given) for _ in range(run.load.filers)]
    try:
        for filer in run.filers:
            filer.start()
        for name in ("complaints", "discipline", "gateway"):
            run.start(name)
        run.sample("begin")
        grow(run, rows)
        prune(run)
        more = int(rows * (1 + AGAIN))
        go_on(run, "again", more, rows)
        while not run.late() and run.watch.behind()["unsent"]:
            time.sleep(PAUSE)
        run.sample("again")
    finally:
        for process in (*run.filers, *run.workers.values()):
            ended(process)


@contextmanager
def installation(bus: Bus, folder: Path) -> Iterator[Settings]:
    """Prepare an installation on servers of its own while the block lasts."""
    with ExitStack() as stack:
        postgres = stack.enter_context(embedded_postgres())
        kafka = stack.enter_context(local_broker(folder / KAFKA)) if bus is Bus.KAFKA else ""
        settings = settings_on(postgres, folder, kafka=kafka)
        prepare(settings)
        yield settings


def grown(rows: int, minutes: float, bus: Bus, load: Load, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Go through all stages on an installation of its own, and return the samples."""
    with (
        tempfile.TemporaryDirectory(prefix="accord-growth-") as folder,
        installation(bus, Path(folder)) as settings,
        closing(Watch(settings, Path(folder) / KAFKA)) as watch,
    ):
        run = Run(settings, watch, load, time.monotonic() + minutes * 60, say)
        measure(run, rows)
    return run.samples


def main(
    rows: Annotated[int, typer.Option(help="Outbox rows to write and send.", min=300)] = 1_000_000,
    minutes: Annotated[float, typer.Option(help="After so many minutes the run ends where it is.")] = 60.0,
    bus: Annotated[Bus, typer.Option(help="Which bus.")] = Bus.KAFKA,
    filers: Annotated[int, typer.Option(help="Processes that file.", min=1, max=16)] = 2,
    copies: Annotated[int, typer.Option(help="Copies of each filed complaint, to get on faster.", min=0)] = 0,
    samples: Annotated[Path | None, typer.Option(help="Where to write what was seen, as JSON.")] = None,
) -> None:
    """Run, and print a summary in Markdown."""
    missing = missing_for_a_local_broker() if bus is Bus.KAFKA else None
    if missing:
        raise typer.BadParameter(f"a Kafka broker cannot be started here: {missing}; there is --bus postgres")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    seen = grown(rows, minutes, bus, Load(filers, copies), lambda line: typer.echo(line, err=True))
    if samples is not None:
        write_samples(samples, seen)
    typer.echo(summary(seen))


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
