"""Whether a database has the tables that this code expects."""

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import to_tuple
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

HERE = Path(__file__).parent


def condition(engine: Engine, migrations: Path) -> str:
    """Return "reachable", or "not migrated" where the tables are older than `migrations`, or "away"."""
    try:
        with engine.connect() as connection:
            migrated = is_up_to_date(connection, migrations)
    except OperationalError:
        return "away"
    return "reachable" if migrated else "not migrated"


def is_up_to_date(connection: Connection, migrations: Path) -> bool:
    """Whether the newest of `shared`'s migrations and of those in `migrations` were made here, or newer ones.

    Newer ones were made by an operator who is about to replace this process, and they leave it its tables.
    """
    if connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return False
    made = set(connection.scalars(text("select version_num from alembic_version")))
    newest, known = _expected(migrations)
    return newest <= made or not made <= known


@cache
def _expected(migrations: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Return the revisions that end a line and that no other one includes, and all that are known."""
    scripts = ScriptDirectory.from_config(configuration(migrations))
    revisions = list(scripts.walk_revisions())
    included = {name for one in revisions for name in to_tuple(one.dependencies, default=())}
    return frozenset(scripts.get_heads()) - included, frozenset(one.revision for one in revisions)


def configuration(*migrations: Path) -> Config:
    """Return alembic's configuration for a database with `shared`'s migrations and those in `migrations`."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(path) for path in (HERE / "versions", *migrations)))
    return config
