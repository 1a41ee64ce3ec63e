"""Designs that break the promise, in a few lines each: the checker must catch every one of them, or it is broken.

``python -m tests.faults.controls DESIGN serve complaints`` runs the command `accord serve complaints`, or the ledger
when no command follows, with the design in place of the house's own.
"""

import importlib
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import choice
from typing import Any
from uuid import uuid4

from sqlalchemy import Text, select, text
from sqlalchemy.orm import Session

import shared.outbox
import shared.reader
import shared.relay
from shared import audit
from shared.actors import Actor
from shared.bus import Consumer
from shared.db import Database
from shared.events.event import Audience, Event
from shared.occasion import Occasion, note_case
from shared.outbox import TO_SEND, OutboxRow
from shared.reader import Reader

ROWS = (
    OutboxRow.id,
    OutboxRow.topic,
    OutboxRow.key,
    OutboxRow.case_id,
    OutboxRow.payload.cast(Text).label("payload"),
    OutboxRow.headers,
)
FEW = 5
LATE = (0.0, 0.0, 0.0, 0.1)
"""Seconds."""


def without_lease(unsent: Callable[[Session, Sequence[int]], Sequence[Any]]) -> None:
    """Let the relay read what is unsent in another way, without leasing a shard first."""
    shared.relay._leased = lambda *_: [0]  # noqa: SLF001 - it is another design's
    shared.relay._unsent = unsent  # type: ignore[assignment]  # noqa: SLF001 - the same


def cursor() -> None:
    """A relay that sends what has a larger id than the last row it sent."""
    last = text("(select coalesce(max(id), 0) from outbox where sent_at is not null)")
    behind = select(*ROWS).where(OutboxRow.id > last).order_by(OutboxRow.id)
    without_lease(lambda session, _: session.execute(behind).all())


def cursor_behind_xmin() -> None:
    """A relay that sends in the order of transactions, behind the oldest that still runs."""
    xid = "xmin::text::bigint"
    finished = text(f"{xid} < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    behind = select(*ROWS).where(TO_SEND, finished).order_by(text(xid), OutboxRow.id)
    without_lease(lambda session, _: session.execute(behind).all())


def writes_before_it_locks() -> None:
    """A service whose transactions write something before they lock their case, as one that notes the request first."""
    transaction = Database.transaction

    @contextmanager
    def writing(self: Database, told: Occasion) -> Iterator[Session]:
        with transaction(self, told) as session:
            session.execute(text("select pg_current_xact_id()"))
            yield session

    Database.transaction = writing  # type: ignore[method-assign]


def commits_late() -> None:
    """A service some of whose transactions take a while to commit, as they do where the disk is busy."""
    transaction = Database.transaction

    @contextmanager
    def late(self: Database, told: Occasion) -> Iterator[Session]:
        with transaction(self, told) as session:
            yield session
            time.sleep(choice(LATE))

    Database.transaction = late  # type: ignore[method-assign]


def rows_claimed() -> None:
    """Relays that each claim the next few rows that no other has claimed."""
    claimed = select(*ROWS).where(TO_SEND).order_by(OutboxRow.id).limit(FEW).with_for_update(skip_locked=True)
    without_lease(lambda session, _: session.execute(claimed).all())


def without_inbox() -> None:
    """A consumer that applies whatever it is told."""
    vars(shared.reader)["first_time"] = lambda _, __, *event_ids: set(event_ids)


def offset_first() -> None:
    """A consumer that commits its offset before it applies."""
    read = Reader.read

    class Hasty:
        def __init__(self, member: Consumer) -> None:
            self._member = member

        def poll(self, wait: float) -> Any:
            came = self._member.poll(wait)
            self._member.commit()
            return came

        def commit(self) -> None:
            pass

    Reader.read = lambda self, member, wait: read(self, Hasty(member), wait)  # type: ignore[method-assign,arg-type]


def published_after_commit() -> None:
    """A service that writes its events in a transaction of their own, after the one that changed the case."""
    transaction = Database.transaction

    def publish(session: Session, case: Any, event: Event, actor: Actor, why: str = "", *, at: Any = None) -> None:
        case.version += 1
        note_case(session, case)
        audit.record(session, actor, event.name, (case.id, case.version), why)
        session.info.setdefault("later", []).append((case, event, at))

    @contextmanager
    def committing_first(self: Database, told: Occasion) -> Iterator[Session]:
        with transaction(self, told) as session:
            yield session
        if later := session.info.get("later"):
            with transaction(self, told) as second:
                for case, event, at in later:
                    published(second, case, event, at)

    def published(session: Session, case: Any, event: Event, at: Any) -> None:
        event_id = uuid4()
        for audience in Audience:
            if audience is Audience.INTERNAL or event.seen_by_reaches(audience):
                row = shared.outbox.outbox_row(session, case, event, event_id, audience, at)
                session.execute(shared.outbox.ADD, row)

    shared.outbox.publish = publish
    Database.transaction = committing_first  # type: ignore[method-assign]


DESIGNS: Mapping[str, Callable[[], None]] = {
    design.__name__: design
    for design in (
        cursor,
        cursor_behind_xmin,
        writes_before_it_locks,
        commits_late,
        rows_claimed,
        without_inbox,
        offset_first,
        published_after_commit,
    )
}


def main() -> None:
    """Run a command of `accord`, or the ledger, with another design."""
    design, *command = sys.argv[1:]
    DESIGNS[design]()
    sys.argv = ["accord", *command]
    importlib.import_module("accord.main" if command else "tests.faults.ledger").main()


if __name__ == "__main__":
    main()
