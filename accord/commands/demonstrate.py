"""The command that shows the whole system at work."""

import logging
import time
from typing import Annotated

import typer

from accord.commands.run import running, where
from accord.demo.caller import Caller, Json
from accord.demo.people import People, Person, meet
from accord.demo.story import Played, play
from accord.errors import OperatorError
from accord.installation import Folder, Kafka, Port, Postgres, read_settings
from accord.working import wait_for_signal
from shared.actors import Role
from shared.issuer import DevelopmentIssuer
from shared.telemetry import start_telemetry

Once = Annotated[bool, typer.Option("--once", help="End after the story.")]


def demo(
    *, once: Once = False, postgres: Postgres = "", kafka: Kafka = "", port: Port = 0, folder: Folder = None
) -> None:
    """Start everything, play a story through the API, and leave it running with a token for each role."""
    start_telemetry("demo", level=logging.WARNING)
    settings = read_settings(postgres_owner=postgres, kafka=kafka, port=port, folder=folder)
    with running(settings) as complete, Caller(f"http://{complete.bind}:{complete.port}") as caller:
        people = meet(DevelopmentIssuer(complete))
        played = play(caller, people, lambda told: typer.echo(f"  {told}"))
        for line in published(caller, played):
            typer.echo(f"  feed: {line}")
        if not once:
            for line in (*where(complete), *tokens(people), "Stop with Ctrl-C."):
                typer.echo(line)
            wait_for_signal()


def published(caller: Caller, played: Played) -> list[str]:
    """Return the feed's sentences about the story, once the last one is there.

    Raises:
        OperatorError: the feed does not tell the end of the story in time.
    """
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        told = [(item["_accord"], item["content_text"]) for item in newest(caller)]
        if played.last_words <= {(entry["reference"], entry["type"]) for entry, _ in told}:
            of_story = [(int(entry["index"]), text) for entry, text in told if entry["reference"] in played.references]
            return [text for _, text in sorted(of_story)]
        time.sleep(0.1)
    raise OperatorError("The feed does not tell the whole story; is the gateway's worker running?")


def newest(caller: Caller) -> list[Json]:
    """Return the newest feed entries: the page that is being filled and the full one before it."""
    page = caller.get("/feed.json")
    before = caller.get(page["next_url"])["items"] if "next_url" in page else []
    return [*before, *page["items"]]


def tokens(people: People) -> list[str]:
    """Return a token for each role, as lines."""
    seen: dict[tuple[Role, ...], Person] = {}
    for person in people.everyone():
        seen.setdefault(person.roles, person)
    return [f"{person.name} ({', '.join(person.roles)}):\n  {person.token}" for person in seen.values()]
