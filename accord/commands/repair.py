"""Commands for what waits: seeing it, replaying it, sending it again."""

import logging
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from accord.errors import OperatorError
from accord.installation import Name, Postgres, complete_settings
from accord.rooms import GATEWAY, NAMES
from accord.working import reader_of
from shared import repair
from shared.actors import HOUSE, Actor
from shared.bus.connect import connect
from shared.db import Database
from shared.occasion import Occasion
from shared.reader import Reader
from shared.settings import Settings
from shared.telemetry import start_telemetry

SOMETHING_WAITS = 3
"""Exit code of `accord parked`, for a watchman that reads nothing else."""
PRINTED_WIDTH = 200
"""Columns of a table that no terminal shows."""


def reason_given(why: str) -> str:
    """Return the operator's reason.

    Raises:
        BadParameter: there is none.
    """
    if not why.strip():
        raise typer.BadParameter("an audit row without a reason is worth nothing")
    return why


Why = Annotated[str, typer.Option(help="The reason, for the audit.", callback=reason_given)]
Person = Annotated[UUID | None, typer.Option(help="Id of the person who does this; the house when absent.")]


def parked(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}; all when absent.")] = "",
    postgres: Postgres = "",
) -> None:
    """List what waits for an operator; exit code 3 when something does."""
    settings = complete_settings(name or GATEWAY, postgres=postgres, kafka="")
    table = Table("service", "where", "key", "events", "first reason", "since (UTC)")
    table.columns[2].no_wrap = True
    table.columns[4].overflow = "fold"
    for one in (name,) if name else NAMES:
        for found in waiting(one, settings):
            cells = (one, found.where, found.key, str(found.events), found.reason, f"{found.since:%Y-%m-%d %H:%M}")
            table.add_row(*map(Text, cells))
    if not table.row_count:
        typer.echo("Nothing waits.")
        return
    Console(width=None if sys.stdout.isatty() else PRINTED_WIDTH).print(table)
    raise typer.Exit(SOMETHING_WAITS)


def waiting(name: str, settings: Settings) -> list[repair.Waiting]:
    """Return what waits in one service's database."""
    with (
        closing(Database(settings.postgres, name, connections=1)) as database,
        database.transaction(Occasion(service=name, agency="")) as session,
    ):
        return repair.waiting(session)


@contextmanager
def reading(name: str, postgres: str) -> Iterator[Reader]:
    """Yield the reader of a service, or the feed's, whose dead letters an operator deals with."""
    start_telemetry("repair", level=logging.ERROR)
    settings = complete_settings(name, postgres=postgres, kafka="")
    with (
        closing(Database(settings.postgres, name, connections=2)) as database,
        closing(connect(settings)) as bus,
    ):
        yield reader_of(name, database, bus, settings)


def set_aside(name: Name, key: str, why: Why, person: Person = None, postgres: Postgres = "") -> None:
    """Give up the first event that waits for a case and can never be applied; audited. Then replay the rest."""
    with reading(name, postgres) as reader:
        kind = repair.set_aside(reader, key, actor(person), why)
        if not kind:
            raise OperatorError(f"No event of {key} waits in {name}; `accord parked {name}` lists what does.")
    typer.echo(f"Set aside the first event of {key} ({kind}); `accord replay {name} {key}` goes on with the others.")


def replay(name: Name, key: str, why: Why, person: Person = None, postgres: Postgres = "") -> None:
    """Apply in order what waits for a case that a service, or the feed, could not follow; audited."""
    with reading(name, postgres) as reader:
        replayed = repair.replay(reader, key, actor(person), why)
    if replayed.fault:
        raise OperatorError(f"Replayed {events(replayed.events)} of {key}; the next still fails: {replayed.fault}")
    if not replayed.events:
        raise OperatorError(f"No event of {key} waits in {name}; `accord parked {name}` lists what does.")
    typer.echo(f"Replayed {events(replayed.events)} of {key}; nothing waits there any more.")


def resend(name: Name, case_id: UUID, why: Why, person: Person = None, postgres: Postgres = "") -> None:
    """Send again, in order, the events of a case that the bus refused; audited."""
    settings = complete_settings(name, postgres=postgres, kafka="")
    with closing(Database(settings.postgres, name, connections=1)) as database:
        freed = repair.resend(database, case_id, actor(person), why)
    if not freed:
        raise OperatorError(f"Nothing of {case_id} is parked in {name}; `accord parked {name}` lists what is.")
    typer.echo(f"The relay of {name} sends {events(freed)} of {case_id} now.")


def actor(person: UUID | None) -> Actor:
    """Return who answers for the deed; a person is taken at their word and gets no role by it."""
    return HOUSE if person is None else Actor(person, frozenset())


def events(count: int) -> str:
    """Return a number of events in words."""
    return "1 event" if count == 1 else f"{count} events"
