"""Workflows as tables: which step leads from which state to which, who may take it, and what stands against it.

A wrong table does not import. `docs/workflows.md` is drawn from the same tables.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from shared.actors import Actor, Role
from shared.errors import Forbidden, Objection


class Stateful(Protocol):
    """What a workflow needs to know of a case."""

    state: Any
    updated_at: Any


C = TypeVar("C", bound=Stateful)

Objects = Callable[[Any, Actor], str | None]
"""Looks at a case and whoever wants to take a step, and says what stands against it, or None."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table."""

    verb: str
    sources: tuple[StrEnum, ...]
    to: StrEnum
    by: frozenset[Role]
    unless: tuple[Objects, ...]


def step(
    verb: str, *sources: StrEnum, to: StrEnum, by: Role | Iterable[Role], unless: Objects | tuple[Objects, ...] = ()
) -> Step:
    """Write one row: `verb` leads from any of `sources` to `to`, taken `by` these roles, `unless` one objects."""
    roles = frozenset({by}) if isinstance(by, Role) else frozenset(by)
    return Step(verb, sources, to, roles, unless if isinstance(unless, tuple) else (unless,))


class WrongTableError(Exception):
    """A workflow's table contradicts itself; the program does not start with it."""


class Workflow(Generic[C]):
    """The life of one kind of case.

    Args:
        noun: what the case is called in sentences ("complaint").
        start: the state in which a case begins.
        steps: the table.

    Raises:
        WrongTableError: two steps share verb and source, a state cannot be reached, or a step is nobody's.
    """

    def __init__(self, noun: str, *, start: StrEnum, steps: tuple[Step, ...]) -> None:
        self.noun = noun
        self.start = start
        self.steps = steps
        self.states: tuple[StrEnum, ...] = tuple(type(start))
        self._rows = _rows(noun, steps)
        _check_reachable(noun, start, self.states, self._rows)

    @property
    def verbs(self) -> tuple[str, ...]:
        """Every verb of the table, in its order."""
        return tuple(dict.fromkeys(row.verb for row in self.steps))

    def roles(self, verb: str) -> frozenset[Role]:
        """Who may take `verb` from at least one state.

        Raises:
            KeyError: the table has no such verb.
        """
        rows = [row.by for row in self.steps if row.verb == verb]
        if not rows:
            raise KeyError(f"the workflow of a {self.noun} has no step {verb!r}")
        return frozenset().union(*rows)

    def objection(self, case: C, verb: str, actor: Actor) -> Forbidden | Objection | None:
        """Return what stands against this step now, or None."""
        row = self._rows.get((verb, case.state))
        if not actor.has(*self.roles(verb)):
            return Forbidden(f"To {verb} a {self.noun} takes {_any_of(self.roles(verb))}.")
        if row is None:
            return Objection(
                "A {noun} that is {state} cannot be taken through {verb!r}; from here: {open}.",
                noun=self.noun,
                state=str(case.state),
                verb=verb,
                open=self._open(case),
            )
        if not actor.has(*row.by):
            return Forbidden(f"To {verb} a {self.noun} that is {case.state} takes {_any_of(row.by)}.")
        reason = next(filter(None, (stands_against(case, actor) for stands_against in row.unless)), None)
        return Objection(f"{reason[0].upper()}{reason[1:]}.") if reason else None

    def advance(self, case: C, verb: str, actor: Actor, now: datetime) -> None:
        """Take a step, or raise the reason why not.

        Raises:
            Forbidden: the actor's roles do not admit them.
            Objection: the case's state or the procedure stands against it.
        """
        refusal = self.objection(case, verb, actor)
        if refusal is not None:
            raise refusal
        case.state = self._rows[verb, case.state].to
        case.updated_at = now

    def mermaid(self) -> str:
        """Return the table as a mermaid state diagram."""
        names = {state: state.name.lower() for state in self.states}
        lines = ["stateDiagram-v2", *(f'    state "{state}" as {names[state]}' for state in self.states)]
        lines.append(f"    [*] --> {names[self.start]}")
        lines += [f"    {names[s]} --> {names[row.to]}: {row.verb}" for row in self.steps for s in row.sources]
        lines += [f"    {names[s]} --> [*]" for s in self.states if not any(s in row.sources for row in self.steps)]
        return "\n".join(lines)

    def _open(self, case: C) -> str:
        return ", ".join(row.verb for row in self.steps if case.state in row.sources) or "nothing more"


def _rows(noun: str, steps: tuple[Step, ...]) -> Mapping[tuple[str, StrEnum], Step]:
    rows: dict[tuple[str, StrEnum], Step] = {}
    for row in steps:
        if not row.by:
            raise WrongTableError(f"{noun}: nobody may {row.verb!r}")
        if not row.sources:
            raise WrongTableError(f"{noun}: {row.verb!r} starts nowhere")
        for source in row.sources:
            if (row.verb, source) in rows:
                raise WrongTableError(f"{noun}: {row.verb!r} from {source} stands twice")
            rows[row.verb, source] = row
    return rows


def _check_reachable(
    noun: str, start: StrEnum, states: tuple[StrEnum, ...], rows: Mapping[tuple[str, StrEnum], Step]
) -> None:
    reached, frontier = {start}, deque([start])
    while frontier:
        here = frontier.popleft()
        for (_, source), row in rows.items():
            if source == here and row.to not in reached:
                reached.add(row.to)
                frontier.append(row.to)
    lost = [str(state) for state in states if state not in reached]
    if lost:
        raise WrongTableError(f"{noun}: nothing reaches {', '.join(lost)}")


def _any_of(roles: Iterable[Role]) -> str:
    words = sorted(role.replace("_", " ") for role in roles)
    return f"the role {words[0]}" if len(words) == 1 else f"one of the roles {', '.join(words)}"
