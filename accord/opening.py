"""The gateway's database, opened for a command about the public record."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager

from accord.errors import OperatorError
from accord.installation import complete_settings
from accord.rooms import GATEWAY
from shared.db import Database
from shared.errors import Refusal
from shared.settings import Settings
from shared.telemetry import start_telemetry


@contextmanager
def gateway_database(command: str, postgres: str) -> Iterator[tuple[Database, Settings]]:
    """Yield the gateway's database, and the settings, for a command.

    Raises:
        OperatorError: what the command asks for is refused.
    """
    start_telemetry(command, level=logging.ERROR)
    settings = complete_settings(GATEWAY, postgres=postgres, kafka="")
    try:
        with closing(Database(settings.postgres, GATEWAY, connections=1)) as database:
            yield database, settings
    except Refusal as refused:
        raise OperatorError(str(refused)) from refused
