"""The command that runs one server."""

from contextlib import suppress

from accord.installation import Kafka, Name, Port, Postgres, complete_settings, listening
from accord.rooms import GATEWAY
from accord.serving import application, check_keys, server
from shared.telemetry import start_telemetry


def serve(name: Name, postgres: Postgres = "", kafka: Kafka = "", port: Port = 0) -> None:
    """Serve one service, or the gateway, until told to stop."""
    start_telemetry(name)
    settings = complete_settings(name, postgres=postgres, kafka=kafka, port=port)
    if name != GATEWAY:
        check_keys(settings)
    with suppress(KeyboardInterrupt):  # the server raises the signal that ended it once more
        server(application(name, settings)).run(sockets=[listening(settings, name)])
