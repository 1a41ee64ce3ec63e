"""A migrated installation for tests: its settings, its applications, and people with tokens in it."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.engine import make_url

from accord.rooms import SERVICES
from shared.actors import Role
from shared.app import create_app
from shared.db import Database
from shared.issuer import DevelopmentIssuer
from shared.settings import Settings
from tests.make import AGENCY


def settings_on(postgres: str, folder: Path, **over: Any) -> Settings:
    """Return the settings of an installation on the PostgreSQL server whose superuser is `postgres`."""
    application = make_url(postgres).set(username="accord_app", password=None)
    return Settings(
        folder=folder,
        postgres=application.render_as_string(hide_password=False),
        postgres_owner=postgres,
        **over,
    )


@dataclass(frozen=True)
class Person:
    """Somebody with a token."""

    id: UUID
    headers: Mapping[str, str]


@dataclass(frozen=True)
class House:
    """A migrated installation."""

    settings: Settings

    def person(self, *roles: Role, agencies: tuple[str, ...] = (AGENCY,), id: UUID | None = None) -> Person:  # noqa: A002
        """Return somebody with these roles."""
        who = id or uuid4()
        token = DevelopmentIssuer(self.settings).mint(who, roles, agencies)
        return Person(who, {"Authorization": f"Bearer {token}"})

    @contextmanager
    def service(self, name: str) -> Iterator[TestClient]:
        """Yield a client of one running application."""
        with TestClient(create_app(SERVICES[name], self.settings), raise_server_exceptions=False) as client:
            yield client

    @contextmanager
    def database(self, name: str) -> Iterator[Database]:
        """Yield a service's database as the application sees it."""
        with closing(Database(self.settings.postgres, name, connections=5)) as database:
            yield database


def outbox_of(house: House, service: str, case_id: str) -> list[tuple[int, str, str, dict[str, Any]]]:
    """Return what was published about a case, in order: version, topic, type and payload."""
    with house.database(service) as database, database.engine.connect() as connection:
        rows = connection.execute(
            text("select version, topic, type, payload from outbox where case_id = :id order by id"), {"id": case_id}
        )
        return [(row.version, row.topic, row.type, row.payload) for row in rows]
