"""Commands for the feed as a whole."""

import logging
from contextlib import closing

import typer

from accord.errors import OperatorError
from accord.installation import Kafka, Postgres, complete_settings
from accord.rooms import GATEWAY
from gateway.rebuilding.placing import DifferentError
from gateway.rebuilding.rebuild import rebuild as build_again
from shared.bus.connect import connect
from shared.db import Database
from shared.telemetry import start_telemetry

app = typer.Typer(no_args_is_help=True, help="Build the feed again.")


@app.callback()
def feed() -> None:
    """Build the feed again."""


@app.command()
def rebuild(postgres: Postgres = "", kafka: Kafka = "") -> None:
    """Build the feed again from its topic: the same entries at the same places, or nothing is changed."""
    start_telemetry("rebuild", level=logging.ERROR)
    settings = complete_settings(GATEWAY, postgres=postgres, kafka=kafka)
    if not settings.postgres_owner:
        raise OperatorError("Name the server as the role that owns the tables, with --postgres.")
    with (
        closing(Database(settings.postgres_owner, GATEWAY, connections=1)) as owner,
        closing(connect(settings)) as bus,
    ):
        try:
            done = build_again(owner, bus)
        except DifferentError as different:
            raise OperatorError(str(different)) from different
    typer.echo(f"The feed was built again from its topic: {done.entries} events.")
    if done.unreadable:
        typer.echo(f"{done.unreadable} records of the topic cannot become entries.")
