"""Commands that make an installation ready: its databases and topics, and tokens for trying it."""

from typing import Annotated
from uuid import UUID, uuid4

import typer

from accord.errors import OperatorError
from accord.installation import Folder, Kafka, Postgres, complete_settings, read_settings
from accord.preparing import prepare
from accord.rooms import GATEWAY
from shared.actors import Role
from shared.issuer import DevelopmentIssuer
from shared.policy import Policy
from shared.settings import Environment


def migrate(postgres: Postgres = "", kafka: Kafka = "") -> None:
    """Create or update the databases, their tables and the topics. Safe to run again."""
    settings = complete_settings(GATEWAY, postgres=postgres, kafka=kafka)
    if not settings.postgres_owner:
        raise OperatorError("Migrations need the role that owns the tables: set ACCORD_POSTGRES_OWNER or --postgres.")
    prepare(settings, lambda doing: typer.echo(f"{doing}", err=True))
    typer.echo("Databases and topics are up to date.")


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
