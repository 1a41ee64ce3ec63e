"""The command that compares stored files with what the databases tell of them."""

from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer

from accord.errors import OperatorError
from accord.installation import Postgres, complete_settings
from accord.rooms import GATEWAY, SERVICES
from shared.custody import Astray, astray, drop_orphans
from shared.db import Database
from shared.files import Files
from shared.policy import Policy
from shared.settings import Settings

SOMETHING_ASTRAY = 3
"""Exit code of `accord files`, for a watchman that reads nothing else."""


def files(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}; all when absent.")] = "",
    *,
    remove: Annotated[bool, typer.Option("--remove", help="First delete what no row tells of, as workers do.")] = False,
    postgres: Postgres = "",
) -> None:
    """List files that no row tells of, and rows whose file is missing or cut; exit code 3 when there are any.

    A file younger than a day may be about to be told of, and is left out. A row is never removed: it is evidence.
    """
    if name == GATEWAY:
        raise OperatorError(f"The gateway keeps no files; name one of {', '.join(SERVICES)}.")
    settings = complete_settings(name or GATEWAY, postgres=postgres, kafka="")
    found = [(one, wrong) for one in ((name,) if name else SERVICES) for wrong in looked(one, settings, remove=remove)]
    for one, wrong in found:
        typer.echo(f"{one} {wrong.agency} {wrong.address}: {wrong.wrong}")
    if found:
        raise typer.Exit(SOMETHING_ASTRAY)
    typer.echo("Every file is told of, and whatever is told of is there.")


def looked(name: str, settings: Settings, *, remove: bool) -> Iterator[Astray]:
    """Yield what is astray in one service; `remove` first deletes what nothing tells of."""
    kept, agencies = Files.of(settings, name), Policy.read(settings.policy).agencies
    with closing(Database(settings.postgres, name, connections=1)) as database:
        if remove and (dropped := drop_orphans(database, kept, agencies)):
            typer.echo(f"Deleted of {name}: {dropped} that no row told of, or that never arrived whole.")
        for agency in agencies:
            yield from astray(database, kept, agency)
