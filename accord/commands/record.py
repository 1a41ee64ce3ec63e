"""Commands for the public record: saying that an entry is wrong, and deleting values by order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import typer
from pydantic import ValidationError
from sqlalchemy.orm import Session

from accord.commands.repair import Why
from accord.errors import OperatorError
from accord.installation import Postgres
from accord.opening import gateway_database
from accord.rooms import GATEWAY
from gateway.feed import orders
from gateway.feed.orders import Order
from shared.actors import NOBODY, Actor
from shared.errors import sentences
from shared.occasion import Occasion
from shared.words import UNWRITTEN

app = typer.Typer(no_args_is_help=True, help="Say that an entry of the public record is wrong, or delete values.")


def named(people: list[UUID]) -> list[UUID]:
    """Return the people's ids.

    Raises:
        BadParameter: one stands for nobody.
    """
    if NOBODY in people:
        raise typer.BadParameter("this id stands for nobody; name the person who answers for it")
    return people


def published(text: str) -> str:
    """Return text that is published as it is written.

    Raises:
        BadParameter: it holds a character that no keyboard writes, or that turns the text around it.
    """
    if found := UNWRITTEN.search(text):
        raise typer.BadParameter(f"the character U+{ord(found[0]):04X} cannot be published; leave it out")
    return text


Basis = Annotated[str, typer.Option(help="The law or rule, as a code such as court-order; it is published.")]
Authority = Annotated[
    str, typer.Option(help="The office or court that ordered it, never a person; it is published.", callback=published)
]
People = Annotated[
    list[UUID], typer.Option("--person", help="Id of who does this; given twice for an expungement.", callback=named)
]
Index = Annotated[int, typer.Argument(min=0, max=2**63 - 1, help="The entry's place in the feed.")]
Fields = Annotated[list[str], typer.Option("--field", help="Name of a field; may be given several times.")]
Right = Annotated[str, typer.Option(help="What is right; it is published as it is written.", callback=published)]


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order, and the installation that it is about."""

    order: Order
    postgres: str


@app.callback()
def record(
    context: typer.Context,
    basis: Basis,
    authority: Authority,
    why: Why,
    person: People,
    postgres: Postgres = "",
) -> None:
    """Say that an entry of the public record is wrong, or delete values."""
    order = Order(basis, authority, why, tuple(Actor(one, frozenset()) for one in person))
    context.obj = Ordered(order, postgres)


@app.command()
def correct(context: typer.Context, index: Index, field: Fields, right: Right) -> None:
    """Publish that fields of an entry are wrong, and what is right. The entry itself stays as it is."""
    carried_out(context.obj, lambda session, order: orders.correct(session, index, field, right, order))
    typer.echo(f"The correction of entry {index} will appear in the feed.")


@app.command()
def redact(context: typer.Context, index: Index, field: Fields) -> None:
    """Delete the values of fields of an entry for good. Digests stay, so that every proof still holds."""
    carried_out(context.obj, lambda session, order: orders.redact(session, index, field, order))
    typer.echo(f"{', '.join(field)} of entry {index} will be deleted, and the feed will say so.")


@app.command()
def expunge(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="What the public record calls the case.")],
) -> None:
    """Delete all values of a case from the public record for good; this takes two people."""
    carried_out(context.obj, lambda session, order: orders.expunge(session, reference, order))
    typer.echo(f"All values of {reference} will be deleted, and the feed will say so.")


def carried_out(ordered: Ordered, deed: Callable[[Session, Order], None]) -> None:
    """Do something in one transaction of the gateway's database.

    Raises:
        OperatorError: it is refused, or its words cannot be published.
    """
    try:
        with (
            gateway_database("record", ordered.postgres) as (database, _),
            database.transaction(Occasion(service=GATEWAY, agency="")) as session,
        ):
            deed(session, ordered.order)
    except ValidationError as wrong:
        raise OperatorError(sentences(wrong.errors(include_input=False))) from wrong
