"""The command that runs one worker."""

import typer

from accord.installation import Kafka, Name, Postgres, complete_settings
from accord.working import told_to_end, wait_for_signal, workers
from shared.telemetry import start_telemetry


def work(name: Name, postgres: Postgres = "", kafka: Kafka = "") -> None:
    """Run the relay, the reader and the tidying of one service until told to stop."""
    start_telemetry(f"{name}-worker")
    settings = complete_settings(name, postgres=postgres, kafka=kafka)
    told = told_to_end()  # also while it starts: then it ends as soon as it has
    with workers((name,), settings):
        typer.echo(f"The worker of {name} is running.")
        wait_for_signal(told)
