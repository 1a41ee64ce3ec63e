"""The offline checker: it reads what a run has left behind, and says what the promise forbids.

The promise: an acknowledged request is never lost, its events are published once per commit and never for a rollback,
in order per case, and every consumer applies each of them exactly once. Every rule below is one part of it, and reads
rows only; nothing here knows how the house keeps it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from itertools import pairwise
from typing import NamedTuple

from tests.faults.evidence import Event, Evidence

LOST, PHANTOM, DOUBLED, DISORDER = "lost", "phantom", "applied twice", "out of order"
UNAUDITED, GAP, WAITING = "audit row missing", "gap", "waits"
UNFORESEEN, AGAIN = "unforeseen fault", "told again in calm"

OPENS = {
    "complaint.decided.v1": ("discipline", "discipline.opened.v1"),
    "complaint.harm_referred.v1": ("reconciliation", "reconciliation.referred.v1"),
    "reconciliation.declined.v1": ("complaints", "complaint.harm_answered.v1"),
}
"""What another service does when it hears of an event: one of these; for a decision, one for every officer charged."""


class Violation(NamedTuple):
    """Something that may not be."""

    kind: str
    what: str


def check(evidence: Evidence) -> list[Violation]:
    """Return everything that is wrong; an empty list when the promise was kept."""
    return [found for rule in RULES for found in rule(evidence)]


def committed(evidence: Evidence) -> list[Event]:
    """Return every row of every outbox, one for each topic, in the order in which each service wrote them."""
    return [event for kept in evidence.services.values() for event in kept.events]


def internal(evidence: Evidence) -> list[Event]:
    """Return every event of the house's own, once."""
    reduced = ("accord.oversight", "accord.public")
    return [e for e in committed(evidence) if e.topic not in reduced and e.id not in evidence.injected]


def an_acknowledged_request_is_kept(evidence: Evidence) -> Iterator[Violation]:
    """What a client was told has been done is in the database, as the event of just that version of just that case."""
    there = {(event.case, event.version): event.type for event in internal(evidence)}
    for one in evidence.attempts:
        if one.outcome == "acknowledged" and there.get((one.case, one.version)) != one.event:
            yield Violation(LOST, f"{one.event} of {one.case} at version {one.version} was acknowledged")


def a_request_is_done_once(evidence: Evidence) -> Iterator[Violation]:
    """All answers to one request tell of one effect, no two requests of the same, and a filing leaves one complaint."""
    effects: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for one in evidence.attempts:
        if one.outcome == "acknowledged":
            effects[one.operation].add((one.case, one.version))
    for operation, found in effects.items():
        if len(found) > 1:
            yield Violation(DOUBLED, f"the answers to {operation} tell of {sorted(found)}")
    for effect, count in Counter(effect for found in effects.values() for effect in found).items():
        if count > 1:
            yield Violation(DOUBLED, f"{count} requests were told that they made {effect}")
    for marker, count in Counter(case.marker for case in evidence.services["complaints"].cases if case.marker).items():
        if count > 1:
            yield Violation(DOUBLED, f"the filing {marker} is there {count} times")


def no_answer_is_an_unforeseen_fault(evidence: Evidence) -> Iterator[Violation]:
    """Whatever is killed, a client hears that a part of the house is away (502, 503, 504), never that it is broken."""
    for one in evidence.attempts:
        if one.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            yield Violation(UNFORESEEN, f"{one.event} of {one.case} was answered with 500")


def what_is_sent_in_calm_is_told_once(evidence: Evidence) -> Iterator[Violation]:
    """While nothing goes wrong, no two relays send the same event."""
    told = Counter((record.topic, record.event) for record in evidence.told)
    for event in committed(evidence):
        calm = event.sent_at is not None and event.sent_at < evidence.calm_until and event.id not in evidence.copied
        if calm and told[event.topic, event.id] > 1:
            yield Violation(AGAIN, f"{event.type} {event.id} is on {event.topic} {told[event.topic, event.id]} times")


def what_was_refused_leaves_nothing(evidence: Evidence) -> Iterator[Violation]:
    """A complaint that is there was filed by somebody who was not refused at every try."""
    asked = {one.marker for one in evidence.attempts if one.marker and one.outcome != "refused"}
    for case in evidence.services["complaints"].cases:
        if case.marker and case.marker not in asked:
            yield Violation(PHANTOM, f"nobody was told that complaint {case.number} was filed, but that it was not")


def a_case_and_its_events_commit_together(evidence: Evidence) -> Iterator[Violation]:
    """A case at version N has the events 1 to N, and no event is about a case that is not there."""
    there = {(event.case, event.version) for event in internal(evidence)}
    cases = {case.id: case.version for kept in evidence.services.values() for case in kept.cases}
    due = {(case, version) for case, last in cases.items() for version in range(1, last + 1)}
    for case, version in sorted(due - there):
        yield Violation(LOST, f"event {version} of case {case}, which is at version {cases[case]}")
    for case, version in sorted(there - due):
        yield Violation(PHANTOM, f"event {version} of case {case}, which is at version {cases.get(case, 0)}")


def every_event_has_an_audit_row(evidence: Evidence) -> Iterator[Violation]:
    """Whoever asks who did it gets an answer; and there is no answer about what was not done."""
    deeds = {deed for kept in evidence.services.values() for deed in kept.deeds}
    events = {(event.case, event.version, event.type) for event in internal(evidence)}
    for case, version, kind in sorted(events - deeds):
        yield Violation(UNAUDITED, f"{kind} of {case} at version {version}")
    for case, version, deed in sorted(deeds - events):
        if deed.endswith(".v1"):
            yield Violation(PHANTOM, f"an audit row tells of {deed} of {case} at version {version}")


def what_was_committed_is_told_and_nothing_else(evidence: Evidence) -> Iterator[Violation]:
    """Every event is on each of its topics, and what is on a topic was committed."""
    there = {(record.topic, record.event) for record in evidence.told}
    events = {(event.topic, event.id) for event in committed(evidence)}
    for topic, event in sorted(events - there):
        yield Violation(LOST, f"{event} is not on {topic}")
    for topic, event in sorted(there - events):
        if event not in evidence.injected:
            yield Violation(PHANTOM, f"{event} is on {topic} and was never committed")


def topics_keep_the_order_of_a_case(evidence: Evidence) -> Iterator[Violation]:
    """Whoever passes over what they have seen before reads the events of a case in order, from one partition."""
    place = places(evidence)
    records = defaultdict(list)
    for record in evidence.told:
        if (record.topic, record.event) in place:
            records[record.topic, record.key].append(record)
    for (topic, key), found in records.items():
        if len({record.partition for record in found}) > 1:
            yield Violation(DISORDER, f"{key} is in several partitions of {topic}")
        yield from ascending(f"on {topic}, {key}", (place[topic, e] for e in dict.fromkeys(r.event for r in found)))


def a_consumer_applies_everything_once_and_in_order(evidence: Evidence) -> Iterator[Violation]:
    """What each consumer of the ledger wrote down is what was committed for its audience: all of it, once, in order."""
    events, place = committed(evidence), places(evidence)
    audiences = {"accord.oversight": "ledger oversight", "accord.public": "ledger public"}
    due = {(audiences.get(event.topic, "ledger internal"), event.id): event for event in events}
    applied = Counter((one.consumer, one.event) for one in evidence.applied)
    for consumer, event in sorted(due.keys() - applied.keys()):
        yield Violation(LOST, f"{event} was not applied by {consumer}")
    for (consumer, event), count in applied.items():
        if count > 1:
            yield Violation(DOUBLED, f"{consumer} applied {event} {count} times")
        if (consumer, event) not in due and event not in evidence.injected:
            yield Violation(PHANTOM, f"{consumer} applied {event}, which was never committed")
    order = defaultdict(list)
    for one in dict.fromkeys(evidence.applied):
        if one in due:
            order[one.consumer, due[one].key].append(place[due[one].topic, one.event])
    for (consumer, key), found in order.items():
        yield from ascending(f"{consumer} applied, of {key}", found)


def what_an_event_opens_is_opened_once(evidence: Evidence) -> Iterator[Violation]:
    """A consumer that opens a case for an event has opened just as many as it calls for."""
    answers = Counter(
        (name, event.type, event.cause)
        for name, kept in evidence.services.items()
        for event in kept.events
        if event.topic == f"accord.{name}"
    )
    for event in internal(evidence):
        if event.type in OPENS:
            service, answer = OPENS[event.type]
            due = event.charged if event.type == "complaint.decided.v1" else 1
            made = answers.pop((service, answer, event.id), 0)
            if made != due:
                yield Violation(LOST if made < due else DOUBLED, f"{event.type} {event.id} made {made} {answer}")
    for (_, answer, cause), made in answers.items():
        if (made and answer in dict(OPENS.values()).values()) and cause not in evidence.injected:
            yield Violation(PHANTOM, f"{made} {answer} for {cause}, which was never committed")


def the_feed_tells_everything_once_without_gaps(evidence: Evidence) -> Iterator[Violation]:
    """The feed is every public event, in order per case, under the indexes 0, 1, 2, …, and shows what it keeps."""
    public = {event.id: event for event in committed(evidence) if event.topic == "accord.public"}
    told = Counter(entry.event for entry in evidence.entries)
    for event in sorted(public.keys() - told.keys()):
        yield Violation(LOST, f"{public[event].type} {event} is not in the feed")
    for event, count in told.items():
        if count > 1:
            yield Violation(DOUBLED, f"{event} is in the feed {count} times")
        if event not in public:
            yield Violation(PHANTOM, f"{event} is in the feed and was never committed")
    dense = list(range(len(evidence.entries)))
    if [entry.position for entry in evidence.entries] != dense or evidence.next_index != len(dense):
        yield Violation(GAP, f"the feed's indexes are not 0 to {len(dense) - 1}; the next is {evidence.next_index}")
    if evidence.shown != dense:
        yield Violation(GAP, f"the feed has {len(dense)} entries and shows {len(evidence.shown)}")
    order = defaultdict(list)
    for entry in evidence.entries:
        if entry.event in public:
            order[public[entry.event].key].append(public[entry.event].version)
    for key, found in order.items():
        yield from ascending(f"in the feed, {key}", found)


def case_numbers_have_no_gaps(evidence: Evidence) -> Iterator[Violation]:
    """A number that was given belongs to a case; none is given twice. Agencies count for themselves."""
    for name, kept in evidence.services.items():
        counted = Counter(case.number for case in kept.cases)
        highest: dict[str, int] = {}
        for number in counted:
            year, _, count = number.rpartition("-")
            highest[year] = max(highest.get(year, 0), int(count))
        for year, last in highest.items():
            missing = [count for count in range(1, last + 1) if f"{year}-{count:06d}" not in counted]
            if missing:
                yield Violation(GAP, f"{name} gave {year} up to {last} without {missing[:5]}")


def nothing_waits(evidence: Evidence) -> Iterator[Violation]:
    """Everything was sent, and an operator has dealt with whatever was parked."""
    for name, kept in evidence.services.items():
        unsent = sum(event.sent_at is None for event in kept.events)
        if unsent or kept.waiting:
            yield Violation(WAITING, f"{unsent} events and {kept.waiting} dead letters of {name}")
    if evidence.ledger_waiting:
        yield Violation(WAITING, f"{evidence.ledger_waiting} dead letters of the ledger")


def places(evidence: Evidence) -> dict[tuple[str, str], int]:
    """Return where each event stands within its case on its topic: the version that the case had after it."""
    return {(event.topic, event.id): event.version for event in committed(evidence)}


def ascending(what: str, numbers: Iterable[int]) -> Iterator[Violation]:
    """Say where numbers do not rise."""
    for before, after in pairwise(numbers):
        if after <= before:
            yield Violation(DISORDER, f"{what}: {after} comes after {before}")


Rule = Callable[[Evidence], Iterator[Violation]]
RULES: tuple[Rule, ...] = (
    an_acknowledged_request_is_kept,
    a_request_is_done_once,
    no_answer_is_an_unforeseen_fault,
    what_was_refused_leaves_nothing,
    a_case_and_its_events_commit_together,
    every_event_has_an_audit_row,
    what_was_committed_is_told_and_nothing_else,
    what_is_sent_in_calm_is_told_once,
    topics_keep_the_order_of_a_case,
    a_consumer_applies_everything_once_and_in_order,
    what_an_event_opens_is_opened_once,
    the_feed_tells_everything_once_without_gaps,
    case_numbers_have_no_gaps,
    nothing_waits,
)
