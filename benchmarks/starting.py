"""`accord up` on a folder that was used before: until its first answer, its memory, and what it costs to stand idle."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import psutil

from accord.rooms import NAMES, ROOT
from benchmarks.house import Process, Run, accord, answering, process, program
from benchmarks.measure import compared, interleaved
from benchmarks.report import Findings, Line
from tests.journeys.stack import free_ports

IDLE_SECONDS = 10.0
AIM_SECONDS = 6.0
AIM_MB = 400
NOTES = f"""### Starting

`accord up` with the embedded PostgreSQL and the bus in it, all servers and workers in one process, on a folder
that holds an installation already; until `/feed.json` answers. Memory and the share of a core are of that
process, and beside them those of PostgreSQL (memory that its processes share is counted once), over
{IDLE_SECONDS:.0f} s without any request. The baseline is uvicorn with a FastAPI that has one route.
"""


@dataclass(frozen=True, slots=True)
class Start:
    """One start."""

    seconds: float
    memory: float
    """Megabytes of the process itself; `postgres_memory` of its children."""
    postgres_memory: float
    idle: float
    """Share of one core; `postgres_idle` of its children."""
    postgres_idle: float


def run(run: Run) -> Findings:
    """Measure starting."""
    idle = run.seconds(IDLE_SECONDS)
    contestants = {"bare": lambda: bare(run.folder, idle)}
    for code, checkout in run.codes.items():
        used = run.folder / code / "used"  # each its own: older code does not start on the tables of newer code
        used.parent.mkdir()
        contestants[code] = partial(up, checkout, used, run.port, idle)
        contestants[code]()  # which makes the folder a used one
    found = interleaved(contestants, run.few_rounds)
    return Findings(rows(found["ours"], found["bare"], aims=True), NOTES, before(found))


def before(found: Mapping[str, list[Start]]) -> tuple[Line, ...]:
    """Return the rows against the code of before."""
    return rows(found["ours"], found["before"], aims=False) if "before" in found else ()


def rows(ours: list[Start], other: list[Start], *, aims: bool) -> tuple[Line, ...]:
    """Return the rows for seconds, memory and idling."""
    seconds = compared([one.seconds for one in ours], [one.seconds for one in other])
    memory = compared([one.memory for one in ours], [one.memory for one in other])
    aim = (f"≤ {AIM_SECONDS:.0f} s", seconds.ours <= AIM_SECONDS) if aims else ("-", None)
    aim_mb = (f"≤ {AIM_MB} MB", memory.ours <= AIM_MB) if aims else ("-", None)
    return (
        Line(
            "accord up to its first answer",
            f"{seconds.ours:.1f} s",
            f"{seconds.baseline:.1f} s",
            seconds.ratio,
            seconds.spread,
            *aim,
        ),
        Line("its memory (and PostgreSQL's)", megabytes(ours), megabytes(other), memory.ratio, memory.spread, *aim_mb),
        Line("idle, share of a core (and PostgreSQL's)", idling(ours), idling(other), None, None, "-", None),
    )


def megabytes(starts: list[Start]) -> str:
    """Return the medians of the memory."""
    return f"{median(s.memory for s in starts):.0f} MB (+ {median(s.postgres_memory for s in starts):.0f})"


def idling(starts: list[Start]) -> str:
    """Return the medians of the shares of a core."""
    return f"{median(s.idle for s in starts):.1%} (+ {median(s.postgres_idle for s in starts):.1%})"


def up(checkout: Path, folder: Path, port: int, idle: float) -> Start:
    """Start an installation, look at it, and end it."""
    first = port or free_ports(len(NAMES))
    arguments = accord(checkout, "up", "--folder", str(folder), "--port", str(first))
    return started(arguments, first, "/feed.json", folder.parent, idle)


def bare(folder: Path, idle: float) -> Start:
    """Start a server with one route, look at it, and end it."""
    port = free_ports(1)
    return started(program(ROOT, "benchmarks.bare", "service", str(port), "/live"), port, "/live", folder, idle)


def started(arguments: list[str], port: int, target: str, folder: Path, idle: float) -> Start:
    """Return what a start costs."""
    with ExitStack() as kept:
        begun = time.perf_counter()
        running = kept.enter_context(process(arguments, folder))
        answering(running, port, target)
        seconds = time.perf_counter() - begun
        return looked_at(running, seconds, idle)


def looked_at(running: Process, seconds: float, idle: float) -> Start:
    """Return the start with what the process and PostgreSQL beside it use while nobody asks anything."""
    itself = psutil.Process(running.running.pid)
    children = database_processes(itself)
    before = cpu([itself]), cpu(children)
    time.sleep(idle)
    after = cpu([itself]), cpu(children)
    return Start(
        seconds,
        itself.memory_full_info().rss / 1e6,
        sum(child.memory_full_info().pss for child in children if child.is_running()) / 1e6,
        (after[0] - before[0]) / idle,
        (after[1] - before[1]) / idle,
    )


def database_processes(itself: psutil.Process) -> list[psutil.Process]:
    """Return PostgreSQL's processes on the folder that the process was started with."""
    words = itself.cmdline()
    folder = next((part for word in words for part in word.split("'") if part.endswith("/used")), "")
    heads = [
        one
        for one in psutil.process_iter(["cmdline"])
        if folder and f"{folder}/postgres" in (one.info["cmdline"] or []) and one.pid != itself.pid
    ]
    return [child for head in heads for child in (head, *head.children(recursive=True))]


def cpu(processes: list[psutil.Process]) -> float:
    """Return the seconds that cores have worked for them."""
    total = 0.0
    for one in processes:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
