"""Which installation a command is about: the settings, completed for one machine."""

import fcntl
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from accord.embedded import embedded_postgres
from accord.errors import OperatorError
from accord.rooms import GATEWAY, NAMES
from shared.db import APPLICATION
from shared.once import made_once
from shared.settings import Settings

UNREAD_MILLISECONDS = 30_000

Postgres = Annotated[str, typer.Option(help="URL of a PostgreSQL server, as the role that owns the tables.")]
Kafka = Annotated[str, typer.Option(help="A Kafka broker, HOST:PORT; without one the bus lives in PostgreSQL.")]
Name = Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")]
Folder = Annotated[Path | None, typer.Option(help="Where embedded data and development keys are kept.")]
Port = Annotated[int, typer.Option(show_default="8000", help="The gateway's port; the services use the next ones.")]


def read_settings(**given: str | int | Path | None) -> Settings:
    """Read the settings, with what the command line gives over what the environment says.

    Raises:
        OperatorError: a setting is missing or wrong.
    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value})  # type: ignore[arg-type]
    except ValidationError as wrong:
        raise OperatorError(" ".join(map(_sentence, wrong.errors()))) from wrong
    except SettingsError as wrong:
        example = '{"complaints": "http://127.0.0.1:8001"}'
        raise OperatorError(f"ACCORD_SERVICES is not JSON; it looks like {example}.") from wrong
    _check_url("ACCORD_POSTGRES", settings.postgres)
    _check_url("ACCORD_POSTGRES_OWNER (or --postgres)", settings.postgres_owner)
    return settings


def _sentence(error: ErrorDetails) -> str:
    """Return an error as a sentence that begins with the name under which an operator sets the value."""
    said = error["msg"].removeprefix("Value error, ")
    return f"ACCORD_{str(error['loc'][0]).upper()}: {said}." if error["loc"] else f"{said[0].upper()}{said[1:]}."


def _check_url(name: str, url: str) -> None:
    """Refuse what is no URL of a PostgreSQL server, without saying it: it may hold a password."""
    try:
        named = not url or make_url(url).drivername.startswith("postgres")
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        named = False
    if not named:
        raise OperatorError(f"{name} is no URL of a PostgreSQL server, like postgresql://user:password@host:5432.")


def on_server(settings: Settings, owner: str) -> Settings:
    """Return the settings for a server whose owner's URL is `owner`, with the application's role beside it."""
    url = make_url(owner)
    if settings.postgres:
        application = settings.postgres
    else:
        password = kept_password(settings.folder) if url.password else None
        application = url.set(username=APPLICATION, password=password).render_as_string(hide_password=False)
    return settings.model_copy(update={"postgres": application, "postgres_owner": owner})


def complete_settings(name: str, *, postgres: str, kafka: str, port: int = 0) -> Settings:
    """Return the settings for one process of an installation whose servers run elsewhere.

    Raises:
        OperatorError: there is no such service, or no PostgreSQL server is named.
    """
    if name not in NAMES:
        raise OperatorError(f"There is no service {name!r}; there is {', '.join(NAMES)}.")
    settings = with_addresses(read_settings(postgres_owner=postgres, kafka=kafka, port=port))
    if settings.postgres_owner:
        return on_server(settings, settings.postgres_owner)
    if not settings.postgres:
        raise OperatorError("Name a PostgreSQL server with ACCORD_POSTGRES or --postgres, or use `accord up`.")
    return settings


def kept_password(folder: Path) -> str:
    """Return the application role's password, which is made once and kept in the installation's folder."""
    return made_once(folder / "application.password", lambda: secrets.token_urlsafe(24).encode()).decode()


@contextmanager
def installed(settings: Settings) -> Iterator[Settings]:
    """Yield the settings with a PostgreSQL server to use: the one that was given, or an embedded one while it lasts.

    Raises:
        OperatorError: another command holds the installation's folder, or the server does not start.
    """
    if settings.postgres_owner:
        yield on_server(settings, settings.postgres_owner)
        return
    with held(settings.folder), embedded_postgres(settings.folder) as owner:
        yield on_server(settings, owner)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the installation's folder, so that two commands do not run one embedded server.

    Raises:
        OperatorError: another command holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise OperatorError(
                f"Another accord command is running on {folder}; stop it or choose another --folder."
            ) from taken
        yield


def ports(settings: Settings) -> Mapping[str, int]:
    """Return the port of each server."""
    return {name: settings.port + position for position, name in enumerate(NAMES)}


def with_addresses(settings: Settings) -> Settings:
    """Return the settings with the services' addresses for the gateway, on this machine unless they are given."""
    local = {name: f"http://127.0.0.1:{port}" for name, port in ports(settings).items() if name != GATEWAY}
    return settings.model_copy(update={"services": {**local, **settings.services}})


def listening(settings: Settings, name: str) -> socket.socket:
    """Return a socket that listens on the server's port.

    Raises:
        OperatorError: somebody else listens there.
    """
    port = ports(settings)[name]
    try:
        listener = socket.create_server((settings.bind, port), backlog=1024, reuse_port=False)
    except OSError as taken:
        raise OperatorError(
            f"Port {port} for {name} cannot be used ({taken.strerror}); free it or choose another with --port."
        ) from taken
    # for its connections, which take it over: the body of an answer would else wait 40 ms until its head is confirmed
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # a client that never reads is cut, and does not keep its part of an answer in our memory for good
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    return listener
