"""Bringing the databases up to date; safe to run again, and by two operators at once."""

from collections.abc import Iterable
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url

from shared.db import APPLICATION, CONNECT, database_url
from shared.migrations.state import configuration

LOCK = 4_726_001
"""The advisory lock that one migration at a time holds, for its transaction."""


def create_role_and_databases(owner: str, application: str, names: Iterable[str]) -> None:
    """Create the application's role, with the password of its URL if that has one, and the databases not there yet."""
    url = make_url(owner).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args=CONNECT)
    with engine.connect() as connection:
        connection.execute(text(f"select pg_advisory_lock({LOCK})"))
        _create_role(connection, make_url(application))
        there = set(connection.scalars(text("select datname from pg_database")))
        for name in names:
            if f"accord_{name}" not in there:
                connection.execute(text(f'create database "accord_{name}"'))
        connection.execute(text(f"select pg_advisory_unlock({LOCK})"))
    engine.dispose()


def _create_role(connection: Connection, application: URL) -> None:
    there = connection.scalar(text("select 1 from pg_roles where rolname = :role"), {"role": APPLICATION})
    if not there:
        connection.execute(text(f"create role {APPLICATION} login"))
    if application.password:
        quoted = connection.scalar(text("select quote_literal(:password)"), {"password": str(application.password)})
        connection.execute(text(f"alter role {APPLICATION} password {quoted}"))


def migrate(owner: str, name: str, versions: Iterable[Path]) -> None:
    """Bring the database of service `name` up to date with `shared`'s migrations and those in `versions`."""
    engine = create_engine(database_url(owner, name), connect_args=CONNECT)
    with engine.begin() as connection:
        connection.execute(text(f"select pg_advisory_xact_lock({LOCK})"))
        config = configuration(*versions)
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
        connection.execute(text(f"grant select on alembic_version to {APPLICATION}"))
    engine.dispose()
