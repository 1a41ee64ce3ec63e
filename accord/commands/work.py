"""The command that runs one worker."""

import typer

from accord.installation import Kafka, Name, Postgres, complete_settings
from accord.working import wait_for_signal, workers
from shared.telemetry import start_telemetry


def work(name: Name, postgres: Postgres = "", kafka: Kafka = "") -> None:
    """Run the relay, the reader and the tidying of one service until told to stop."""
    start_telemetry(f"{name}-worker")
    settings = complete_settings(name, postgres=postgres, kafka=kafka)
    with workers((name,), settings):
        typer.echo(f"The worker of {name} is running.")
        wait_for_signal()
