"""The command that runs everything in one process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from accord.installation import Folder, Kafka, Port, Postgres, installed, ports, read_settings, with_addresses
from accord.preparing import prepare
from accord.rooms import GATEWAY, NAMES
from accord.serving import check_keys, servers
from accord.working import wait_for_signal, workers
from shared.settings import Settings
from shared.telemetry import start_telemetry

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
