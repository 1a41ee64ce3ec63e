"""A complaints service behind a real server, and the command that imports into it."""

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from typer.testing import CliRunner, Result

from accord.commands import imports
from accord.main import main
from accord.rooms import SERVICES
from shared.actors import Role
from shared.app import create_app
from tests.accord.make import as_toml, make_csv, make_mapping
from tests.rooms import House

TABLES = ("complaint", "allegation", "outbox", "audit")


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an ASGI application on a free loopback port; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started and thread.is_alive():
        sleep(0.01)
    try:
        yield "http://{}:{}".format(*listener.getsockname())
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def complaints_app(house: House) -> FastAPI:
    """Return the complaints service, which has the paths that the gateway passes on."""
    return create_app(SERVICES["complaints"], house.settings)


@pytest.fixture(scope="session")
def complaints_url(house: House) -> Iterator[str]:
    """Yield the address at which the complaints service runs."""
    with serving(create_app(SERVICES["complaints"], house.settings)) as url:
        yield url


@dataclass
class Desk:
    """Somebody who imports: a folder with the table and its mapping, and the command."""

    house: House
    folder: Path
    url: str

    def table(self, *rows: dict[str, str], **over: Any) -> None:
        """Put a table of these rows and its mapping on the desk."""
        (self.folder / "cases.csv").write_text(make_csv(*rows), encoding="utf-8")
        (self.folder / "map.toml").write_text(as_toml(make_mapping(**over)), encoding="utf-8")

    def imports(self, *options: str, file: str = "cases.csv", token: str | None = None) -> Result:
        """Run `accord import complaints` on the table, with a records token unless another is given."""
        bearer = self.token(Role.RECORDS) if token is None else token
        given = ["complaints", file, "--map", "map.toml", "--url", self.url, "--token", bearer, *options]
        return CliRunner().invoke(imports.app, given, catch_exceptions=False)

    def token(self, *roles: Role) -> str:
        """Return a token of somebody with these roles."""
        return self.house.person(*roles).headers["Authorization"].removeprefix("Bearer ")

    def quarantine(self) -> str:
        """Return what was set aside, or nothing."""
        path = self.folder / "cases.quarantine.csv"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def kept(self) -> dict[str, int]:
        """Return how many rows each table of the service has."""
        with self.house.database("complaints") as database, database.engine.connect() as connection:
            connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
            return {table: connection.execute(text(f"select count(*) from {table}")).scalar_one() for table in TABLES}

    def told(self, case: str) -> list[dict[str, Any]]:
        """Return the public events about the records whose id begins with `case`."""
        query = text(
            "select payload from outbox join complaint on complaint.id = case_id"
            " where topic = 'accord.public' and legacy_id like :case || '%' order by legacy_id"
        )
        with self.house.database("complaints") as database, database.engine.connect() as connection:
            connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
            return [row.payload for row in connection.execute(query, {"case": case})]


@pytest.fixture
def desk(house: House, complaints_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk with nothing on it; the command finds the installation as an operator's would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACCORD_FOLDER", str(house.settings.folder))
    monkeypatch.delenv("ACCORD_TOKEN", raising=False)
    return Desk(house, tmp_path, complaints_url)


@pytest.fixture
def case() -> str:
    """Return the beginning of record ids that no other test uses."""
    return f"case {uuid4()} "


@pytest.fixture
def screen(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[pytest.CaptureFixture[str]]:
    """Yield what an operator sees."""
    monkeypatch.setenv("ACCORD_POSTGRES", house.settings.postgres)
    monkeypatch.setattr(sys, "argv", [])
    log, level, when_told_to_end = list(logging.root.handlers), logging.root.level, signal.getsignal(signal.SIGTERM)
    yield capsys
    logging.root.handlers[:] = log
    logging.root.setLevel(level)
    signal.signal(signal.SIGTERM, when_told_to_end)


def run(screen: pytest.CaptureFixture[str], group: str, *arguments: str) -> tuple[int, str]:
    """Run a command of a group; return its exit code and all that it said."""
    sys.argv = ["accord", group, *arguments]
    with pytest.raises(SystemExit) as ended:
        main()
    said = screen.readouterr()
    return int(ended.value.code or 0), said.out + said.err
