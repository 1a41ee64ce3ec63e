"""The command `accord`."""

import sys

import typer
from sqlalchemy.exc import OperationalError

from accord.commands import demonstrate, imports, operate
from accord.errors import OperatorError
from shared.bus import BusAwayError
from shared.policy import WrongPackError
from shared.vault import WrongVaultKeyError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Accord: accountability and reconciliation case management for police agencies.",
)
for command in (operate.up, operate.serve, operate.work, operate.migrate, operate.token, demonstrate.demo):
    app.command()(command)
app.add_typer(imports.app, name="import", help="Bring in what an agency kept before.")


def main() -> None:
    """Run the command; what goes wrong is told as a sentence, with exit code 1."""
    try:
        app()
    except (OperatorError, WrongPackError, WrongVaultKeyError) as wrong:
        fail(str(wrong))
    except OperationalError as away:
        fail(f"PostgreSQL does not answer or refuses: {away.orig}")
    except BusAwayError as away:
        fail(f"The bus does not answer: {away}")


def fail(sentence: str) -> None:
    """Say what is wrong on standard error, and end."""
    typer.echo(f"accord: {sentence}", err=True)
    sys.exit(1)
