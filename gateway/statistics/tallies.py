"""From tallies to the cells of a table: counts, medians and rates."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from gateway.statistics.catalogue import Table
from gateway.statistics.shapes import CellOut


class Tally(NamedTuple):
    """How often something stands in the feed."""

    agency: str
    month: date
    """Its first day."""
    keys: tuple[str, ...]
    value: int
    times: int


Group = tuple[str, date, tuple[str, ...]]


def cells(table: Table, tallies: Iterable[Tally], per: Iterable[Tally]) -> list[CellOut]:
    """Return the cells of a table, ordered by agency, month and keys; `per` is what a rate is a hundredth of."""
    grouped: dict[Group, Counter[int]] = defaultdict(Counter)
    for tally in tallies:
        grouped[tally.agency, tally.month, tally.keys][tally.value] += tally.times
    whole: Counter[tuple[str, date]] = Counter()
    for tally in per:
        whole[tally.agency, tally.month] += tally.times
    return [_cell(table, group, grouped[group], whole) for group in sorted(grouped)]


def _cell(table: Table, group: Group, values: Mapping[int, int], whole: Mapping[tuple[str, date], int]) -> CellOut:
    agency, month, keys = group
    count, value = sum(values.values()), None
    if table.measure == "median":
        value = median(values)
    elif table.measure == "rate" and whole[agency, month]:
        value = round(100 * count / whole[agency, month], 1)
    named = dict(zip(table.dimensions, keys, strict=True))
    return CellOut(agency=agency, month=f"{month:%Y-%m}", keys=named, labels={}, count=count, value=value)


def median(values: Mapping[int, int]) -> float | None:
    """Return the median of values that occur so often; None of none."""
    count = sum(values.values())
    if not count:
        return None
    middle: list[int] = []
    seen = 0
    for value in sorted(values):
        seen += values[value]
        middle += [value] * (sum(rank < seen for rank in ((count - 1) // 2, count // 2)) - len(middle))
    return sum(middle) / 2
