"""What one case adds to the statistics, as the record now stands. Pure: the same entries always add up to the same.

A case is counted whole. An entry whose place another one has taken counts no more, nor does one that was expunged; a
value that was deleted, or that a correction calls wrong, counts as if it had never been told.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from gateway.feed.acts import ACTS
from gateway.statistics.catalogue import Counted, Table, tables
from gateway.statistics.tallies import Tally
from shared.events.record import EntryCorrected

Figures = Counter[tuple[str, str, date, tuple[str, ...], int]]
"""Table, agency, month, keys and value → how often."""


class Part(NamedTuple):
    """What one entry adds to one table."""

    number: str | None
    """Which part of the case it is about, where a later entry replaces an earlier one."""
    tally: Tally


class Told(NamedTuple):
    """What is read of an entry."""

    place: int
    type: str
    agency: str
    reference: str
    day: date
    fields: Mapping[str, Any]
    corrects: int | None
    expunged_by: int | None


@cache
def sources() -> Mapping[str, Sequence[tuple[Table, Counted]]]:
    """Return type of entry → the tables that it goes into."""
    found: dict[str, list[tuple[Table, Counted]]] = defaultdict(list)
    for table in tables().values():
        for source in table.counts:
            found[source.type].append((table, source))
    return found


@cache
def types() -> Sequence[str]:
    """Return the types of entries by which what a case adds can change."""
    return sorted({*sources(), *ACTS})


def figures_of(entries: Sequence[Told]) -> Figures:
    """Return what the entries of one case add, given in their order."""
    last: dict[tuple[str, str], Tally] = {}
    figures: Figures = Counter()
    for told in standing(entries):
        for table, source in sources().get(told.type, ()):
            for number, tally in parts(told, source):
                if number is None:
                    figures[row(table, tally)] += tally.times
                else:
                    last[table.name, number] = tally
    for (name, _), tally in last.items():
        figures[row(tables()[name], tally)] += tally.times
    return figures


def row(table: Table, tally: Tally) -> tuple[str, str, date, tuple[str, ...], int]:
    """Return where a tally is added."""
    return table.name, tally.agency, tally.month, tally.keys, tally.value


def standing(entries: Sequence[Told]) -> Iterator[Told]:
    """Yield the entries that are neither expunged nor replaced, without the values that a correction calls wrong."""
    replaced: set[int | None] = set()
    wrong: dict[int | None, set[str]] = defaultdict(set)
    for told in entries:
        if told.type == EntryCorrected.name:
            wrong[told.corrects].update(told.fields.get("fields", ()))
        else:
            replaced.add(told.corrects)
    for told in entries:
        if told.expunged_by is None and told.place not in replaced:
            yield told if told.place not in wrong else without(told, wrong[told.place])


def without(told: Told, names: Container[str]) -> Told:
    """Return an entry without these values."""
    return told._replace(fields={name: value for name, value in told.fields.items() if name not in names})


def parts(told: Told, source: Counted) -> Iterator[Part]:
    """Yield what an entry adds to a table; nothing for a part of which something that is counted is not known."""
    day = _day(told, source.day)
    for one in _each(told, source):
        keys = [_key(one, path, source.missing) for path in source.keys]
        value = at(told.fields, source.value) if source.value else 0
        count = at(one, source.times) if source.times else 1
        number = at(one, source.number) if source.number else ""
        if day is None or value is None or count is None or number is None or None in keys:
            continue
        tally = Tally(told.agency, day.replace(day=1), tuple(map(str, keys)), int(value), int(count))
        yield Part(str(number) if source.number else None, tally)


def _day(told: Told, path: str | None) -> date | None:
    if path is None:
        return told.day
    said = at(told.fields, path)
    return None if said is None else date.fromisoformat(said)


def _each(told: Told, source: Counted) -> Sequence[Any]:
    if source.each is None:
        return [told.fields]
    return told.fields.get(source.each) or []


def _key(one: object, path: str, missing: str | None) -> str | None:
    before, _, place = path.rpartition(" ")
    if path.startswith("="):
        return path[1:]
    if isinstance(one, Mapping) and place.partition(".")[0] not in one:
        return None  # it was deleted
    found = at(one, place)
    if found is None:
        return missing
    said = str(found).lower() if isinstance(found, bool) else str(found)
    return f"{before[1:]} {said}" if before else said


def at(one: object, path: str | None) -> Any:  # noqa: ANN401 - JSON
    """Return what stands at a path of JSON; the whole at the empty one, None where nothing is, "=word" is the word."""
    if path and path.startswith("="):
        return path[1:]
    for name in path.split(".") if path else ():
        one = one.get(name) if isinstance(one, Mapping) else None
    return one
