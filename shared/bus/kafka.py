"""The bus over Apache Kafka, for more than one machine. The only module that knows kafka-python."""
# mypy: allow-untyped-calls
# kafka-python has no types

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    InvalidPartitionsError,
    InvalidRecordError,
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    NoError,
    RebalanceInProgressError,
    RecordListTooLargeError,
    TopicAlreadyExistsError,
    UnknownMemberIdError,
    for_code,
)
from kafka.net.compat import KafkaNetClient
from kafka.record import util as checksums

from shared.bus import BusAwayError, Consumer, Delivery, Record, RecordRefusedError, Topic
from shared.bus.limits import refusal

log = logging.getLogger(__name__)

_REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidRecordError, InvalidTimestampError)
_MOVED_AWAY = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)
_DAY_MS = 86_400_000
_CONNECT_MS = 2_000
"""How long to look for a broker before saying that it is away."""
_GROUP_MS = 5_000
"""How long a commit may take, and leaving a group."""
_SETTINGS = {"reconnect_backoff_max_ms": 1_000}
"""Of every client: look every second whether the broker is back; the library's default is thirty."""


class KafkaBus:
    """Records in Kafka topics. Connections are opened at first use, so that a process may fork before.

    Args:
        bootstrap: ``host:port`` of a broker; several separated by commas.
        publish_timeout: seconds until `publish` gives up, or at most a quarter more; keep it below the relay's lease.
        session_timeout: seconds until the partitions of a consumer that died go to others; brokers allow 6 or more.

    Raises:
        RuntimeError: the C implementation of CRC-32C is missing.
    """

    def __init__(self, bootstrap: str, *, publish_timeout: float = 16.0, session_timeout: float = 6.0) -> None:
        if checksums.crc32c_c is None:  # type: ignore[attr-defined]  # imported there in a try block
            raise RuntimeError("Kafka needs the C checksum, without it it is five times slower: pip install crc32c")
        self._bootstrap = bootstrap.split(",")
        self._publish_timeout = publish_timeout
        self._session_timeout = session_timeout
        self._producer: _Producer | None = None
        self._lock = threading.Lock()

    def publish(self, records: Sequence[Record]) -> None:
        """See `shared.bus.Bus.publish`."""
        deadline = time.monotonic() + self._publish_timeout
        refused = {i: reason for i, record in enumerate(records) if (reason := refusal(record))}
        waiting = [i for i in range(len(records)) if i not in refused]
        while waiting:
            failed = self._send([records[i] for i in waiting], deadline)
            fresh = {waiting[at]: str(error) for at, error in failed.items() if isinstance(error, _REFUSALS)}
            if failed and not fresh:
                raise BusAwayError(f"Kafka did not confirm: {next(iter(failed.values()))}")
            refused |= fresh
            waiting = [waiting[at] for at in failed if waiting[at] not in fresh]
        if refused:
            raise RecordRefusedError(refused)

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """See `shared.bus.Bus.consumer`. The group is joined by the first `poll`."""
        return _GroupMember(lambda: self._open_consumer(group, topics))

    def create_topics(self, topics: Sequence[Topic]) -> None:
        """See `shared.bus.Bus.create_topics`.

        Raises:
            BusAwayError: the broker cannot be reached, or does not do it; the message has its words.
        """
        try:
            with closing(self._open(KafkaAdminClient, bootstrap_timeout_ms=_CONNECT_MS)) as admin:
                present = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}
                _create(admin, [topic for topic in topics if topic.name not in present])
                _grow(
                    admin, [topic for topic in topics if present.get(topic.name, topic.partitions) < topic.partitions]
                )
                admin.wait_for_topics([topic.name for topic in topics])
        except KafkaError as error:
            raise BusAwayError(f"Kafka did not create the topics: {error}") from error

    def reachable(self) -> bool:
        """See `shared.bus.Bus.reachable`."""
        try:
            self._open(KafkaAdminClient, bootstrap_timeout_ms=_CONNECT_MS).close()
        except BusAwayError:
            return False
        return True

    def close(self) -> None:
        """See `shared.bus.Bus.close`."""
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=self._publish_timeout)

    def _send(self, records: Sequence[Record], deadline: float) -> Mapping[int, Exception]:
        """Send in order and wait for every answer; returns what failed, by position.

        The first failure stops the producer, so that no later record of the same key overtakes the one that failed.
        """
        producer = self._running_producer()
        sent: list[Any] = []
        failed: dict[int, Exception] = {}
        try:
            for record in records:
                sent.append(producer.hand_over(record, deadline))  # noqa: PERF401 - those before an error must stay
        except KafkaError as error:
            failed = dict.fromkeys(range(len(sent), len(records)), error)
            producer.stop()
        for at, answer in enumerate(sent):
            try:
                answer.get(timeout=max(0.0, deadline - time.monotonic()))
            except KafkaError as error:
                failed[at] = error
        if failed:
            self._discard(producer)
        return dict(sorted(failed.items()))

    def _running_producer(self) -> "_Producer":
        with self._lock:
            if self._producer is None:
                self._producer = self._open_producer()
            return self._producer

    def _discard(self, producer: "_Producer") -> None:
        """Let go of a producer that failed: after a failure it must not send what it still holds."""
        producer.stop()
        with self._lock:
            if self._producer is producer:
                self._producer = None

    def _open_producer(self) -> "_Producer":
        blocking_ms = int(self._publish_timeout * 250)
        producer: _Producer = self._open(
            _Producer,
            enable_idempotence=True,
            acks="all",
            batch_size=131_072,
            allow_auto_create_topics=False,
            metrics_enabled=False,
            bootstrap_timeout_ms=blocking_ms,
            max_block_ms=blocking_ms,
            request_timeout_ms=int(self._publish_timeout * 500),
            # records never expire one by one: `publish` gives up on all of them together, and in order
            delivery_timeout_ms=int(self._publish_timeout * 10_000),
        )
        return producer

    def _open_consumer(self, group: str, topics: Sequence[str]) -> Any:  # noqa: ANN401 - kafka-python has no types
        return self._open(
            lambda **settings: KafkaConsumer(*topics, **settings),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            metrics_enabled=False,
            partition_assignment_strategy=(RoundRobinPartitionAssignor,),
            session_timeout_ms=int(self._session_timeout * 1_000),
            heartbeat_interval_ms=int(self._session_timeout * 200),
            metadata_max_age_ms=30_000,
            bootstrap_timeout_ms=_CONNECT_MS,
        )

    def _open(self, client: Callable[..., Any], **settings: object) -> Any:  # noqa: ANN401 - the same
        """Open a client of kafka-python; when it cannot be opened, end the thread that the library leaves behind."""
        networks: list[Any] = []

        def network(**configs: object) -> object:
            networks.append(KafkaNetClient(**configs))
            return networks[-1]

        try:
            return client(bootstrap_servers=self._bootstrap, kafka_client=network, **_SETTINGS, **settings)
        except KafkaError as error:
            for left in networks:
                left.close()
            raise BusAwayError(f"Kafka at {','.join(self._bootstrap)} cannot be reached: {error}") from error


class _Producer(KafkaProducer):
    """A producer that stops at its first failure. `close` of the library waits for what can no longer be sent."""

    def hand_over(self, record: Record, deadline: float) -> Any:  # noqa: ANN401 - the same
        """Queue `record` and return its future."""
        if time.monotonic() > deadline:
            raise KafkaError("there was no time left to send everything")
        future = self.send(
            record.topic,
            key=record.key.encode(),
            value=record.value,
            headers=[(name, value.encode()) for name, value in record.headers.items()],
            timestamp_ms=record.timestamp_ms,
        )
        future.add_errback(lambda _: self._sender.force_close())
        return future

    def stop(self) -> None:
        """Send nothing any more and fail what was not confirmed."""
        self._sender.force_close()
        self._unregister_cleanup()
        self._closed = True


class _GroupMember:
    """A consumer that starts anew, from the committed offsets, after an error that the library cannot get over."""

    def __init__(self, join: Callable[[], Any]) -> None:
        self._join = join
        self._consumer: Any = None

    def poll(self, timeout: float) -> Sequence[Delivery]:
        """See `shared.bus.Consumer.poll`."""
        try:
            if self._consumer is None:
                self._consumer = self._join()
            polled = self._consumer.poll(timeout_ms=int(timeout * 1_000))
        except KafkaError as error:
            self.close()
            raise BusAwayError(f"Kafka does not deliver: {error}") from error
        return [_delivery(message) for messages in polled.values() for message in messages]

    def commit(self) -> None:
        """See `shared.bus.Consumer.commit`."""
        if self._consumer is None:
            return
        try:
            self._consumer.commit(timeout_ms=_GROUP_MS)
        except _MOVED_AWAY as error:
            log.info("the group has moved on, so these records are delivered again: %s", error)
        except KafkaError as error:
            raise BusAwayError(f"Kafka did not take the commit: {error}") from error

    def close(self) -> None:
        """See `shared.bus.Consumer.close`."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(timeout_ms=_GROUP_MS)


def _create(admin: Any, topics: Sequence[Topic]) -> None:  # noqa: ANN401 - kafka-python has no types
    """Create `topics`, of which another process may create some at the same moment."""
    if not topics:
        return
    wanted = {
        topic.name: {
            "num_partitions": topic.partitions,
            "configs": {"retention.ms": str(-1 if topic.retention_days is None else topic.retention_days * _DAY_MS)},
        }
        for topic in topics
    }
    for answer in admin.create_topics(wanted, raise_errors=False)["topics"]:
        error = for_code(answer["error_code"])
        if error not in (NoError, TopicAlreadyExistsError):
            raise error(f"{answer['name']}: {answer['error_message']}")


def _grow(admin: Any, topics: Sequence[Topic]) -> None:  # noqa: ANN401 - kafka-python has no types
    """Give `topics` the partitions that they lack, which another process may do at the same moment."""
    if not topics:
        return
    wanted = {topic.name: topic.partitions for topic in topics}
    for answer in admin.create_partitions(wanted, raise_errors=False).results:
        error = for_code(answer.error_code)
        if error not in (NoError, InvalidPartitionsError):
            raise error(f"{answer.name}: {answer.error_message}")


def _delivery(message: Any) -> Delivery:  # noqa: ANN401 - kafka-python has no types
    record = Record(
        topic=message.topic,
        key=(message.key or b"").decode(errors="replace"),
        value=message.value or b"",
        headers={name: (value or b"").decode(errors="replace") for name, value in message.headers},
        timestamp_ms=message.timestamp,
    )
    return Delivery(record, message.partition, message.offset)
