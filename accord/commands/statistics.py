"""Releases of the statistics by hand; the gateway's worker makes those that are due by itself."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from accord.commands.record import published
from accord.installation import Postgres
from accord.opening import gateway_database
from gateway.statistics import releases
from shared.policy import Policy

app = typer.Typer(no_args_is_help=True, help="Make a release of the statistics, or put one right.")


@app.command()
def release(postgres: Postgres = "") -> None:
    """Make this month's release, unless it is there."""
    with gateway_database("statistics", postgres) as (database, settings):
        made = releases.release_if_due(database, Policy.read(settings.policy), datetime.now(UTC).date())
    typer.echo("This month's release is there already." if made is None else f"Made release {made}.")


@app.command()
def correct(
    number: Annotated[int, typer.Argument(min=1, max=2**31, help="The release that is wrong.")],
    because: Annotated[str, typer.Option(help="What was wrong; it is published as it is written.", callback=published)],
    postgres: Postgres = "",
) -> None:
    """Make a release that puts an earlier one right; the earlier one stays as it is."""
    with gateway_database("statistics", postgres) as (database, settings):
        made = releases.correct(database, Policy.read(settings.policy), datetime.now(UTC).date(), number, because)
    typer.echo(f"Made release {made}, which puts release {number} right.")
