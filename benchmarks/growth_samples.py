"""Looking at databases that grow: rows, sizes, what vacuum does, and how the relay's own questions are answered."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from shared.db import CONNECT, database_url
from shared.relay import SOMETHING, _leased, _unsent
from shared.settings import Settings

WATCHED: Mapping[str, tuple[str, ...]] = {
    "complaints": ("outbox", "audit", "answered_request", "complaint", "allegation", "party", "case_key"),
    "discipline": ("inbox",),
    "gateway": ("inbox", "entry"),
}
"""Database → the tables in it that a filed complaint makes grow."""

TABLES = """
select relname as name, pg_relation_size(relid) as heap, pg_indexes_size(relid) as indexes, n_live_tup as live,
    n_dead_tup as dead, n_tup_ins as inserted, n_tup_upd as updated, n_tup_hot_upd as hot,
    autovacuum_count as autovacuums, autoanalyze_count as autoanalyzes
from pg_stat_user_tables where relname = any(:names)
"""
INDEXES = """
select indexrelname as name, pg_relation_size(indexrelid) as bytes from pg_stat_user_indexes where relname = 'outbox'
"""
BEHIND = """
select count(*) as unsent, coalesce(extract(epoch from now() - min(created_at)), 0)::float as age
from outbox where sent_at is null and parked_at is null
"""
LAST = "select coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')::regclass), 0) as last"
EXPLAIN = "explain (analyze, buffers, format json) "


class Watch:
    """Connections of the owner to every database, to look at what they hold; and the folder of a broker."""

    def __init__(self, settings: Settings, broker: Path) -> None:
        self._broker = broker
        self._engines = {
            name: create_engine(database_url(settings.postgres_owner, name), isolation_level="AUTOCOMMIT")
            for name in WATCHED
        }
        self._plans: list[dict[str, Any]] = []
        self._asking = _asking(database_url(settings.postgres, "complaints"), self._plans)

    def close(self) -> None:
        """Let go of all connections."""
        for engine in (*self._engines.values(), self._asking):
            engine.dispose()

    def rows(self, name: str, statement: str, **values: object) -> list[dict[str, Any]]:
        """Return what a question to the database of `name` answers."""
        with self._engines[name].connect() as connection:
            return [dict(row) for row in connection.execute(text(statement), values).mappings()]

    def filed(self) -> int:
        """Return how many outbox rows were ever written; the numbers that ended transactions took count too."""
        return int(self.rows("complaints", LAST)[0]["last"])

    def behind(self) -> dict[str, Any]:
        """Return how many outbox rows are to be sent, and the age of the oldest in seconds."""
        return self.rows("complaints", BEHIND)[0]

    def applied(self) -> dict[str, int]:
        """Return how many events each reader has applied, as the statistics of the server say."""
        counted = "select n_tup_ins as rows from pg_stat_user_tables where relname = 'inbox'"
        return {name: int(self.rows(name, counted)[0]["rows"]) for name in ("discipline", "gateway")}

    def sample(self) -> dict[str, Any]:
        """Return all that is watched, at this moment."""
        tables = {
            f"{name}.{row.pop('name')}": row
            for name, watched in WATCHED.items()
            for row in self.rows(name, TABLES, names=list(watched))
        }
        return {
            "written": self.filed(),
            **self.behind(),
            "applied": self.applied(),
            "tables": tables,
            "outbox_indexes": {row["name"]: row["bytes"] for row in self.rows("complaints", INDEXES)},
            "topics": self.topics(),
            "questions": self.questions(),
        }

    def topics(self) -> dict[str, int]:
        """Return how many bytes the broker keeps of each topic; nothing of the bus in PostgreSQL."""
        found: Counter[str] = Counter()
        for log in self._broker.glob("data/accord.*/*.log"):
            found[log.parent.name.rpartition("-")[0]] += log.stat().st_size
        return dict(found)

    def questions(self) -> dict[str, dict[str, Any]]:
        """Return how PostgreSQL answers what a relay asks, with what that costs."""
        self._plans.clear()
        with Session(self._asking) as session:
            session.scalar(SOMETHING)
            _leased(session, 0)
            _unsent(session, [0])
        return dict(zip(("look", "lease", "unsent"), self._plans, strict=True))

    @contextmanager
    def snapshot_held(self) -> Iterator[None]:
        """Hold a snapshot open while the block lasts, as a backup does: nothing that dies meanwhile can be cleaned."""
        with self._engines["complaints"].connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            connection.execute(text("select count(*) from outbox_shard"))
            yield


def _asking(url: URL, plans: list[dict[str, Any]]) -> Engine:
    """Return an engine of the application's role that notes how each question is answered, just before it is."""
    engine = create_engine(url, connect_args=CONNECT)

    def explain(_: Connection, cursor: Any, statement: str, parameters: Any, *__: object) -> None:  # noqa: ANN401
        explained = cursor.connection.execute(EXPLAIN + statement, parameters)
        plans.append(_plan(explained.fetchone()[0]))

    event.listen(engine, "before_cursor_execute", explain)
    return engine


def _plan(explained: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    top = explained[0]
    plan = top["Plan"]
    return {
        "ms": top["Planning Time"] + top["Execution Time"],
        "pages": plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
        "how": sorted(set(_scans(plan))),
    }


def _scans(plan: dict[str, Any]) -> Iterator[str]:
    if "Relation Name" in plan:
        yield f"{plan['Node Type']} {plan.get('Index Name', plan['Relation Name'])}"
    if "Join Type" in plan:
        yield f"{plan['Node Type']}"
    for part in plan.get("Plans", ()):
        yield from _scans(part)
