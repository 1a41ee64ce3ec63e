"""What an event is, and what each audience sees of it."""

import types
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.fields import FieldInfo


class Audience(StrEnum):
    """Who learns of something; each audience sees what the ones after it see, and more."""

    INTERNAL = "internal"
    OVERSIGHT = "oversight"
    PUBLIC = "public"

    def sees(self, marked: "Audience") -> bool:
        """Whether this audience sees what is marked for `marked`."""
        order = tuple(Audience)
        return order.index(self) <= order.index(marked)


T = TypeVar("T")
Oversight = Annotated[T, Audience.OVERSIGHT]
"""A field that civilian oversight sees."""
Public = Annotated[T, Audience.PUBLIC]
"""A field that everyone sees."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""A word from a policy pack; it cannot hold a sentence or a name as people write them."""


class Release(Enum):
    """Marks text that a person released in a publication step."""

    RELEASED = "released"


ReleasedText = Annotated[str, Release.RELEASED, StringConstraints(max_length=2_000)]
"""Text that a person chose to publish, with the consent of whomever it names."""


class FreeTextError(TypeError):
    """An event's field could carry a name or a narrative, or would show an audience what is not meant for it."""


class Fact(BaseModel):
    """A part of an event, made of the same kinds of fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(BaseModel):
    """Something that happened to a case, in the past tense. A changed shape is a new version beside the old one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[str]
    name: ClassVar[str]
    seen_by: ClassVar[Audience] = Audience.INTERNAL
    """The widest audience that learns that it happened at all."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - pydantic's own signature
        """Check the fields of a new event class and add it to the catalogue."""
        super().__pydantic_init_subclass__(**kwargs)
        for field_name, field in cls.model_fields.items():
            where = f"{cls.__name__}.{field_name}"
            if not cls.seen_by_reaches(marking(field)):
                raise FreeTextError(f"{where} is marked {marking(field)}, but the event is seen by {cls.seen_by} only")
            refuse_free_text(field.annotation, tuple(field.metadata), marking(field), where)
        if cls.name in CATALOGUE:
            raise FreeTextError(f"two events are called {cls.name}")
        CATALOGUE[cls.name] = cls

    @classmethod
    def seen_by_reaches(cls, audience: Audience) -> bool:
        """Whether `audience` learns that this happened."""
        return audience.sees(cls.seen_by)

    def as_seen_by(self, audience: Audience) -> dict[str, Any]:
        """Return the fields that `audience` sees, as JSON values."""
        shown = {name for name, field in type(self).model_fields.items() if audience.sees(marking(field))}
        return self.model_dump(mode="json", include=shown)


CATALOGUE: dict[str, type[Event]] = {}
"""Event name → class, for every event class that has been imported."""


def marking(field: FieldInfo) -> Audience:
    """Return the widest audience that sees a field."""
    return next((mark for mark in field.metadata if isinstance(mark, Audience)), Audience.INTERNAL)


PLAIN: tuple[type, ...] = (bool, int, date, UUID, Enum, Fact)
"""Kinds of values that hold no free text."""
IDENTIFYING: tuple[type, ...] = (UUID, datetime)
"""Kinds of values that could tell the public who it was, or exactly when."""


def refuse_free_text(kind: Any, metadata: tuple[Any, ...], audience: Audience, where: str) -> None:  # noqa: ANN401 - a type
    """Raise unless values of `kind` hold no free text, and nothing identifying where the public sees them.

    Raises:
        FreeTextError: says which field, and which types may be used instead.
    """
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *more = get_args(kind)
        refuse_free_text(inner, (*metadata, *more), audience, where)
    elif origin in (tuple, Union, types.UnionType, frozenset):
        for part in get_args(kind):
            if part not in (Ellipsis, type(None)):
                refuse_free_text(part, metadata, audience, where)
    elif origin is Literal or (kind is str and _bounded(metadata)):
        return
    elif not (isinstance(kind, type) and issubclass(kind, PLAIN)):
        raise FreeTextError(f"{where} is {kind}: use an enum, a number, a date, an id, a Code or ReleasedText")
    elif audience is Audience.PUBLIC and issubclass(kind, IDENTIFYING):
        raise FreeTextError(f"{where} is public and {kind.__name__}: it could tell who it was or exactly when")
    elif issubclass(kind, Fact):
        for name, field in kind.model_fields.items():
            refuse_free_text(field.annotation, tuple(field.metadata), audience, f"{where}.{name}")


def _bounded(metadata: tuple[Any, ...]) -> bool:
    return any(mark is Release.RELEASED or getattr(mark, "pattern", None) is not None for mark in metadata)
