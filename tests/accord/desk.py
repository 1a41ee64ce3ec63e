"""The command line as an operator meets it: commands in processes of their own, which share only their imports."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

import accord.main
from tests.forks import FORKS, become
from tests.make import AGENCY, make_filing

PATIENCE = 60.0
"""Seconds after which a command that does not end is killed."""


@dataclass(frozen=True)
class Told:
    """How a command ended and what it said."""

    code: int | None
    out: str
    err: str

    def refusal(self) -> str:
        """Return the one sentence with which the command was refused."""
        assert self.code == 1, self
        assert "Traceback" not in self.err, self
        assert self.out == "", self
        sentence = self.err.splitlines()[-1]
        assert sentence.startswith("accord: "), self
        return sentence.removeprefix("accord: ")


@dataclass(frozen=True)
class Running:
    """A command that runs."""

    process: ForkServerProcess
    folder: Path

    def end(self) -> Told:
        """Tell the command to end, as an operator's system does."""
        self.process.terminate()
        return self.told()

    def told(self) -> Told:
        """Return how the command ended by itself; one that does not end is killed."""
        self.process.join(PATIENCE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        return Told(self.process.exitcode, self.said("out"), self.said("err"))

    def said(self, where: str) -> str:
        """Return what the command has written so far to "out" or "err"."""
        return (self.folder / where).read_text()


@contextmanager
def command(folder: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """Run `accord` with these arguments while the block lasts, in a new folder below `folder`."""
    place = folder / f"command-{len(list(folder.glob('command-*')))}"
    place.mkdir(mode=0o755)
    for words in ("out", "err"):
        (place / words).touch()
    process = FORKS.Process(target=run, args=(place, arguments, environment))
    process.start()
    try:
        yield Running(process, place)
    finally:
        if process.is_alive():
            process.kill()
        process.join()


def tell(folder: Path, *arguments: str, **environment: str) -> Told:
    """Return what `accord` with these arguments said until it ended."""
    with command(folder, *arguments, **environment) as running:
        return running.told()


def wait_until(holds: Callable[[], object]) -> None:
    """Return when something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ask(port: int, path: str) -> httpx.Response:
    """Return what the server on this port answers."""
    return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10, trust_env=False)


def listens(port: int) -> bool:
    """Whether anybody answers on this port."""
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def file_complaint(port: int) -> str:
    """File a complaint with the server on this port, and return its public reference."""
    url = f"http://127.0.0.1:{port}/agencies/{AGENCY}/complaints"
    answer = httpx.post(url, json=make_filing(), timeout=10, trust_env=False)
    return str(answer.raise_for_status().json()["public_ref"])


def run(place: Path, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    """Be the command: in its folder, with its environment, its words in files."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    words = {1: place / "out", 2: place / "err"}
    become(["accord", *arguments], {**kept, "COLUMNS": "300", **environment}, place, words)
    accord.main.main()
