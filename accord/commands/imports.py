"""Commands that bring in what an agency kept before."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import NAMESPACE_URL, uuid4, uuid5

import httpx
import typer
from rich.console import Console
from rich.progress import Progress

from accord.errors import OperatorError
from accord.importing.mapping import Mapping, read_mapping
from accord.importing.quarantine import Quarantine
from accord.importing.rows import Reading, read_records
from accord.importing.send import Outcome, Sender, Stop, address
from accord.importing.summary import not_kept, refused_rows, summary
from accord.importing.tables import read_table
from accord.importing.words import ImportRefusedError
from accord.installation import read_settings
from shared.actors import Role
from shared.clock import now
from shared.issuer import DevelopmentIssuer
from shared.policy import Policy, WrongPackError
from shared.policy.agency import AgencyRules
from shared.settings import Environment, Settings

AWAY, WRONG, QUARANTINED = 1, 2, 3
"""Exit codes beside 0."""
HERE = ("127.0.0.1", "localhost", "::1")
IMPORTER = uuid5(NAMESPACE_URL, "urn:accord:import")
"""The person of development tokens for imports, so that an installation's audit shows one importer."""

app = typer.Typer(no_args_is_help=True)


@app.callback()
def imports() -> None:
    """Bring in what an agency kept before."""


@app.command()
def complaints(
    file: Annotated[Path, typer.Argument(help="A CSV table in UTF-8, one row per allegation.")],
    mapping: Annotated[Path, typer.Option("--map", help="What its columns and words mean (TOML).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, send nothing.")] = False,  # noqa: FBT002 - a flag
    url: Annotated[str, typer.Option(help="The gateway.")] = "http://127.0.0.1:8000",
    token: Annotated[str, typer.Option(envvar="ACCORD_TOKEN", help="Of somebody with the role records.")] = "",
    quarantine: Annotated[Path | None, typer.Option(help="Where rows go that do not hold up.")] = None,
) -> None:
    """Enter legacy complaints. Rows that do not hold up go to the quarantine file; running it again is safe.

    Ends with 0; with 3 when rows were quarantined, 2 when it cannot be done, 1 when the stack does not answer.
    """
    try:
        settings = read_settings()
        plan = read_mapping(mapping)
        table = read_table(file, plan.columns())
        rules = rules_for(plan, mapping, settings)
        today = rules.today(now())
        reading = read_records(table, plan, today)
        aside = Quarantine.beside(file, table, given=quarantine)
        bearer = "" if dry_run else token.strip() or development_token(settings, plan.agency, url)
        aside.write(reading.quarantined)
        outcomes, stop = ([], Stop()) if dry_run else sent(reading, Sender(url, bearer, plan.agency, uuid4()))
        aside.write([*reading.quarantined, *refused_rows(outcomes)])
    except (ImportRefusedError, OperatorError, WrongPackError) as wrong:
        typer.echo(f"accord: {wrong}", err=True)
        raise typer.Exit(WRONG) from wrong
    for line in summary(reading, not_kept(reading, rules, today), outcomes, aside.written):
        typer.echo(line)
    raise typer.Exit(told(stop, aside, dry_run=dry_run))


def rules_for(plan: Mapping, path: Path, settings: Settings) -> AgencyRules:
    """Return the agency's rules, after a look at whether the mapping and the agency's packs fit together.

    Raises:
        ImportRefusedError: there is no such agency here, or its taxonomy lacks a category.
    """
    agencies = Policy.read(settings.policy).agencies
    if plan.agency not in agencies:
        raise ImportRefusedError(f"{path}: agency: there is no agency {plan.agency!r}; there is {', '.join(agencies)}.")
    rules = agencies[plan.agency]
    plan.refuse_unknown_categories(rules, path)
    return rules


def development_token(settings: Settings, agency: str, url: str) -> str:
    """Return a token for the development stack on this machine.

    Raises:
        ImportRefusedError: there is none, so somebody has to give a token.
    """
    here = settings.env is Environment.DEVELOPMENT and not settings.jwks and httpx.URL(address(url)).host in HERE
    if not here or not settings.folder.is_dir():  # the issuer makes its key when the first token is asked for
        raise ImportRefusedError(
            "A token with the role records is needed: give --token or set ACCORD_TOKEN. For a development stack on "
            f"this machine one is made, if it was started with `accord up` on the folder {settings.folder}."
        )
    return DevelopmentIssuer(settings).mint(IMPORTER, [Role.RECORDS], [agency])


def sent(reading: Reading, sender: Sender) -> tuple[Sequence[Outcome], Stop]:
    """Send every record, with a bar on a terminal, and return what became of each."""
    console = Console(stderr=True)
    with sender, Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        total = len(reading.records)
        outcomes = list(progress.track(sender.send_all(reading.records), total=total, description="complaints"))
    return outcomes, sender.stop


def told(stop: Stop, aside: Quarantine, *, dry_run: bool) -> int:
    """Say what is left to be done, and return the exit code."""
    if dry_run:
        typer.echo("Nothing was sent: this was a dry run.")
    if aside.written:
        typer.echo(f"accord: Rows that do not hold up are in {aside.path}, each with the reason.", err=True)
    if stop.is_set():
        typer.echo(f"accord: {stop.why} Run the import again to go on; nothing is entered twice.", err=True)
        return AWAY if stop.away else WRONG
    return QUARANTINED if aside.written else 0
