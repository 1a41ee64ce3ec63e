"""Running workers in this process, until told to stop."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from threading import Event, Thread

from accord.rooms import CLOCKED, GATEWAY, SERVICES, WRITING, consumers_of, correspondence_of, watches_of
from shared.bus import Bus
from shared.bus.connect import connect
from shared.bus.postgres import PostgresBus
from shared.db import Database
from shared.files import Files
from shared.gauges import observe
from shared.policy import Policy
from shared.post import post_of
from shared.postman import Postman
from shared.reader import Reader
from shared.settings import Settings
from shared.vault import Vault
from shared.worker import (
    orphans_loop,
    post_loop,
    prune_loop,
    reader_loop,
    relay_loop,
    service_reader,
    sweep_loop,
    tidy_loop,
)

Loop = Callable[[Event], None]


@contextmanager
def workers(names: tuple[str, ...], settings: Settings) -> Iterator[None]:
    """Run the workers of these services, and of the gateway, in threads of this process while the block lasts."""
    stop = Event()
    bus = connect(settings)
    databases = {name: Database(settings.postgres, name, connections=5) for name in names}
    loops = [loop for name, database in databases.items() for loop in _loops(name, database, bus, settings)]
    observe(tuple(databases.values()), stop)
    threads = [Thread(target=loop, args=(stop,)) for loop in loops]
    try:
        for thread in threads:
            thread.start()
        yield
    finally:
        stop.set()
        for thread in threads:
            if thread.ident is not None:  # whoever was told to end while starting has not started all of them
                thread.join()
        bus.close()
        for database in databases.values():
            database.close()


def _loops(name: str, database: Database, bus: Bus, settings: Settings) -> list[Loop]:
    loops: list[Loop] = [partial(tidy_loop, database)]
    if name != GATEWAY:
        loops += _service_loops(name, database, bus, settings)
    else:
        loops.append(partial(relay_loop, database, bus))  # of what the operator does to the record
        loops.append(import_module("gateway.log.loop").log_loop_of(database, settings))
        loops += import_module("gateway.statistics.working").loops(database, bus, settings)
        loops += [partial(prune_loop, bus)] if isinstance(bus, PostgresBus) else []
    reader = reader_of(name, database, bus, settings)
    if reader.topics:
        loops.append(partial(reader_loop, reader))
    return loops


def _service_loops(name: str, database: Database, bus: Bus, settings: Settings) -> Iterator[Loop]:
    policy = Policy.read(settings.policy)
    yield partial(relay_loop, database, bus)
    yield partial(orphans_loop, database, Files.of(settings, name), policy)
    if name in CLOCKED:
        yield partial(sweep_loop, database, policy, watches_of(name))
    if name in WRITING and (post := post_of(settings)) is not None:
        postman = Postman(database, policy, Vault.of(settings), post, correspondence_of(name))
        yield partial(post_loop, postman)


def reader_of(name: str, database: Database, bus: Bus, settings: Settings) -> Reader:
    """Return the reader of a service, or the gateway's, which writes the feed."""
    if name in SERVICES:
        return service_reader(consumers_of(name), database, bus, Policy.read(settings.policy))
    reader: Reader = import_module("gateway.feed.consumers").feed_reader(database, bus)
    return reader


def told_to_end() -> Event:
    """Return what is set from now on when somebody asks this process to end."""
    told = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    return told


def wait_for_signal(told: Event | None = None) -> None:
    """Return when somebody asks this process to end, or has asked since `told` was made."""
    asked = told or told_to_end()
    while not asked.wait(0.5):
        pass
