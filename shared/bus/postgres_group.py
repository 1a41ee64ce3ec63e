"""A consumer group over the log in PostgreSQL: who reads which partition, from where, and for how long.

Every member renews its membership while it polls. Under a lock of the group's row it works out the same fair division
as all the others, gives up what is no longer its share and takes what is free. A member that stops renewing loses
everything with its row.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from uuid import UUID, uuid4

import psycopg
from psycopg import Connection

from shared.bus import BusAwayError, Delivery, Record

log = logging.getLogger(__name__)

_SOON, _IDLE = 0.002, 0.05
"""Seconds between two looks for new records: twice as long each time that there were none, up to the second."""
_BATCH = 200
"""Records of one poll, so that dealing with them takes less than a lease; shared out among the partitions."""
_BATCH_OF_A_PARTITION = 20
"""At least so many of each partition, however many there are."""
_RENEWALS = 5
"""Renewals in the time of a lease, and at least one a second."""

Slot = tuple[str, int]
"""A topic and the number of one of its partitions."""


class GroupMember:
    """One member of a consumer group; it has its own connection.

    Args:
        connect: opens a connection, or raises `BusAwayError`.
        group: the group's name.
        topics: what to read.
        lease: seconds that this member keeps its partitions without polling.
    """

    def __init__(self, connect: Callable[[], Connection], group: str, topics: Sequence[str], lease: float) -> None:
        self._connect = connect
        self._group = group
        self._topics = list(topics)
        self._lease = lease
        self._renew_every = min(1.0, lease / _RENEWALS)
        self._connection: Connection | None = None
        self._member = uuid4()
        self._renewed = float("-inf")
        self._positions: dict[Slot, int] = {}
        self._uncommitted: dict[Slot, int] = {}

    def poll(self, timeout: float) -> Sequence[Delivery]:
        """See `shared.bus.Consumer.poll`."""
        deadline, pause = time.monotonic() + timeout, _SOON
        while True:
            with self._connected() as connection:
                if time.monotonic() - self._renewed > self._renew_every:
                    self._renew(connection)
                deliveries = self._read(connection)
            remaining = deadline - time.monotonic()
            if deliveries or remaining <= 0:
                return deliveries
            time.sleep(min(pause, remaining))
            pause = min(2 * pause, _IDLE)

    def commit(self) -> None:
        """See `shared.bus.Consumer.commit`."""
        if not self._uncommitted:
            return
        topics, numbers = columns(self._uncommitted)
        with self._connected() as connection:
            connection.execute(
                "INSERT INTO bus_group_offset AS o SELECT l.group_name, l.topic, l.partition, done.next_position"
                " FROM unnest(%s::text[], %s::integer[], %s::bigint[]) AS done (topic, partition, next_position)"
                " JOIN bus_lease l USING (topic, partition) WHERE l.group_name = %s AND l.member = %s"
                " FOR SHARE OF l"
                " ON CONFLICT (group_name, topic, partition) DO UPDATE"
                " SET next_position = greatest(o.next_position, excluded.next_position)",
                (topics, numbers, list(self._uncommitted.values()), self._group, self._member),
            )
        self._uncommitted.clear()

    def close(self) -> None:
        """See `shared.bus.Consumer.close`."""
        if self._connection is None:
            return
        try:
            with self._connected() as connection, closing(connection):
                connection.execute(
                    "DELETE FROM bus_member WHERE group_name = %s AND member = %s",
                    (self._group, self._member),
                )
        except BusAwayError as error:
            log.info("the group is left when the lease runs out: %s", error)
        self._connection = None

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Open the connection again when it was lost; what this member holds, and where it is, outlives that."""
        if self._connection is None:
            self._connection = self._connect()
        try:
            yield self._connection
        except psycopg.Error as error:
            self._connection.close()
            self._connection = None
            self._renewed = float("-inf")
            raise BusAwayError(f"PostgreSQL does not answer the consumer: {error}") from error

    def _renew(self, connection: Connection) -> None:
        """Stay a member, and bring the partitions held in line with this member's share."""
        with connection.transaction():
            connection.execute("INSERT INTO bus_group VALUES (%s) ON CONFLICT DO NOTHING", (self._group,))
            connection.execute("SELECT FROM bus_group WHERE name = %s FOR UPDATE", (self._group,))
            self._stay(connection)
            self._hold(connection, self._share(connection))
            self._take_positions(connection)
        self._renewed = time.monotonic()

    def _stay(self, connection: Connection) -> None:
        """Renew the membership, or begin a new one and forget the old one's positions; put out who has gone silent."""
        connection.execute(
            "DELETE FROM bus_member WHERE group_name = %s AND expires_at < clock_timestamp() AND member <> %s",
            (self._group, self._member),
        )
        renewed = connection.execute(
            "UPDATE bus_member SET expires_at = clock_timestamp() + make_interval(secs => %s)"
            " WHERE group_name = %s AND member = %s",
            (self._lease, self._group, self._member),
        ).rowcount
        if renewed:
            return
        self._positions.clear()
        self._uncommitted.clear()
        connection.execute(
            "INSERT INTO bus_member VALUES (%s, %s, %s, clock_timestamp() + make_interval(secs => %s))",
            (self._group, self._member, self._topics, self._lease),
        )

    def _hold(self, connection: Connection, share: Sequence[Slot]) -> None:
        """Give up what is outside `share`, and take of it what nobody holds."""
        topics, numbers = columns(share)
        connection.execute(
            "DELETE FROM bus_lease WHERE group_name = %s AND member = %s"
            " AND (topic, partition) NOT IN (SELECT * FROM unnest(%s::text[], %s::integer[]))",
            (self._group, self._member, topics, numbers),
        )
        connection.execute(
            "INSERT INTO bus_lease SELECT %s, topic, partition, %s"
            " FROM unnest(%s::text[], %s::integer[]) AS share (topic, partition) ON CONFLICT DO NOTHING",
            (self._group, self._member, topics, numbers),
        )

    def _share(self, connection: Connection) -> Sequence[Slot]:
        """Return this member's share: partitions are dealt out in turn among the members that read their topic."""
        members: list[tuple[UUID, list[str]]] = connection.execute(
            "SELECT member, topics FROM bus_member WHERE group_name = %s ORDER BY member",
            (self._group,),
        ).fetchall()
        slots: list[Slot] = connection.execute(
            "SELECT topic, number FROM bus_partition WHERE topic = ANY (%s) ORDER BY topic, number",
            (sorted({topic for _, topics in members for topic in topics}),),
        ).fetchall()
        share = []
        for turn, (topic, number) in enumerate(slots):
            readers = [member for member, topics in members if topic in topics]
            if readers[turn % len(readers)] == self._member:
                share.append((topic, number))
        return share

    def _take_positions(self, connection: Connection) -> None:
        """Read on where this member was in what it kept, and from the committed offsets in what it took."""
        held: dict[Slot, int] = {
            (topic, partition): position
            for topic, partition, position in connection.execute(
                "SELECT topic, partition, coalesce(o.next_position, 0) FROM bus_lease l"
                " LEFT JOIN bus_group_offset o USING (group_name, topic, partition)"
                " WHERE l.group_name = %s AND l.member = %s",
                (self._group, self._member),
            )
        }
        self._positions = {slot: self._positions.get(slot, committed) for slot, committed in held.items()}
        self._uncommitted = {slot: position for slot, position in self._uncommitted.items() if slot in held}

    def _read(self, connection: Connection) -> Sequence[Delivery]:
        """Return what follows in the partitions that are still this member's at this moment."""
        topics, numbers = columns(self._positions)
        most = max(_BATCH_OF_A_PARTITION, _BATCH // max(1, len(self._positions)))
        rows = connection.execute(
            "SELECT r.* FROM unnest(%s::text[], %s::integer[], %s::bigint[]) AS held (topic, partition, position)"
            " JOIN bus_lease l USING (topic, partition) CROSS JOIN LATERAL ("
            "  SELECT topic, partition, position, key, value, headers, timestamp_ms FROM bus_record r"
            "  WHERE r.topic = held.topic AND r.partition = held.partition AND r.position >= held.position"
            "  ORDER BY r.position LIMIT %s) AS r"
            " WHERE l.group_name = %s AND l.member = %s ORDER BY r.topic, r.partition, r.position",
            (topics, numbers, list(self._positions.values()), most, self._group, self._member),
        ).fetchall()
        deliveries = [_delivery(row) for row in rows]
        for delivery in deliveries:
            slot = delivery.record.topic, delivery.partition
            self._positions[slot] = self._uncommitted[slot] = delivery.offset + 1
        return deliveries


def columns(slots: Iterable[Slot]) -> tuple[list[str], list[int]]:
    """Return the topics and the partition numbers as two lists, which is how a query takes pairs."""
    topics, numbers = [], []
    for topic, number in slots:
        topics.append(topic)
        numbers.append(number)
    return topics, numbers


def _delivery(row: tuple[str, int, int, str, bytes, dict[str, str], int]) -> Delivery:
    topic, partition, position, key, value, headers, timestamp_ms = row
    return Delivery(Record(topic, key, value, headers, timestamp_ms), partition, position)
