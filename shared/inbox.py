"""Applying events: each is applied exactly once by every consumer, however often it is delivered.

The inbox row commits together with what the event changes. How deliveries arrive, and what happens to one that cannot
be applied, is `shared.reader`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.policy import Policy
from shared.policy.agency import AgencyRules
from shared.tables import Table


class InboxRow(Table):
    """An event that a consumer has applied."""

    __tablename__ = "inbox"

    consumer: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    applied_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


NOTE = text(
    "insert into inbox (consumer, event_id)"
    " select :consumer, event_id from unnest(cast(:event_ids as uuid[])) as event_id order by event_id"
    " on conflict do nothing returning event_id"
)


def first_time(session: Session, consumer: str, *event_ids: UUID) -> set[UUID]:
    """Note that `consumer` applies these events in this transaction, and return those that it had not applied before.

    In one order everywhere, so that two who are told the same do not wait for each other in a circle.
    """
    return set(session.scalars(NOTE, {"consumer": consumer, "event_ids": list(event_ids)}))


@dataclass(frozen=True, slots=True)
class Told:
    """What a consumer is told beside the event."""

    envelope: Envelope
    rules: AgencyRules
    """Of the agency that the event belongs to."""

    @property
    def case_id(self) -> UUID:
        """The case that the event is about, in the service that speaks."""
        return UUID(self.envelope.subject)

    @property
    def time(self) -> datetime:
        """When it happened."""
        return self.envelope.time


E = TypeVar("E", bound=Event)
Consume = Callable[[Session, E, Told], None]


class Consumers:
    """Which function of a service answers which event."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[type[Event], Consume[Any]]] = {}

    def on(self, kind: type[E]) -> Callable[[Consume[E]], Consume[E]]:
        """Register the decorated function as the answer to events of this kind."""

        def register(consume: Consume[E]) -> Consume[E]:
            self._answers[kind.name] = (kind, consume)
            return consume

        return register

    @property
    def events(self) -> tuple[type[Event], ...]:
        """The kinds of events that are answered."""
        return tuple(kind for kind, _ in self._answers.values())

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics on which those events travel."""
        return tuple(sorted({kind.topic for kind in self.events}))

    def apply(self, session: Session, envelope: Envelope, value: bytes, policy: Policy) -> None:
        """Answer one event; unknown kinds are passed over.

        Raises:
            ValidationError: the event's body is not what its type promises.
            KeyError: the event belongs to an agency that is not served here.
        """
        kind, consume = self._answers.get(envelope.type, (None, None))
        if kind is not None and consume is not None:
            event = kind.model_validate(json.loads(value))
            consume(session, event, Told(envelope, policy.agencies[envelope.agency]))
