"""The checker finds nothing where nothing is wrong, and just what is wrong where something is."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.checker import (
    AGAIN,
    DISORDER,
    DOUBLED,
    GAP,
    LOST,
    PHANTOM,
    UNAUDITED,
    UNFORESEEN,
    WAITING,
    check,
)
from tests.faults.evidence import Applied, Case, Deed, Entry, Event, Evidence, Kept, Told
from tests.faults.history import Attempt

RECEIVED, DECIDED, OPENED = "complaint.received.v1", "complaint.decided.v1", "discipline.opened.v1"
INTERNAL, PUBLIC = "accord.complaints", "accord.public"


def event(name: str, kind: str, version: int, topic: str = INTERNAL, **over: Any) -> Event:
    """Return a row of an outbox."""
    discipline = kind.startswith("discipline")
    case = "case-d" if discipline else "case-c"
    key = f"{case}-public" if topic == PUBLIC else case
    return Event(name, topic, key, case, version, kind, None, 50.0, 0)._replace(**over)


def evidence() -> Evidence:
    """Return what is left behind by one complaint that is filed and sustained, and opens a discipline case."""
    complaint = [
        event("e1", RECEIVED, 1),
        event("e1", RECEIVED, 1, PUBLIC),
        event("e2", DECIDED, 2, charged=1),
        event("e2", DECIDED, 2, PUBLIC),
    ]
    discipline = [event("e3", OPENED, 1, "accord.discipline", cause="e2")]
    rows = complaint + discipline
    return Evidence(
        attempts=[
            Attempt("o1", RECEIVED, "m1", 0.0, 1.0, "unknown", 0),
            Attempt("o1", RECEIVED, "m1", 1.0, 2.0, "acknowledged", 201, "case-c", 1),
            Attempt("o2", DECIDED, "", 2.0, 3.0, "acknowledged", 200, "case-c", 2),
            Attempt("o3", RECEIVED, "m2", 2.0, 3.0, "refused", 422),
        ],
        injected=[],
        copied=[],
        calm_until=60.0,
        services={
            "complaints": Kept(
                cases=[Case("case-c", 2, "rivertown/C2026-000001", "m1")],
                events=complaint,
                deeds=[Deed("case-c", 1, RECEIVED), Deed("case-c", 2, DECIDED), Deed("case-c", 2, "read complaint")],
                waiting=0,
            ),
            "discipline": Kept(
                cases=[Case("case-d", 1, "rivertown/D2026-000001", None)],
                events=discipline,
                deeds=[Deed("case-d", 1, OPENED)],
                waiting=0,
            ),
        },
        told=[Told(row.topic, 0, place, row.id, row.key) for place, row in enumerate(rows)],
        applied=[Applied("ledger public" if row.topic == PUBLIC else "ledger internal", row.id) for row in rows],
        ledger_waiting=0,
        entries=[Entry(0, "e1"), Entry(1, "e2")],
        next_index=2,
        shown=[0, 1],
    )


def test_where_nothing_is_wrong_nothing_is_found() -> None:
    assert check(evidence()) == []


Wrong = Callable[[Evidence], Any]


def acknowledged(found: Evidence, *, case: str = "case-c", version: int = 2, operation: str = "o4") -> None:
    """Let a client have been told that a decision was made."""
    found.attempts.append(Attempt(operation, DECIDED, "", 3.0, 4.0, "acknowledged", 200, case, version))


def swap(rows: list[Any], one: int, other: int) -> None:
    """Let two rows change places."""
    rows[one], rows[other] = rows[other], rows[one]


def exchange_offsets(found: Evidence) -> None:
    """Let the complaint's two internal events stand the other way round on their topic."""
    first, second = found.told[0], found.told[2]
    found.told[0], found.told[2] = second._replace(offset=first.offset), first._replace(offset=second.offset)


WRONG: dict[str, tuple[Wrong, set[str]]] = {
    "an acknowledged step is not there": (lambda found: acknowledged(found, version=3), {LOST}),
    "an acknowledged case is not there": (lambda found: acknowledged(found, case="case-x", version=1), {LOST}),
    "two requests were told of one effect": (acknowledged, {DOUBLED}),
    "one request was answered in two ways": (
        lambda found: found.attempts.append(Attempt("o2", RECEIVED, "", 3.0, 4.0, "acknowledged", 200, "case-c", 1)),
        {DOUBLED},
    ),
    "a filing left two complaints": (
        lambda found: found.services["complaints"].cases.append(Case("case-e", 0, "rivertown/C2026-000002", "m1")),
        {DOUBLED},
    ),
    "what was refused is there": (
        lambda found: found.services["complaints"].cases.append(Case("case-e", 0, "rivertown/C2026-000002", "m2")),
        {PHANTOM},
    ),
    "a client heard that the house is broken": (
        lambda found: found.attempts.append(Attempt("o5", DECIDED, "", 3.0, 4.0, "unknown", 500, "case-c")),
        {UNFORESEEN},
    ),
    "a case moved without an event": (
        lambda found: found.services["discipline"].cases.__setitem__(
            0, Case("case-d", 2, "rivertown/D2026-000001", None)
        ),
        {LOST},
    ),
    "an event tells of a case that is not there": (
        lambda found: found.services["discipline"].cases.clear(),
        {PHANTOM},
    ),
    "nobody did it": (lambda found: found.services["complaints"].deeds.pop(1), {UNAUDITED}),
    "somebody is said to have done what was not done": (
        lambda found: found.services["complaints"].deeds.append(Deed("case-c", 3, "complaint.closed.v1")),
        {PHANTOM},
    ),
    "an event is not on its topic": (lambda found: found.told.pop(1), {LOST}),
    "a record was never committed": (
        lambda found: found.told.append(Told(INTERNAL, 0, 9, "e9", "case-c")),
        {PHANTOM},
    ),
    "an event was told twice in calm": (
        lambda found: found.told.append(found.told[0]._replace(offset=9)),
        {AGAIN},
    ),
    "a topic tells a case out of order": (exchange_offsets, {DISORDER}),
    "a case is in two partitions": (
        lambda found: found.told.__setitem__(2, found.told[2]._replace(partition=1)),
        {DISORDER},
    ),
    "a consumer missed an event": (lambda found: found.applied.pop(2), {LOST}),
    "a consumer applied an event twice": (lambda found: found.applied.append(found.applied[0]), {DOUBLED}),
    "a consumer applied what never was": (
        lambda found: found.applied.append(Applied("ledger internal", "e9")),
        {PHANTOM},
    ),
    "a consumer applied out of order": (lambda found: swap(found.applied, 0, 2), {DISORDER}),
    "a decision opened nothing": (
        lambda found: found.services["discipline"].events.__setitem__(
            0, event("e3", OPENED, 1, "accord.discipline", cause="e1")
        ),
        {LOST, PHANTOM},
    ),
    "an event is not in the feed": (
        lambda found: found.entries.__setitem__(1, Entry(1, "e1")),
        {LOST, DOUBLED, DISORDER},
    ),
    "the feed has a gap": (lambda found: found.entries.__setitem__(1, Entry(2, "e2")), {GAP}),
    "the feed hides an entry": (lambda found: found.shown.pop(), {GAP}),
    "the feed tells a case out of order": (
        lambda found: found.entries.__setitem__(slice(None), [Entry(0, "e2"), Entry(1, "e1")]),
        {DISORDER},
    ),
    "a number is missing": (
        lambda found: found.services["complaints"].cases.__setitem__(
            0, Case("case-c", 2, "rivertown/C2026-000002", "m1")
        ),
        {GAP},
    ),
    "something was never sent": (
        lambda found: found.services["complaints"].events.__setitem__(0, event("e1", RECEIVED, 1, sent_at=None)),
        {WAITING},
    ),
    "a dead letter waits": (lambda found: setattr(found.services["discipline"], "waiting", 1), {WAITING}),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_checker_says_that(what: str) -> None:
    found = evidence()
    spoil, kinds = WRONG[what]
    spoil(found)

    assert {violation.kind for violation in check(found)} == kinds


def test_what_the_harness_put_there_itself_is_no_phantom() -> None:
    found = evidence()
    found.injected.append("e9")
    found.told.append(Told(INTERNAL, 0, 9, "e9", "case-c"))
    found.applied.append(Applied("ledger internal", "e9"))

    assert check(found) == []
