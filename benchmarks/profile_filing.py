"""Where one filing goes: statements, trips to the database, hops to threads, and what each part costs.

`python -m benchmarks.profile_filing` files complaints one after the other into the real application, in this process,
with a clock around its parts. What is measured is the time between the first byte and the last as the server sees it;
the clock itself costs about a microsecond each time.
"""

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from unittest.mock import patch
from urllib.parse import urlsplit

import anyio.to_thread
import psutil
import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from accord.serving import application
from benchmarks.filing import filings
from benchmarks.house import Run, installation
from benchmarks.load import Load, Server, ask
from benchmarks.report import Findings
from services.complaints.commands import filing
from services.complaints.receipts import Receipt
from shared import idempotency
from shared.vault import Vault
from tests.gateway.servers import serving

TIMES = 200
NOTES = f"""### Where the time of a filing goes

{TIMES} filings one after the other in one process, with a clock around its parts.

"""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Clock:
    """What was called how often, and how long that took."""

    calls: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    statements: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Count the block, and take its time."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.calls[what] += 1
            self.seconds[what] += time.perf_counter() - begun

    def around(self, what: str, call: Callable[P, T]) -> Callable[P, T]:
        """Return the function with the clock around it."""

        def timed(*arguments: P.args, **named: P.kwargs) -> T:
            with self.timed(what):
                return call(*arguments, **named)

        return timed

    def hopping(self, hop: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Return `run_sync` of anyio with the clock around it, without the time of what runs in the thread."""

        async def hopped(work: Callable[..., object], *arguments: object, **named: object) -> object:
            inside = 0.0

            def working(*given: object) -> object:
                nonlocal inside
                begun = time.perf_counter()
                try:
                    return work(*given)
                finally:
                    inside = time.perf_counter() - begun

            begun = time.perf_counter()
            try:
                return await hop(working, *arguments, **named)
            finally:
                self.calls[HOPS] += 1
                self.seconds[HOPS] += time.perf_counter() - begun - inside

        return hopped


HOPS = "hops to a thread and back"
TRIPS = "trips to PostgreSQL, with its work and the commit on disk"


@contextmanager
def clocked(clock: Clock) -> Iterator[None]:
    """Put the clock around the parts of the application while the block lasts."""
    parts = (
        (Receipt, "hashed", "hashing the receipt code (Argon2id)"),
        (Vault, "seal", "sealing name and contact"),
        (idempotency.Attempt, "sealed", "sealing the answer"),
        (filing, "file", "the command, with what it asks of the database"),
        (Session, "flush", "flushing: the ORM's work, with its trips"),
        (psycopg.Connection, "wait", TRIPS),
    )
    with ExitStack() as kept:
        for owner, name, what in parts:
            kept.enter_context(patch.object(owner, name, clock.around(what, getattr(owner, name))))
        kept.enter_context(patch.object(anyio.to_thread, "run_sync", clock.hopping(anyio.to_thread.run_sync)))
        yield


def profile(folder: Path, times: int) -> tuple[Clock, Load]:
    """Return what so many filings cost by their parts, and altogether."""
    clock = Clock()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        clock.statements.append(" ".join(statement.split()))

    with installation(Run(folder)) as here, serving(application("complaints", here.settings)) as address:
        server = Server(urlsplit(address).port or 0, psutil.Process().pid)
        make = filings(here)
        ask(server, make, 201, 20)
        with clocked(clock):
            event.listen(Engine, "before_cursor_execute", note)
            found = ask(server, make, 201, times)
            event.remove(Engine, "before_cursor_execute", note)
    return clock, found


def told(clock: Clock, found: Load, times: int) -> str:
    """Return the profile as Markdown."""
    rows = [
        f"| {what} | {calls / times:.1f} | {clock.seconds[what] / times * 1_000:.2f} ms |"
        for what, calls in sorted(clock.calls.items(), key=lambda part: -clock.seconds[part[0]])
    ]
    each = len(clock.statements) // times
    statements = [f"{number}. `{said[:90]}`" for number, said in enumerate(clock.statements[-each:], 1)]
    head = [f"One filing takes {found.ms(0.5):.1f} ms at p50 (one after the other, with the clock in it).", ""]
    parts = ["| part, some inside others | times | each request |", "|---|---|---|", *rows, ""]
    return "\n".join([*head, *parts, f"{each} statements:", "", *statements])


def run(run: Run) -> Findings:
    """Say where the time goes, for the page."""
    times = run.sized(TIMES, 5)
    return Findings((), f"{NOTES}{told(*profile(run.folder, times), times)}\n")


def main() -> None:
    """Print the profile."""
    with tempfile.TemporaryDirectory(prefix="accord-profile-") as folder:
        print(told(*profile(Path(folder), TIMES), TIMES))


if __name__ == "__main__":
    main()
