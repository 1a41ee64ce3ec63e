"""A consumer that writes down what it applies, in order: one for each audience, made of nothing but `shared`.

Services forgive a doubled event where they can. This one does not: what is applied twice stands here twice.
"""

import signal
import threading
from contextlib import closing

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from accord.working import wait_for_signal
from shared.bus.connect import connect
from shared.db import Database, database_url
from shared.events.envelope import Envelope
from shared.events.event import Audience
from shared.migrations.run import create_role_and_databases, migrate
from shared.outbox import REDUCED
from shared.reader import Reader
from shared.settings import Settings
from shared.telemetry import start_telemetry
from shared.worker import reader_loop

NAME = "ledger"
TOPICS = {
    **{f"{NAME} {audience}": (topic,) for audience, topic in REDUCED.items()},
    f"{NAME} {Audience.INTERNAL}": tuple(
        f"accord.{name}" for name in ("complaints", "discipline", "recognition", "reconciliation")
    ),
}
"""Consumer group → what it reads."""


def prepare(settings: Settings) -> None:
    """Create the ledger's database, with the tables that every service has and its own."""
    create_role_and_databases(settings.postgres_owner, settings.postgres, (NAME,))
    migrate(settings.postgres_owner, NAME, ())
    engine = create_engine(database_url(settings.postgres_owner, NAME))
    with engine.begin() as connection:
        connection.execute(
            text(
                "create table if not exists applied (position bigint generated always as identity primary key,"
                " consumer text not null, event_id uuid not null, type text not null)"
            )
        )
        connection.execute(text("grant select, insert on applied to accord_app"))
    engine.dispose()


def reader(database: Database, bus: object, group: str) -> Reader:
    """Return one consumer of the ledger."""

    def apply(session: Session, envelope: Envelope, _: bytes) -> None:
        row = text("insert into applied (consumer, event_id, type) values (:consumer, :event, :type)")
        session.execute(row, {"consumer": group, "event": envelope.id, "type": envelope.type})

    return Reader(database, bus, group, TOPICS[group], apply)  # type: ignore[arg-type]


def main() -> None:
    """Apply until told to stop."""
    start_telemetry(NAME)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings, stop = Settings(), threading.Event()
    with closing(connect(settings)) as bus, closing(Database(settings.postgres, NAME, connections=6)) as database:
        threads = [threading.Thread(target=reader_loop, args=(reader(database, bus, group), stop)) for group in TOPICS]
        for thread in threads:
            thread.start()
        wait_for_signal()
        stop.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
