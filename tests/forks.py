"""Copies of a Python that has read the code: they begin to work at once, where a fresh one reads for two seconds."""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from accord.rooms import SERVICES

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "accord.main",
        "accord.commands.serve",
        "accord.commands.work",
        "gateway.main",
        "gateway.feed.consumers",
        "gateway.log.loop",
        "gateway.statistics.working",
        *(f"services.{name}.{part}" for name in SERVICES for part in ("main", "consumers")),
    ]
)


def become(command: Sequence[str], environment: Mapping[str, str], folder: Path, words: Mapping[int, Path]) -> None:
    """Be a process that was started by this command in this folder, with these files behind its streams."""
    for stream, file in words.items():
        with file.open("ab") as opened:
            os.dup2(opened.fileno(), stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = list(command)
