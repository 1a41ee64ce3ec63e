"""Which of the two buses an installation uses."""

from sqlalchemy.engine import make_url

from shared.bus import Bus
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.settings import Settings

BUS_DATABASE = "accord_bus"
"""The database of the bus that lives in PostgreSQL; it must exist before the first use."""


def connect(settings: Settings, *, owner: bool = False) -> Bus:
    """Return the bus that `settings` name: Kafka, or else a log in PostgreSQL. Nothing is contacted yet.

    Args:
        settings: this installation's choices.
        owner: connect as the role that may create tables, which `create_topics` of the bus in PostgreSQL needs.
    """
    if settings.kafka:
        return KafkaBus(settings.kafka)
    return PostgresBus(bus_url(settings.postgres_owner if owner else settings.postgres))


def bus_url(server: str) -> str:
    """Return the libpq URL of the bus's database on `server`, whatever database that URL names."""
    url = make_url(server).set(drivername="postgresql", database=BUS_DATABASE)
    return url.render_as_string(hide_password=False)
