"""Commands that start Accord and keep it going."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from rich.console import Console

from accord.errors import OperatorError
from accord.installation import (
    GATEWAY,
    NAMES,
    Kafka,
    Port,
    Postgres,
    installed,
    listening,
    on_server,
    ports,
    read_settings,
    with_addresses,
)
from accord.processes import application, check_keys, server, servers, wait_for_signal, workers
from accord.rooms import prepare
from shared.actors import Role
from shared.issuer import DevelopmentIssuer
from shared.policy import Policy
from shared.settings import Environment, Settings
from shared.telemetry import start_telemetry

Name = Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")]
Folder = Annotated[Path | None, typer.Option(help="Where embedded data and development keys are kept.")]

console = Console(stderr=True)


def up(postgres: Postgres = "", kafka: Kafka = "", port: Port = 0, folder: Folder = None) -> None:
    """Start everything in one process: services, workers and gateway, on an embedded PostgreSQL or your own servers."""
    start_telemetry("up", level=logging.WARNING)
    with running(read_settings(postgres_owner=postgres, kafka=kafka, port=port, folder=folder)) as complete:
        for line in where(complete):
            typer.echo(line)
        wait_for_signal()


@contextmanager
def running(settings: Settings) -> Iterator[Settings]:
    """Run everything in this process while the block lasts, and yield the completed settings."""
    with installed(with_addresses(settings)) as complete:
        check_keys(complete)
        with console.status("preparing") as status:
            prepare(complete, lambda doing: status.update(f"preparing {doing}"))
        with servers(NAMES, complete), workers(NAMES, complete):
            yield complete


def where(settings: Settings) -> list[str]:
    """Return what is running where, as lines."""
    address = f"http://{settings.bind}:{settings.port}"
    direct = ", ".join(f"{name} {port}" for name, port in ports(settings).items() if name != GATEWAY)
    return [
        f"Accord is running: {address} (feed: {address}/feed.json)",
        f"Services answer directly on ports: {direct}",
        f"Bus: {'Kafka at ' + settings.kafka if settings.kafka else 'PostgreSQL'}. Tokens: accord token --help",
    ]


def serve(name: Name, postgres: Postgres = "", kafka: Kafka = "", port: Port = 0) -> None:
    """Serve one service, or the gateway, until told to stop."""
    start_telemetry(name)
    settings = complete_settings(name, postgres=postgres, kafka=kafka, port=port)
    if name != GATEWAY:
        check_keys(settings)
    with suppress(KeyboardInterrupt):  # the server raises the signal that ended it once more
        server(application(name, settings)).run(sockets=[listening(settings, name)])


def work(name: Name, postgres: Postgres = "", kafka: Kafka = "") -> None:
    """Run the relay, the reader and the tidying of one service until told to stop."""
    start_telemetry(f"{name}-worker")
    settings = complete_settings(name, postgres=postgres, kafka=kafka)
    with workers((name,), settings):
        typer.echo(f"The worker of {name} is running.")
        wait_for_signal()


def migrate(postgres: Postgres = "", kafka: Kafka = "") -> None:
    """Create or update the databases, their tables and the topics. Safe to run again."""
    settings = complete_settings(GATEWAY, postgres=postgres, kafka=kafka)
    if not settings.postgres_owner:
        raise OperatorError("Migrations need the role that owns the tables: set ACCORD_POSTGRES_OWNER or --postgres.")
    prepare(settings, lambda doing: typer.echo(f"{doing}", err=True))
    typer.echo("Databases and topics are up to date.")


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


def token(
    role: Annotated[list[Role], typer.Option(help="What the person may do; may be given several times.")],
    agency: Annotated[list[str] | None, typer.Option(help="Agencies the token is for; all when absent.")] = None,
    person: Annotated[UUID | None, typer.Option(help="The person's id; a new one when absent.")] = None,
    folder: Folder = None,
) -> None:
    """Print a development token. Production takes tokens from your identity provider only."""
    settings = read_settings(folder=folder)
    if settings.env is Environment.DEVELOPMENT and not settings.folder.is_dir():
        here = settings.folder.resolve()
        raise OperatorError(f"{here} is no installation's folder: go where `accord up` was started, or give --folder.")
    agencies = agency or list(Policy.read(settings.policy).agencies)
    try:
        typer.echo(DevelopmentIssuer(settings).mint(person or uuid4(), role, agencies))
    except ValueError as refused:
        raise OperatorError(str(refused)) from refused
