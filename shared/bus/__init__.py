"""The bus as a port: what the outbox hands over durably, and what the inbox is handed at least once.

Two adapters keep this promise and pass one contract suite (`tests/shared/test_bus.py`): Apache Kafka, and a log in
PostgreSQL for one machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Topic:
    """A named log. Records with one key share a partition and keep their order."""

    name: str
    partitions: int
    retention_days: int | None
    """None keeps every record for good."""


@dataclass(frozen=True, slots=True)
class Record:
    """One message to be appended to a topic."""

    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    timestamp_ms: int | None = None
    """Milliseconds since the epoch as readers see it; None for the moment of sending."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as a consumer receives it."""

    record: Record
    partition: int
    offset: int


class BusAwayError(Exception):
    """The bus cannot be reached or did not confirm; nothing is known about what was sent, so send it again."""


class RecordRefusedError(Exception):
    """The bus will never take this record as it is (too large, say); the other records of the call are durable."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        super().__init__("; ".join(f"record {index}: {reason}" for index, reason in reasons.items()))
        self.reasons = dict(reasons)
        """Position in the published sequence → why it was refused."""


class Consumer(Protocol):
    """One member of a consumer group. Not thread-safe; created in the process and thread that polls it."""

    def poll(self, timeout: float) -> Sequence[Delivery]:
        """Return the next records of the partitions this member holds, waiting up to `timeout` seconds for the first.

        In order within a partition. Records polled and not committed are delivered again to somebody.
        """

    def commit(self) -> None:
        """Note that everything polled so far was dealt with. Harmless for partitions that have moved away meanwhile."""

    def close(self) -> None:
        """Leave the group, so that others take the partitions over at once."""


class Bus(Protocol):
    """Where events travel. Publishing is thread-safe."""

    def publish(self, records: Sequence[Record]) -> None:
        """Append `records`, keeping their order per key, and return when every one of them is durable.

        Raises:
            BusAwayError: not confirmed; the caller sends all of them again.
            RecordRefusedError: some were refused for good, all others are durable.
        """

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """Join `group` as a reader of `topics`, from the group's committed offsets or else from the beginning."""

    def create_topics(self, topics: Sequence[Topic]) -> None:
        """Create what is missing and add partitions that are missing; never removes anything."""

    def reachable(self) -> bool:
        """Whether the bus answers now, within a second or two; for readiness."""

    def close(self) -> None:
        """Let go of connections, after what is being sent has been confirmed."""
