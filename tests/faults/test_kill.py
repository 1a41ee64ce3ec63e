"""What the harness means by killing PostgreSQL: nothing of it is left, and it starts again."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.database import Postgres

CLIENTS = 12
KILLS = 3
PAUSE = 0.005
"""Seconds between two connections of a client."""
BETWEEN = 0.5
"""Seconds between two kills."""


@pytest.fixture
def server() -> Iterator[Postgres]:
    """Run a server of its own."""
    with tempfile.TemporaryDirectory(prefix="accord-killed-") as folder:
        Path(folder).chmod(0o711)  # run by root, PostgreSQL is another user, who must be able to pass through
        started = Postgres(Path(folder))
        started.start()
        yield started
        for process in left(started):
            with suppress(psutil.NoSuchProcess):  # the first one's death is the others'
                process.kill()


def left(server: Postgres) -> list[psutil.Process]:
    """Return the processes that still work in the server's folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.cwd() == str(server.data) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def test_no_process_of_postgresql_outlives_its_death(server: Postgres) -> None:
    stop = threading.Event()

    def come_and_write() -> None:
        while not stop.wait(PAUSE):
            with suppress(psycopg.Error), psycopg.connect(server.url) as connection:
                connection.execute("create temporary table written (by int)")

    for _ in range(CLIENTS):
        threading.Thread(target=come_and_write, daemon=True).start()
    try:
        for _ in range(KILLS):
            stop.wait(BETWEEN)
            server.kill()
            assert left(server) == []
            server.start()
    finally:
        stop.set()
