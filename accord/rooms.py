"""Which services there are, and where their parts are found.

A part is imported when it is asked for: a worker needs no routes, and a server of one service nothing of the others.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from shared.inbox import Consumers
from shared.postman import Correspondence
from shared.service import Service
from shared.sweep import Watch

ROOT = Path(__file__).parent.parent
GATEWAY = "gateway"


class Services(Mapping[str, Service]):
    """Name → what the service consists of."""

    names = ("complaints", "discipline", "recognition", "reconciliation")

    def __getitem__(self, name: str) -> Service:
        """Return a service, with all that belongs to it."""
        if name not in self.names:
            raise KeyError(name)
        service: Service = import_module(f"services.{name}.main").SERVICE
        return service

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


SERVICES = Services()
NAMES = (GATEWAY, *SERVICES)
"""What can be served, in the order of its ports."""

CLOCKED = ("complaints",)
"""Services that take steps because time has passed."""

WRITING = ("complaints",)
"""Services that write letters."""

MIGRATIONS: Mapping[str, Path] = {
    **{name: ROOT / "services" / name / "migrations" for name in SERVICES},
    GATEWAY: ROOT / GATEWAY / "migrations",
}
"""Whose database → where its migrations are; the gateway has a database and is no service."""


def consumers_of(name: str) -> Consumers:
    """Return what a service does when another speaks, without the rest of it."""
    consumers: Consumers = import_module(f"services.{name}.consumers").CONSUMERS
    return consumers


def watches_of(name: str) -> tuple[Watch, ...]:
    """Return what a service looks for as time passes."""
    watches: tuple[Watch, ...] = import_module(f"services.{name}.clock").WATCHES
    return watches


def correspondence_of(name: str) -> Correspondence:
    """Return what a service says about its letters."""
    correspondence: Correspondence = import_module(f"services.{name}.correspondence").CORRESPONDENCE
    return correspondence
