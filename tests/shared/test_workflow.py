from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

import pytest

from accord.rooms import SERVICES
from shared.actors import Actor, Role
from shared.errors import Forbidden, Objection
from shared.workflow import Workflow, WrongTableError, step

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass
class Lamp:
    state: Any = Light.RED
    updated_at: Any = None
    broken: bool = False


def broken(lamp: Lamp, _: Actor) -> str | None:
    return "a broken lamp stays as it is" if lamp.broken else None


GO = step("go", Light.RED, to=Light.GREEN, by=Role.CLOCK, unless=broken)
STOP = step("stop", Light.GREEN, to=Light.RED, by=(Role.CLOCK, Role.ADMIN))
LAMP: Workflow[Lamp] = Workflow("lamp", start=Light.RED, steps=(GO, STOP))


def someone(*roles: Role) -> Actor:
    return Actor(uuid4(), frozenset(roles))


def test_a_step_leads_to_its_state_and_notes_the_time() -> None:
    lamp = Lamp()

    LAMP.advance(lamp, "go", someone(Role.CLOCK), NOW)

    assert lamp == Lamp(Light.GREEN, NOW)


def test_the_wrong_role_is_told_which_role_it_takes() -> None:
    with pytest.raises(Forbidden, match=r"^To go a lamp takes the role clock.$"):
        LAMP.advance(Lamp(), "go", someone(Role.OFFICER), NOW)


def test_the_wrong_state_is_told_what_can_be_done_from_here() -> None:
    with pytest.raises(Objection, match=r"^A lamp that is red cannot be taken through 'stop'; from here: go.$"):
        LAMP.advance(Lamp(), "stop", someone(Role.ADMIN), NOW)


def test_an_objection_is_told_as_a_sentence_and_changes_nothing() -> None:
    lamp = Lamp(broken=True)

    with pytest.raises(Objection, match=r"^A broken lamp stays as it is.$"):
        LAMP.advance(lamp, "go", someone(Role.CLOCK), NOW)

    assert lamp == Lamp(broken=True)


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((GO, GO, STOP), "lamp: 'go' from red stands twice"),
        ((STOP,), "lamp: nothing reaches green"),
        ((step("go", Light.RED, to=Light.GREEN, by=()),), "lamp: nobody may 'go'"),
        ((step("go", to=Light.GREEN, by=Role.CLOCK),), "lamp: 'go' starts nowhere"),
    ],
)
def test_a_wrong_table_is_refused(steps: tuple[Any, ...], reason: str) -> None:
    with pytest.raises(WrongTableError, match=reason):
        Workflow("lamp", start=Light.RED, steps=steps)


WORKFLOWS = [workflow for service in SERVICES.values() for workflow in service.workflows]


def cells() -> list[Any]:
    return [
        pytest.param(workflow, state, verb, id=f"{workflow.noun}: {state}: {verb}")
        for workflow in WORKFLOWS
        for state in workflow.states
        for verb in workflow.verbs
    ]


@dataclass
class Anything:
    """A case of which only the state is known; whether somebody objects is not asked."""

    state: Any
    updated_at: Any = None


def without_objections(workflow: Workflow[Any]) -> Workflow[Any]:
    steps = tuple(step(row.verb, *row.sources, to=row.to, by=row.by) for row in workflow.steps)
    return Workflow(workflow.noun, start=workflow.start, steps=steps)


def as_the_table_says(workflow: Workflow[Any], state: StrEnum, verb: str, role: Role) -> StrEnum | type[Exception]:
    """Return where the step leads somebody with this role, or what they are refused with, read off the rows."""
    rows = [row for row in workflow.steps if row.verb == verb]
    if not any(role in row.by for row in rows):
        return Forbidden
    here = [row for row in rows if state in row.sources]
    if not here:
        return Objection
    return here[0].to if role in here[0].by else Forbidden


def as_it_goes(workflow: Workflow[Any], state: StrEnum, verb: str, role: Role) -> StrEnum | type[Exception]:
    """Return where the step really leads, or what it is refused with."""
    case = Anything(state)
    try:
        workflow.advance(case, verb, someone(role), NOW)
    except (Forbidden, Objection) as refusal:
        assert case == Anything(state)
        return type(refusal)
    reached: StrEnum = case.state
    return reached


@pytest.mark.parametrize(("workflow", "state", "verb"), cells())
def test_every_state_verb_and_role_is_admitted_or_refused_as_the_table_says(
    workflow: Workflow[Any], state: StrEnum, verb: str
) -> None:
    table = without_objections(workflow)

    gone = {role: as_it_goes(table, state, verb, role) for role in Role}

    assert gone == {role: as_the_table_says(workflow, state, verb, role) for role in Role}
