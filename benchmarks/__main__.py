"""The command: `python -m benchmarks [NAME ...] [--quick] [--before CHECKOUT] [--port FIRST]`."""

import argparse
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from accord.errors import OperatorError
from benchmarks import (
    delay,
    filing,
    growing_log,
    importing,
    listing,
    page,
    passing,
    profile_filing,
    rebuilding,
    relaying,
    starting,
    streaming,
)
from benchmarks.house import Run
from benchmarks.measure import CannotMeasureError
from benchmarks.report import HEAD, Findings, machine, table, write

BENCHMARKS: Mapping[str, Callable[[Run], Findings]] = {
    "filing": filing.run,
    "profile": profile_filing.run,
    "import": importing.run,
    "passing": passing.run,
    "page": page.run,
    "stream": streaming.run,
    "delay": delay.run,
    "relay": relaying.run,
    "rebuild": rebuilding.run,
    "list": listing.run,
    "log": growing_log.run,
    "start": starting.run,
}


def arguments() -> argparse.ArgumentParser:
    """Return what the command understands."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what the foundation costs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all when absent")
    parser.add_argument("--quick", action="store_true", help="short rounds that show that it works")
    parser.add_argument("--before", type=Path, help="a checkout whose code is measured beside this one's")
    parser.add_argument("--port", type=int, default=0, help="first of the ports to listen on; any when absent")
    return parser


def chosen(names: list[str]) -> list[str]:
    """Return what is to be run.

    Raises:
        CannotMeasureError: there is no such benchmark.
    """
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise CannotMeasureError(f"There is no benchmark {unknown[0]!r}; there is {', '.join(BENCHMARKS)}.")
    return names or list(BENCHMARKS)


def refuse_taken(port: int) -> None:
    """Look before anything is started whether the first of the ports is free.

    Raises:
        CannotMeasureError: somebody else listens there.
    """
    if port:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError as taken:
            raise CannotMeasureError(f"Port {port} cannot be used ({taken.strerror}); give another --port.") from taken


def measured(names: list[str], run: Run) -> list[Findings]:
    """Run benchmarks one after the other."""
    found = []
    for name in names:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        found.append(BENCHMARKS[name](run))
    return found


def main() -> None:
    """Measure, print one table, and write the page when all of it was measured."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever is told to end puts away what was begun
    asked = arguments().parse_args()
    try:
        names = chosen(asked.names)
        refuse_taken(asked.port)
        with tempfile.TemporaryDirectory(prefix="accord-benchmarks-") as folder:
            run = Run(Path(folder), asked.quick, asked.before and asked.before.resolve(), asked.port)
            found = measured(names, run)
    except (CannotMeasureError, OperatorError) as sentence:
        sys.exit(f"benchmarks: {sentence}")
    print(table([line for one in found for line in one.lines]))
    if run.before:
        print("\nAgainst the code of before:\n" + table([line for one in found for line in one.before], HEAD[:5]))
    if not asked.names and not asked.quick:
        write(found, machine())


if __name__ == "__main__":
    main()
