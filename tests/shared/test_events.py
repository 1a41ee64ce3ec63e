from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest

from shared.events.event import (
    CATALOGUE,
    Audience,
    Code,
    Event,
    Fact,
    FreeTextError,
    Oversight,
    Public,
    ReleasedText,
)


class Colour(StrEnum):
    RED = "red"


class Part(Fact):
    code: Code
    count: int


class WithName(Fact):
    officer_id: UUID


class Painted(Event):
    """A thing was painted."""

    topic: ClassVar[str] = "test"
    name: ClassVar[str] = "test.painted.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    colour: Public[Colour]
    parts: Public[tuple[Part, ...]]
    plaque: Public[ReleasedText | None]
    cost: Oversight[int]
    painter_id: UUID


PAINTED = Painted(colour=Colour.RED, parts=(Part(code="door", count=2),), plaque=None, cost=7, painter_id=uuid4())
del CATALOGUE[Painted.name]


def test_each_audience_sees_its_fields_and_those_of_the_wider_ones() -> None:
    public = {"colour": "red", "parts": [{"code": "door", "count": 2}], "plaque": None}

    assert PAINTED.as_seen_by(Audience.PUBLIC) == public
    assert PAINTED.as_seen_by(Audience.OVERSIGHT) == {**public, "cost": 7}
    assert PAINTED.as_seen_by(Audience.INTERNAL) == {**public, "cost": 7, "painter_id": str(PAINTED.painter_id)}


@pytest.mark.parametrize(
    "kind",
    [str, str | None, tuple[str, ...], dict[str, str], list[str], bytes, Public[str], Oversight[str], Any],
)
def test_free_text_is_refused_wherever_it_hides(kind: Any) -> None:
    with pytest.raises(FreeTextError, match="use an enum, a number, a date, an id, a Code or ReleasedText"):
        new_event(kind)


@pytest.mark.parametrize("kind", [Public[UUID], Public[datetime], Public[tuple[UUID, ...]], Public[WithName]])
def test_what_could_tell_who_or_exactly_when_is_never_public(kind: Any) -> None:
    with pytest.raises(FreeTextError, match="it could tell who it was or exactly when"):
        new_event(kind)


def test_a_field_may_not_be_shown_to_whom_the_event_is_hidden_from() -> None:
    with pytest.raises(FreeTextError, match="is marked public, but the event is seen by oversight only"):
        new_event(Public[int], seen_by=Audience.OVERSIGHT)


def new_event(kind: Any, seen_by: Audience = Audience.PUBLIC) -> type[Event]:
    return type(
        "Leaky",
        (Event,),
        {
            "__module__": __name__,
            "__annotations__": {"field": kind},
            "topic": "test",
            "name": "test.leaky.v1",
            "seen_by": seen_by,
        },
    )
