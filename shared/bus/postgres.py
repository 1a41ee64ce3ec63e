"""The bus as a log in PostgreSQL, for one machine: topics, offsets and group members are rows."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import count
from zlib import crc32

import psycopg
from psycopg import Connection
from psycopg.types.json import Jsonb

from shared.bus import BusAwayError, Consumer, Record, RecordRefusedError, Topic
from shared.bus.limits import refusal
from shared.bus.postgres_group import GroupMember, Slot, columns

_PUBLISH_TIMEOUT = "15s"
_PRUNED_AT_ONCE = 10_000

_TABLES = """
CREATE TABLE IF NOT EXISTS bus_topic (
    name text PRIMARY KEY,
    partitions integer NOT NULL CHECK (partitions > 0),
    retention_days integer
);
CREATE TABLE IF NOT EXISTS bus_partition (
    topic text REFERENCES bus_topic,
    number integer,
    next_position bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, number)
);
CREATE TABLE IF NOT EXISTS bus_record (
    topic text,
    partition integer,
    position bigint,
    key text NOT NULL,
    value bytea NOT NULL,
    headers jsonb NOT NULL,
    timestamp_ms bigint NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition, position)
);
CREATE INDEX IF NOT EXISTS bus_record_age ON bus_record USING brin (appended_at);
CREATE TABLE IF NOT EXISTS bus_group (
    name text PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS bus_group_offset (
    group_name text,
    topic text,
    partition integer,
    next_position bigint NOT NULL,
    PRIMARY KEY (group_name, topic, partition)
);
CREATE TABLE IF NOT EXISTS bus_member (
    group_name text,
    member uuid,
    topics text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (group_name, member)
);
CREATE TABLE IF NOT EXISTS bus_lease (
    group_name text,
    topic text,
    partition integer,
    member uuid,
    PRIMARY KEY (group_name, topic, partition),
    FOREIGN KEY (group_name, member) REFERENCES bus_member ON DELETE CASCADE
);
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accord_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE
            ON bus_topic, bus_partition, bus_record, bus_group, bus_group_offset, bus_member, bus_lease TO accord_app;
    END IF;
END $$;
"""


class PostgresBus:
    """Records in tables of the database at `url`. Connections are opened at first use.

    Offsets are given out under a lock of the partition's row that is held until the commit, so the order in which
    records become visible is the order of their offsets, and there are no gaps.

    Args:
        url: libpq connection URL, with the database's name.
        lease: seconds after which the partitions of a consumer that died go to others, and that a consumer may take
            between two polls.
    """

    def __init__(self, url: str, *, lease: float = 10.0) -> None:
        self._url = url
        self._lease = lease
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._partitions: dict[str, int] = {}

    def publish(self, records: Sequence[Record]) -> None:
        """See `shared.bus.Bus.publish`."""
        refused = {i: reason for i, record in enumerate(records) if (reason := refusal(record))}
        wanted = [record for i, record in enumerate(records) if i not in refused]
        if wanted:
            with self._transaction() as connection:
                _append(connection, self._placed(connection, wanted))
        if refused:
            raise RecordRefusedError(refused)

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """See `shared.bus.Bus.consumer`. The group is joined by the first `poll`."""
        return GroupMember(self._connect, group, topics, self._lease)

    def create_topics(self, topics: Sequence[Topic]) -> None:
        """See `shared.bus.Bus.create_topics`. Creates the bus's tables first."""
        self.install()
        with self._transaction() as connection:
            for topic in sorted(topics, key=lambda topic: topic.name):
                connection.execute(
                    "INSERT INTO bus_topic AS t VALUES (%s, %s, %s) ON CONFLICT (name) DO UPDATE"
                    " SET partitions = greatest(t.partitions, excluded.partitions)",
                    (topic.name, topic.partitions, topic.retention_days),
                )
            connection.execute(
                "INSERT INTO bus_partition (topic, number)"
                " SELECT name, number FROM bus_topic, generate_series(0, partitions - 1) AS number"
                " ON CONFLICT DO NOTHING",
            )
        self._partitions.clear()

    def install(self) -> None:
        """Create the tables that are missing; any number of processes may do so at once."""
        with self._transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('bus_install'))")
            connection.execute(_TABLES)

    def prune(self) -> int:
        """Delete the records that are older than their topic's retention, and return how many that were."""
        deleted = 0
        for _ in count():
            with self._transaction() as connection:
                batch = connection.execute(
                    "DELETE FROM bus_record WHERE ctid = ANY (ARRAY("
                    " SELECT r.ctid FROM bus_record r JOIN bus_topic t ON t.name = r.topic"
                    " WHERE r.appended_at < now() - make_interval(days => t.retention_days) LIMIT %s))",
                    (_PRUNED_AT_ONCE,),
                ).rowcount
            deleted += batch
            if batch < _PRUNED_AT_ONCE:
                break
        return deleted

    def reachable(self) -> bool:
        """See `shared.bus.Bus.reachable`."""
        try:
            with closing(psycopg.connect(self._url, connect_timeout=2)) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def close(self) -> None:
        """See `shared.bus.Bus.close`."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _connect(self) -> Connection:
        """Open a connection that notices within fifteen seconds when the server has silently gone away."""
        try:
            return psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=5,
                keepalives_idle=5,
                keepalives_interval=5,
                keepalives_count=2,
                tcp_user_timeout=15_000,
            )
        except psycopg.OperationalError as error:
            raise BusAwayError(f"PostgreSQL cannot be reached: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """One transaction on a connection that nobody else uses; a connection that failed is not used again."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            with connection.transaction():
                connection.execute("SELECT set_config('statement_timeout', %s, true)", (_PUBLISH_TIMEOUT,))
                yield connection
        except psycopg.Error as error:
            connection.close()
            raise BusAwayError(f"PostgreSQL did not confirm: {error}") from error
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append(connection)

    def _placed(self, connection: Connection, records: Sequence[Record]) -> Mapping[Slot, Sequence[Record]]:
        """Return `records` by topic and partition, each in their order.

        Raises:
            BusAwayError: a topic does not exist.
        """
        if any(record.topic not in self._partitions for record in records):
            self._partitions = dict(connection.execute("SELECT name, partitions FROM bus_topic").fetchall())
        slots: dict[Slot, list[Record]] = {}
        for record in records:
            partitions = self._partitions.get(record.topic)
            if partitions is None:
                raise BusAwayError(f"the topic {record.topic} does not exist: run `accord migrate`")
            slots.setdefault((record.topic, crc32(record.key.encode()) % partitions), []).append(record)
        return slots


def _append(connection: Connection, slots: Mapping[Slot, Sequence[Record]]) -> None:
    """Write the records of every partition after those that are there."""
    now_ms = time.time_ns() // 1_000_000
    firsts = _reserve(connection, slots)
    columns = "topic, partition, position, key, value, headers, timestamp_ms"
    with connection.cursor() as cursor, cursor.copy(f"COPY bus_record ({columns}) FROM STDIN") as copy:
        for (topic, partition), records in slots.items():
            for position, record in enumerate(records, firsts[topic, partition]):
                stamp = now_ms if record.timestamp_ms is None else record.timestamp_ms
                headers = Jsonb(dict(record.headers))
                copy.write_row((topic, partition, position, record.key, record.value, headers, stamp))


def _reserve(connection: Connection, slots: Mapping[Slot, Sequence[Record]]) -> Mapping[Slot, int]:
    """Lock the partitions, always in one order so that nobody waits in a circle, and take the next offsets."""
    topics, numbers = columns(slots)
    rows = connection.execute(
        "SELECT p.topic, p.number, p.next_position FROM bus_partition p"
        " JOIN unnest(%s::text[], %s::integer[]) AS wanted (topic, number) USING (topic, number)"
        " ORDER BY p.topic, p.number FOR UPDATE OF p",
        (topics, numbers),
    ).fetchall()
    connection.execute(
        "UPDATE bus_partition p SET next_position = p.next_position + taken.records"
        " FROM unnest(%s::text[], %s::integer[], %s::bigint[]) AS taken (topic, number, records)"
        " WHERE p.topic = taken.topic AND p.number = taken.number",
        (topics, numbers, [len(records) for records in slots.values()]),
    )
    return {(topic, number): first for topic, number, first in rows}
