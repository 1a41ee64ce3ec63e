"""A process is ready where database, tables and bus are: older tables are not, newer ones are."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, create_engine, text

from accord.rooms import MIGRATIONS, NAMES
from accord.serving import application
from shared.db import database_url
from shared.migrations.state import is_up_to_date
from tests.rooms import House

NEXT = '''"""The next version's tables."""

revision = "complaints_9999"
down_revision = "{before}"
branch_labels = None
depends_on = None
'''


@pytest.fixture
def tables(house: House) -> Iterator[Connection]:
    """Yield a connection to the complaints' database as its owner; nothing that is done over it stays."""
    engine = create_engine(database_url(house.settings.postgres_owner, "complaints"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def newest(tables: Connection) -> str:
    return str(tables.scalar(text("select version_num from alembic_version where version_num like 'complaints%'")))


@pytest.mark.parametrize("name", NAMES)
def test_a_migrated_installation_is_ready(name: str, house: House) -> None:
    with TestClient(application(name, house.settings)) as client:
        answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"database": "reachable", "bus": "reachable"})


def test_tables_that_this_version_has_still_to_change_are_not_ready(tables: Connection, tmp_path: Path) -> None:
    shutil.copytree(MIGRATIONS["complaints"], tmp_path, dirs_exist_ok=True)
    (tmp_path / "complaints_9999_next.py").write_text(NEXT.format(before=newest(tables)))

    assert is_up_to_date(tables, MIGRATIONS["complaints"])
    assert not is_up_to_date(tables, tmp_path)


def test_tables_that_a_newer_version_has_changed_stay_ready_for_this_one(tables: Connection) -> None:
    tables.execute(
        text("update alembic_version set version_num = 'complaints_9999' where version_num = :newest"),
        {"newest": newest(tables)},
    )

    assert is_up_to_date(tables, MIGRATIONS["complaints"])


def test_a_database_without_tables_is_not_ready(tables: Connection) -> None:
    tables.execute(text("delete from alembic_version"))
    assert not is_up_to_date(tables, MIGRATIONS["complaints"])

    tables.execute(text("drop table alembic_version"))
    assert not is_up_to_date(tables, MIGRATIONS["complaints"])
