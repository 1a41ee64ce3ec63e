"""Running servers and workers in this process, until told to stop."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import uvicorn
from fastapi import FastAPI

from accord.errors import OperatorError
from accord.installation import GATEWAY, listening
from accord.rooms import SERVICES
from gateway.feed.consumers import feed_reader
from gateway.main import create_gateway
from shared.app import create_app
from shared.bus import Bus
from shared.bus.connect import connect
from shared.bus.postgres import PostgresBus
from shared.db import Database
from shared.gauges import observe
from shared.policy import Policy
from shared.reader import Reader
from shared.settings import Settings
from shared.tokens import Verifier
from shared.vault import Vault
from shared.worker import prune_loop, reader_loop, relay_loop, service_reader, tidy_loop

Loop = Callable[[threading.Event], None]

SHUTDOWN_SECONDS = 10
START_SECONDS = 30.0
KEEP_ALIVE_SECONDS = 75
"""How long a server keeps an idle connection; longer than the gateway does, which could otherwise send a request into
one that is being closed."""


def application(name: str, settings: Settings) -> FastAPI:
    """Return the application of a service or of the gateway."""
    return create_gateway(settings) if name == GATEWAY else create_app(SERVICES[name], settings)


def check_keys(settings: Settings) -> None:
    """Make sure that the services can seal and can tell who asks; a server that cannot ends while it starts.

    Raises:
        OperatorError: the issuer's keys would not come safely.
        WrongVaultKeyError: there is no key for the vault.
    """
    try:
        Verifier.of(settings)
    except ValueError as wrong:
        raise OperatorError(f"{wrong}.") from wrong
    Vault.of(settings)


def server(app: FastAPI) -> uvicorn.Server:
    """Return a server that keeps no record of its callers and finishes what is in flight before it ends."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )


@contextmanager
def servers(names: tuple[str, ...], settings: Settings) -> Iterator[None]:
    """Run servers in threads of this process while the block lasts.

    Raises:
        OperatorError: a port is taken, or a server ends before it answers.
    """
    sockets = {name: listening(settings, name) for name in names}
    running = {name: server(application(name, settings)) for name in names}
    threads = [
        threading.Thread(target=one.run, kwargs={"sockets": [sockets[name]]}, name=name)
        for name, one in running.items()
    ]
    for thread in threads:
        thread.start()
    try:
        _wait_until_started(running, threads)
        yield
    finally:
        for one in running.values():
            one.should_exit = True
        for thread in threads:
            thread.join()


def _wait_until_started(running: Mapping[str, uvicorn.Server], threads: list[threading.Thread]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(one.started for one in running.values()):
        ended = [thread.name for thread in threads if not thread.is_alive()]
        if ended or time.monotonic() > deadline:
            raise OperatorError(f"{', '.join(ended) or 'A server'} did not start; the log says why.")
        time.sleep(0.02)


@contextmanager
def workers(names: tuple[str, ...], settings: Settings) -> Iterator[None]:
    """Run the workers of these services, and of the gateway, in threads of this process while the block lasts."""
    stop = threading.Event()
    bus = connect(settings)
    databases = {name: Database(settings.postgres, name, connections=4) for name in names}
    observe(tuple(databases.values()), stop)
    loops = [loop for name, database in databases.items() for loop in _loops(name, database, bus, settings)]
    threads = [threading.Thread(target=loop, args=(stop,)) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        bus.close()
        for database in databases.values():
            database.close()


def _loops(name: str, database: Database, bus: Bus, settings: Settings) -> list[Loop]:
    loops: list[Loop] = [partial(tidy_loop, database)]
    if name != GATEWAY:
        loops.append(partial(relay_loop, database, bus))
    elif isinstance(bus, PostgresBus):
        loops.append(partial(prune_loop, bus))
    reader = reader_of(name, database, bus, settings)
    if reader.topics:
        loops.append(partial(reader_loop, reader))
    return loops


def reader_of(name: str, database: Database, bus: Bus, settings: Settings) -> Reader:
    """Return the reader of a service, or the gateway's, which writes the feed."""
    if name == GATEWAY:
        return feed_reader(database, bus)
    return service_reader(SERVICES[name], database, bus, Policy.read(settings.policy))


def wait_for_signal() -> None:
    """Return when somebody asks this process to end."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    while not asked.wait(0.5):
        pass
