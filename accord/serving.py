"""Running servers in this process, until told to stop."""

import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module

import uvicorn
from fastapi import FastAPI
from pydantic.warnings import UnsupportedFieldAttributeWarning

from accord.errors import OperatorError
from accord.hearing import HearingProtocol
from accord.installation import listening
from accord.rooms import SERVICES
from shared.app import create_app
from shared.settings import Settings
from shared.tokens import Verifier
from shared.vault import Vault

# FastAPI silences this one around its own work, which does not hold while another thread does the same. With words of
# its own this filter is not FastAPI's, which one thread may take out of the list that another has just put back.
warnings.filterwarnings("ignore", "The '", UnsupportedFieldAttributeWarning)

SHUTDOWN_SECONDS = 10
START_SECONDS = 30.0
KEEP_ALIVE_SECONDS = 75
"""How long a server keeps an idle connection; longer than the gateway does, which could otherwise send a request into
one that is being closed."""


def application(name: str, settings: Settings) -> FastAPI:
    """Return the application of a service or of the gateway."""
    if name in SERVICES:
        return create_app(SERVICES[name], settings)
    gateway: FastAPI = import_module("gateway.main").create_gateway(settings)
    return gateway


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
            http=HearingProtocol,
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
    try:
        for thread in threads:
            thread.start()
        _wait_until_started(running, threads)
        yield
    finally:
        for one in running.values():
            one.should_exit = True
        for thread in threads:
            if thread.ident is not None:  # whoever was told to end while starting has not started all of them
                thread.join()


def _wait_until_started(running: Mapping[str, uvicorn.Server], threads: list[threading.Thread]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(one.started for one in running.values()):
        ended = [thread.name for thread in threads if not thread.is_alive()]
        if ended or time.monotonic() > deadline:
            raise OperatorError(f"{', '.join(ended) or 'A server'} did not start; the log says why.")
        time.sleep(0.02)
