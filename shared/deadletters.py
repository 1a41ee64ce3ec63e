"""Events that could not be applied: kept with the reason, in order, until an operator replays them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Identity, Index, LargeBinary, String, any_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.bus import Delivery
from shared.tables import Table


class DeadLetter(Table):
    """One delivery that waits. All later events of its case wait behind it."""

    __tablename__ = "dead_letter"
    __table_args__ = (Index("dead_letter_waiting", "consumer", "key", postgresql_where=text("replayed_at is null")),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    consumer: Mapped[str]
    topic: Mapped[str]
    partition: Mapped[int]
    offset: Mapped[int]
    key: Mapped[str]
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str]
    parked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    replayed_at: Mapped[datetime | None]


def park(session: Session, consumer: str, delivery: Delivery, reason: str) -> None:
    """Keep a delivery for later, with the reason."""
    record = delivery.record
    session.add(
        DeadLetter(
            consumer=consumer,
            topic=record.topic,
            partition=delivery.partition,
            offset=delivery.offset,
            key=storable(record.key),
            headers={storable(name): storable(value) for name, value in record.headers.items()},
            value=record.value,
            reason=storable(reason),
        )
    )


def storable(text: str) -> str:
    """Return text as PostgreSQL can keep it: a stranger's NUL must not stop a reader."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def park_behind(session: Session, consumer: str, delivery: Delivery) -> bool:
    """Keep a delivery if an earlier one of its key still waits, and say whether it does.

    Either a replay that comes to its end sees what is kept here, or this sees that nothing waits any more.
    """
    key = delivery.record.key
    hold(session, consumer, key)
    if not waiting(session, consumer, key):
        return False
    park(session, consumer, delivery, "an earlier event of this case is parked")
    return True


def hold(session: Session, consumer: str, key: str) -> None:
    """Let nobody else add behind what waits for this key, or find that nothing does, before the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{consumer} {key}", 0))))


WAITING = (
    select(DeadLetter.key)
    .where(DeadLetter.consumer == bindparam("consumer"), DeadLetter.replayed_at.is_(None))
    .distinct()
)
WAITING_AMONG = WAITING.where(DeadLetter.key == any_(bindparam("among", type_=ARRAY(String))))
"""Made once, because every delivery asks this."""


def waiting_keys(session: Session, consumer: str, among: Iterable[str] | None = None) -> set[str]:
    """Return the keys whose events wait for an operator; of those in `among` only, if that is given."""
    asked: dict[str, object] = {"consumer": consumer}
    if among is not None:
        asked["among"] = [storable(key) for key in among]
    return set(session.scalars(WAITING if among is None else WAITING_AMONG, asked))


def waiting(session: Session, consumer: str, key: str) -> list[DeadLetter]:
    """Return what waits for one key, in the order of delivery."""
    found = (
        select(DeadLetter)
        .where(DeadLetter.consumer == consumer, DeadLetter.key == key, DeadLetter.replayed_at.is_(None))
        .order_by(DeadLetter.id)
    )
    return list(session.scalars(found))
