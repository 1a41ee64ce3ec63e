"""The command `accord`."""

import signal
import sys

import psycopg
import typer
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import OperationalError, ProgrammingError

from accord.commands import demonstrate, imports, operate, repair
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
for command in (
    operate.up,
    operate.serve,
    operate.work,
    operate.migrate,
    operate.token,
    demonstrate.demo,
    repair.parked,
    repair.replay,
    repair.set_aside,
    repair.resend,
):
    app.command()(command)
app.add_typer(imports.app, name="import", help="Bring in what an agency kept before.")


def main() -> None:
    """Run the command; what goes wrong is told as a sentence, with exit code 1."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever is told to end puts away what was begun
    try:
        app()
    except (OperatorError, WrongPackError, WrongVaultKeyError) as wrong:
        fail(str(wrong))
    except (OperationalError, ProgrammingError) as fault:
        if not isinstance(fault.orig, (psycopg.OperationalError, InsufficientPrivilege)):
            raise
        fail(f"PostgreSQL does not answer or refuses: {' '.join(str(fault.orig).split())}")
    except BusAwayError as away:
        fail(f"The bus does not answer: {away}")
    except OSError as fault:
        if fault.filename is None:
            raise
        fail(f"{fault.filename} cannot be used ({fault.strerror}); mend that, or name another place.")


def fail(sentence: str) -> None:
    """Say what is wrong on standard error, and end."""
    typer.echo(f"accord: {sentence}", err=True)
    sys.exit(1)
