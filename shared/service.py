"""What a service consists of, said once, for its application, its worker, its migrations and its documentation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from sqlalchemy import MetaData

from shared.inbox import Consumers
from shared.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Service:
    """One of the services."""

    name: str
    about: str
    routers: tuple[APIRouter, ...]
    tables: MetaData
    migrations: Path
    """The folder with what brings those tables about."""
    workflows: tuple[Workflow[Any], ...]
    consumers: Consumers
    file_routers: tuple[APIRouter, ...] = ()
    """Those of whose requests some carry a file."""
