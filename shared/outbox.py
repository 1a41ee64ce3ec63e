"""Publishing: the event, what each audience sees of it, and the audit row, in the transaction that changes the case.

What is written here is sent by `shared.relay`, in order per case, once per commit and never for a rollback.
"""

import json
from collections.abc import Sequence
from datetime import datetime, time
from secrets import token_hex
from typing import Any, Protocol
from uuid import UUID, uuid4
from zlib import crc32

from sqlalchemy import (
    BigInteger,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    and_,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from shared import audit
from shared.actors import Actor
from shared.events.envelope import SALT_BYTES, Envelope
from shared.events.event import Audience, Event
from shared.occasion import note_case, occasion
from shared.tables import Table, plain
from shared.telemetry import traceparent
from shared.together import insert_all

SHARDS = 16
LARGEST_EVENT = 256 * 1024
"""In bytes; well under the broker's limit, so that no record is refused after the commit."""

REDUCED = {Audience.OVERSIGHT: "accord.oversight", Audience.PUBLIC: "accord.public"}
"""The topics on which an audience outside the services reads what it may know."""


class OutboxRow(Table):
    """One record that is to be sent, or was."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("case_id", "version", "topic"),
        Index("outbox_unsent", "shard", "id", postgresql_where=text("sent_at is null and parked_at is null")),
        Index("outbox_sent", "sent_at", postgresql_where=text("sent_at is not null")),
        Index("outbox_parked", "case_id", postgresql_where=text("parked_at is not null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID]
    topic: Mapped[str]
    key: Mapped[str]
    case_id: Mapped[UUID]
    version: Mapped[int]
    type: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    shard: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    parked_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


ADD = plain(OutboxRow).insert().inline()


class OutboxShard(Table):
    """A part of the outbox that one relay at a time empties."""

    __tablename__ = "outbox_shard"

    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)


PARKED = aliased(OutboxRow)
TO_SEND = and_(
    OutboxRow.sent_at.is_(None),
    OutboxRow.parked_at.is_(None),
    OutboxRow.case_id.not_in(select(PARKED.case_id).where(PARKED.parked_at.is_not(None))),
)
"""Whether an outbox row is to be sent now: it was not yet, and nothing of its case is parked."""


class EventTooLargeError(ValueError):
    """An event is larger than any topic takes; the command that made it is at fault."""


class Published(Protocol):
    """What publishing needs to know of a case."""

    id: Any
    agency: Any
    version: Any
    public_ref: Any
    updated_at: Any
    state: Any


def publish(
    session: Session, case: Published, event: Event, actor: Actor, why: str = "", *, at: datetime | None = None
) -> None:
    """Tell that something happened to `case`, to everyone who may know, and note who did it and why.

    The case takes its next version. `why` stays in the audit row. `at` is when it happened, if that is not the case's
    last step: time has passed, or it was a step of another case.

    Raises:
        EventTooLargeError: the event has more than 256 KiB.
    """
    case.version += 1
    note_case(session, case)
    session.execute(ADD, outbox_rows(session, case, event, at))
    audit.record(session, actor, event.name, (case.id, case.version), why, str(case.state))


def publish_all(session: Session, told: Sequence[tuple[Published, Event]], actor: Actor) -> None:
    """Tell what happened to many cases at once, with two statements; each takes its next version.

    Raises:
        EventTooLargeError: an event has more than 256 KiB.
    """
    for case, _ in told:
        case.version += 1
    rows = [row for case, event in told for row in outbox_rows(session, case, event)]
    insert_all(session, plain(OutboxRow), rows)
    deeds = [(event.name, (case.id, case.version), str(case.state)) for case, event in told]
    audit.record_all(session, actor, deeds)


def outbox_rows(session: Session, case: Published, event: Event, at: datetime | None = None) -> list[dict[str, object]]:
    """Return the rows that carry one event to every audience that may know of it."""
    event_id = uuid4()
    told = [audience for audience in REDUCED if event.seen_by_reaches(audience)]
    return [outbox_row(session, case, event, event_id, audience, at) for audience in (Audience.INTERNAL, *told)]


def outbox_row(
    session: Session, case: Published, event: Event, event_id: UUID, audience: Audience, at: datetime | None = None
) -> dict[str, object]:
    """Return the row with the record that carries to `audience` what it may know."""
    payload = event.as_seen_by(audience)
    if len(json.dumps(payload)) > LARGEST_EVENT:
        raise EventTooLargeError(f"{event.name} has more than {LARGEST_EVENT} bytes")
    return {
        "event_id": event_id,
        "topic": REDUCED.get(audience, event.topic),
        "key": subject(case, audience),
        "case_id": case.id,
        "version": case.version,
        "type": event.name,
        "payload": payload,
        "headers": envelope(session, case, event, event_id, audience, at).headers(),
        "shard": crc32(case.id.bytes) % SHARDS,
    }


def envelope(
    session: Session, case: Published, event: Event, event_id: UUID, audience: Audience, at: datetime | None
) -> Envelope:
    """Return the outside of the record; on the reduced topics without what would link cases or tell the hour."""
    told = occasion(session)
    internal = audience is Audience.INTERNAL
    moment: datetime = at or case.updated_at
    return Envelope(
        id=event_id,
        type=event.name,
        source=f"/accord/{told.service}",
        time=moment if internal else datetime.combine(moment.date(), time(), moment.tzinfo),
        subject=subject(case, audience),
        agency=case.agency,
        sequence=case.version if internal else 0,
        correlation=told.correlation if internal else "",
        causation=told.causation if internal else "",
        traceparent=traceparent(),
        salt=token_hex(SALT_BYTES) if audience is Audience.PUBLIC else "",
    )


def subject(case: Published, audience: Audience) -> str:
    """Return what `audience` calls the case."""
    return str(case.id) if audience is Audience.INTERNAL else str(case.public_ref)
