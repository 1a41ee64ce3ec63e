"""What was measured, as one table on the screen and in `docs/performance.md`."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil
import psycopg

from accord.rooms import ROOT
from benchmarks.load import Load
from benchmarks.measure import compared
from shared.clock import now
from tests.broker import RECIPE
from tests.database import embedded_postgres

PAGE = ROOT / "docs" / "performance.md"
ABOUT = (
    "Written by `make bench` (`benchmarks/`), which runs ours and the baseline in turns in one run. Every number is the"
    " median of its rounds; the ratio is the median of the rounds' own ratios, and the spread is (largest - smallest) /"
    " median of them. Ratios can be compared between machines, the numbers cannot."
)
KEPT = "<!-- written by hand from here on; make bench keeps it -->"
LIBRARIES = ("fastapi", "starlette", "uvicorn", "sqlalchemy", "psycopg", "pydantic", "kafka-python", "aiohttp")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    what: str
    ours: str
    baseline: str
    ratio: float | None
    spread: float | None
    aim: str
    met: bool | None
    """None where the row has no aim."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What one benchmark found."""

    lines: tuple[Line, ...]
    notes: str = ""
    """Markdown: how it was measured, and where the time goes."""
    before: tuple[Line, ...] = ()
    """The same rows with the code of before as the baseline."""


HEAD = ("what", "ours", "baseline", "ratio", "spread", "aim", "met")


def by_rate(what: str, ours: Sequence[Load], baseline: Sequence[Load], aim: float | None = None) -> Line:
    """Return the row that compares two servers by their answers per second."""
    found = compared([one.rate for one in ours], [one.rate for one in baseline])
    met = None if aim is None else found.ratio >= aim
    said = "-" if aim is None else f"≥ {aim}"
    return Line(what, told(ours), told(baseline), found.ratio, found.spread, said, met)


def told(loads: Sequence[Load]) -> str:
    """Return the medians of a server's rounds."""
    rate, p50 = median(one.rate for one in loads), median(one.ms(0.5) for one in loads)
    return f"{rate:,.0f}/s, p50 {p50:.1f} ms, {median(one.cpu for one in loads) * 1_000:.2f} ms CPU"


def cells(line: Line) -> tuple[str, ...]:
    """Return a row as text."""
    ratio = "-" if line.ratio is None else f"{line.ratio:.2f}"
    spread = "-" if line.spread is None else f"{line.spread:.0%}"
    met = {None: "-", True: "yes", False: "**no**"}[line.met]
    return line.what, line.ours, line.baseline, ratio, spread, line.aim, met


def table(lines: Sequence[Line], head: Sequence[str] = HEAD) -> str:
    """Return rows as a Markdown table whose columns stand under each other, for the screen and the page."""
    rows = [tuple(head), *(cells(line)[: len(head)] for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([written[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *written[1:]])


def machine() -> str:
    """Return what it was measured on."""
    memory = psutil.virtual_memory().total / 2**30
    with embedded_postgres() as url, psycopg.connect(url) as connection:
        postgres = connection.info.server_version // 10_000, connection.info.server_version % 10_000
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{now():%-d %B %Y}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} on {platform.machine()};"
        f" Python {platform.python_version()}, PostgreSQL {postgres[0]}.{postgres[1]}, Apache Kafka {kafka()};"
        f" {libraries}. Load average of the last minutes: {os.getloadavg()[2]:.1f}."
    )


def kafka() -> str:
    """Return the version of the broker that the tests start."""
    found = next(RECIPE.glob("lib/kafka_2.13-*.jar"), None)
    return found.stem.removeprefix("kafka_2.13-") if found else "as it was given"


def page(found: Sequence[Findings], about: str, kept: str) -> str:
    """Return the whole page, with what was written by hand at its end."""
    before = [line for one in found for line in one.before]
    parts = [
        "# Performance",
        ABOUT,
        about,
        "## What it costs",
        table([line for one in found for line in one.lines]),
        *(["## Against the code of before, in the same rounds", table(before, HEAD[:5])] if before else []),
        "## How it was measured, and where the time goes",
        *(one.notes for one in found if one.notes),
        KEPT,
    ]
    return "\n\n".join(parts) + "\n" + kept


def write(found: Sequence[Findings], about: str, path: Path = PAGE) -> None:
    """Write the page, and keep what was written by hand."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(page(found, about, old.partition(KEPT)[2]), encoding="utf-8")
