"""Which services there are, and how their databases and topics come to be."""

from collections.abc import Callable, Mapping
from pathlib import Path

import gateway.database
from services.complaints.main import SERVICE as COMPLAINTS
from services.discipline.main import SERVICE as DISCIPLINE
from services.recognition.main import SERVICE as RECOGNITION
from services.reconciliation.main import SERVICE as RECONCILIATION
from shared.bus.connect import connect
from shared.bus.topics import read_topics
from shared.migrations.run import create_role_and_databases, migrate
from shared.service import Service
from shared.settings import Settings

ROOT = Path(__file__).parent.parent

SERVICES: Mapping[str, Service] = {
    service.name: service for service in (COMPLAINTS, DISCIPLINE, RECOGNITION, RECONCILIATION)
}

MIGRATIONS: Mapping[str, Path] = {
    **{name: service.migrations for name, service in SERVICES.items()},
    "gateway": gateway.database.MIGRATIONS,
}
"""Whose database → where its migrations are; the gateway has a database and is no service."""


def prepare(settings: Settings, say: Callable[[str], None] = lambda _: None) -> None:
    """Create the role, the databases, their tables and the topics, as far as they are not there yet.

    Args:
        settings: needs both PostgreSQL URLs.
        say: is told what is being done.
    """
    say("databases")
    create_role_and_databases(settings.postgres_owner, settings.postgres, (*MIGRATIONS, "bus"))
    for name, versions in MIGRATIONS.items():
        say(f"tables of {name}")
        migrate(settings.postgres_owner, name, (versions,))
    say("topics")
    bus = connect(settings, owner=True)
    bus.create_topics(read_topics())
    bus.close()
