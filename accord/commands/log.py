"""Commands for the keys that sign the log."""

from datetime import UTC, datetime

import typer

from accord.installation import Folder, read_settings
from gateway.log.keys import KeyRing, add_key, periods_of, retire_key

app = typer.Typer(no_args_is_help=True)


@app.callback()
def log() -> None:
    """Say which keys sign the log, and let one follow another."""


@app.command()
def keys(folder: Folder = None) -> None:
    """Say which keys the log has and had: the key, since when it signs, and from when on it does not."""
    tell(KeyRing.of(read_settings(folder=folder)))


@app.command()
def add(folder: Folder = None) -> None:
    """Add a key that signs beside those that do; the gateway's workers take it over within seconds."""
    tell(add_key(read_settings(folder=folder), datetime.now(UTC).date()))


@app.command()
def retire(key_id: str, folder: Folder = None) -> None:
    """Let a key sign no more; the gateway's workers take that over within seconds."""
    tell(retire_key(read_settings(folder=folder), key_id, datetime.now(UTC).date()))


def tell(ring: KeyRing) -> None:
    """Print the keys, as they are handed on."""
    for one in periods_of(ring.statement()):
        typer.echo(f"{one.verifier.write()} {one.since} {one.until or '-'}")
