"""The command `accord`."""

import gc
import signal
import sys
from importlib import import_module
from types import ModuleType

import psycopg
import typer
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import OperationalError, ProgrammingError

from accord.errors import OperatorError
from gateway.log.keys import WrongLogKeyError
from shared.bus import BusAwayError
from shared.policy import WrongPackError
from shared.vault import WrongVaultKeyError

COMMANDS = {
    "up": "run",
    "serve": "serve",
    "work": "work",
    "migrate": "operate",
    "token": "operate",
    "demo": "demonstrate",
    "import": "imports",
    "verify": "verify",
    "log": "log",
    "parked": "repair",
    "replay": "repair",
    "set-aside": "repair",
    "resend": "repair",
    "files": "files",
    "record": "record",
    "feed": "feed",
    "statistics": "statistics",
}
"""Command → its module in `accord.commands`, in the order of the help."""


def command_line(asked: str) -> typer.Typer:
    """Return the commands, or only the one that is asked for: a worker is up in half the time without the others."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Accord: accountability and reconciliation case management for police agencies.",
    )
    app.callback()(lambda: None)  # also where there is one command, it is named
    for name, module in COMMANDS.items():
        if asked not in COMMANDS or asked == name:
            add(app, name, loaded(f"accord.commands.{module}"))
    return app


def loaded(module: str) -> ModuleType:
    """Return a module. What is loaded stays; searching it for garbage meanwhile would take a fifth of the start."""
    gc.disable()
    found = import_module(module)
    gc.freeze()
    gc.enable()
    return found


def add(app: typer.Typer, name: str, module: ModuleType) -> None:
    """Add a command, or a group of them, as its module has it."""
    group = getattr(module, "app", None)
    if group is not None:
        app.add_typer(group, name=name)
    else:
        app.command(name)(getattr(module, name.replace("-", "_")))


def main() -> None:
    """Run the command; what goes wrong is told as a sentence, with exit code 1."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever is told to end puts away what was begun
    try:
        command_line(next(iter(sys.argv[1:]), ""))()
    except (OperatorError, WrongPackError, WrongVaultKeyError, WrongLogKeyError) as wrong:
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
