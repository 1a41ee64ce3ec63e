"""The command with which anybody checks a public record."""

from pathlib import Path
from typing import Annotated

import typer

from accord.verifying.check import verify as verified
from accord.verifying.memory import Memory
from accord.verifying.receipt import Receipt
from accord.verifying.source import RecordError, Source

MEMORY = Path("~/.accord-verify")

Folder = Annotated[Path, typer.Option(help="Where is remembered what was seen before.")]
Keys = Annotated[list[str], typer.Option("--key", help="A key of the log that you trust: name+id+base64.")]
Kept = Annotated[Path | None, typer.Option(help="Check this receipt only, without asking the record.")]


def verify(url: str, folder: Folder = MEMORY, key: Keys = [], receipt: Kept = None) -> None:  # noqa: B006 - typer copies it
    """Check a public record from outside: every entry, the whole tree, and that it goes on from what was seen before.

    Ends with 0 when it holds, and with 1 and a sentence when it does not.
    """
    try:
        remembered = Memory.read(folder.expanduser(), url.rstrip("/"))
        memory = remembered.model_copy(update={"keys": tuple(dict.fromkeys([*remembered.keys, *key]))})
        for line in of_receipt(receipt, memory) if receipt else of_record(url, memory, folder.expanduser()):
            typer.echo(line)
    except RecordError as wrong:
        typer.echo(f"accord: {wrong}", err=True)
        raise typer.Exit(1) from wrong


def of_record(url: str, memory: Memory, folder: Path) -> list[str]:
    """Check the whole record, remember what was seen, and say what was found.

    Raises:
        RecordError: it does not hold; nothing new is remembered.
    """
    with Source(url) as source:
        found = verified(source, memory)
    found.memory.write(folder)
    return list(found.sentences())


def of_receipt(file: Path, memory: Memory) -> list[str]:
    """Check a receipt with the keys that are trusted.

    Raises:
        RecordError: it does not hold, or no key is trusted yet.
    """
    keys = memory.trusted()
    if not keys:
        raise RecordError("No key of this log is trusted yet; check the record first, or name one with --key.")
    receipt = Receipt.read(file)
    checkpoint = receipt.check(keys)
    return [f"The receipt holds: entry {receipt.entry.index} is among the {checkpoint.size:,} of {checkpoint.origin}."]
