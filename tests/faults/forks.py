"""Processes that begin to work at once: copies of a Python that has read the code, where a fresh one takes two seconds.

A copy is a process of its own, with its own memory, connections and death, and runs the same `main`. The stack is
started by commands, as an operator does it; in a storm, copies take the places of processes that were killed, because
two cores would do little else than read code.
"""

import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from accord.rooms import ROOT
from tests.forks import FORKS, become


@dataclass
class Fork:
    """One `main` that can be killed and started again, in the project's folder."""

    module: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    running: ForkServerProcess | None = None

    @property
    def pid(self) -> int:
        """The process that runs now."""
        assert self.running is not None
        assert self.running.pid is not None
        return self.running.pid

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self.running is not None and self.running.exitcode is not None

    def start(self) -> None:
        """Start it; its log goes on where it was."""
        self.running = FORKS.Process(target=run, args=(self.module, self.arguments, self.environment, self.log))
        self.running.start()

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send the process a signal and wait until it is gone."""
        if self.running is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
            self.running.join(30)
            self.running = None


def run(module: str, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path) -> None:
    """Be the process."""
    os.setsid()
    become([module, *arguments], environment, ROOT, {1: log, 2: log})
    import_module(module).main()
