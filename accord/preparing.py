"""How the databases and topics of an installation come to be."""

from collections.abc import Callable

from accord.rooms import MIGRATIONS
from shared.bus.connect import connect
from shared.bus.topics import read_topics
from shared.migrations.run import create_role_and_databases, migrate
from shared.settings import Settings


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
