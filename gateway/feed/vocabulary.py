"""What the public may be told at all: the event classes that it sees, cut down to the fields that it sees.

The producers cut their events down before they write them. This cuts once more, so that a mistake there stays there.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, create_model

import shared.events
from shared.events.event import CATALOGUE, Audience, Event, Fact, marking

for _module in pkgutil.iter_modules(shared.events.__path__, "shared.events."):
    importlib.import_module(_module.name)


def public_kinds() -> tuple[type[Event], ...]:
    """Return every kind of event that the public sees, in the order in which they are written down."""
    return tuple(kind for kind in CATALOGUE.values() if kind.seen_by_reaches(Audience.PUBLIC))


def public_kind(name: str) -> type[Event] | None:
    """Return the kind of event called `name`, or None when the public does not see it or it is not known."""
    kind = CATALOGUE.get(name)
    return kind if kind is not None and kind.seen_by_reaches(Audience.PUBLIC) else None


@cache
def public_part(kind: type[Event]) -> type[BaseModel]:
    """Return the shape of what the public sees of `kind`; everything else falls away when it is read."""
    shown: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in kind.model_fields.items()
        if marking(field) is Audience.PUBLIC
    }
    return create_model(f"Public{kind.__name__}", __base__=Fact, **shown)


@cache
def public_fields(kind: type[Event]) -> Mapping[str, TypeAdapter[Any]]:
    """Return what reads each field alone that the public sees of `kind`: of an entry whose other fields are deleted."""
    shown = public_part(kind).model_fields.items()
    return {name: TypeAdapter[Any](Annotated[field.annotation, field]) for name, field in shown}  # type: ignore[arg-type]
