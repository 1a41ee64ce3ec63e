"""Which cells of a crossed table are withheld, so that nobody can work out a small one. Pure, exact, in whole numbers.

A table counts people who say one thing of themselves (rows) against something that the feed tells anyway (columns):
the column totals and the grand total are public with every entry and are never withheld; row totals are cells as any
other. Small cells (1 to the threshold) are withheld, and enough others that each can still be several numbers.

The counts are a flow: from the grand total through the rows and the columns back to it. What is shown cannot change.
A withheld cell can be larger if a flow runs from its end back to its beginning over other withheld cells, and how much
larger it can be is the maximum flow: exactly the bound that an attacker finds by linear programming, and it is whole.
"""

import heapq
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

DEFAULT_THRESHOLD = 10
"""Cells of one to so many people are withheld; an agency's pack may say more or less."""
TOTAL = "total"
UNBOUNDED = 1 << 60

Cell = tuple[str, str]
"""Row and column; the column `TOTAL` is the row's total."""


class Bounds(NamedTuple):
    """Between which numbers a withheld cell lies, as far as anybody can work out."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """A table as it is counted; every row has every column."""

    rows: Sequence[str]
    columns: Sequence[str]
    counts: Mapping[Cell, int]
    """Without totals; a cell that is missing is 0."""

    def value(self, cell: Cell) -> int:
        """Return a cell, or a row's total."""
        row, column = cell
        if column == TOTAL:
            return sum(self.counts.get((row, each), 0) for each in self.columns)
        return self.counts.get(cell, 0)

    def cells(self) -> Iterator[Cell]:
        """Yield every cell and every row's total."""
        for row in self.rows:
            for column in (*self.columns, TOTAL):
                yield row, column

    def column_total(self, column: str) -> int:
        """Return the total of a column; of `TOTAL`, the grand total."""
        return sum(self.value((row, column)) for row in self.rows)


def protection(threshold: int) -> int:
    """Return how far apart the bounds of a small cell are at least: half of the threshold, and at least 1."""
    return max(threshold // 2, 1)


def folded(table: Crossing, threshold: int, into: str) -> Crossing:
    """Return the table with every column of few people folded into one; column totals are public, so it tells nothing.

    A column total within the threshold would bound each of its cells too closely. Where all of those together are few,
    the next smallest column goes with them: else one stray complaint would let the whole table be withheld.
    """
    few = [column for column in table.columns if column == into or 0 < table.column_total(column) <= threshold]
    rest = sorted(
        (column for column in table.columns if column not in few), key=lambda one: (table.column_total(one), one)
    )
    while rest and 0 < sum(table.column_total(column) for column in few) <= threshold:
        few.append(rest.pop(0))
    if not few:
        return table
    counts: dict[Cell, int] = {}
    for (row, column), count in table.counts.items():
        place = (row, into if column in few else column)
        counts[place] = counts.get(place, 0) + count
    return Crossing(table.rows, [*(column for column in table.columns if column not in few), into], counts)


def suppress(table: Crossing, threshold: int = DEFAULT_THRESHOLD) -> frozenset[Cell]:
    """Return which cells and row totals are withheld.

    Every small cell is withheld and can, even for an attacker who knows which cells are the small ones, be numbers that
    lie `protection` apart; every other withheld cell at least two. Where that cannot be had, everything is withheld
    that is not 0 by its column total, and nobody knows more than that: each cell lies between 0 and that total.
    """
    small = small_cells(table, threshold)
    hidden = set(small)
    wanted = protection(threshold)
    for cell in sorted(small, key=lambda one: (-table.value(one), one)):
        while not wide(bounds(table, hidden, cell, threshold), wanted):
            added = cheapest_cycle(table, hidden, cell, threshold)
            if not added:
                return everything(table)
            hidden |= added
    return frozenset(hidden)


def small_cells(table: Crossing, threshold: int) -> frozenset[Cell]:
    """Return the cells and row totals of one to `threshold` people."""
    return frozenset(cell for cell in table.cells() if 1 <= table.value(cell) <= threshold)


def everything(table: Crossing) -> frozenset[Cell]:
    """Return all cells and row totals that are not 0 for everybody to see."""
    return frozenset(cell for cell in table.cells() if table.column_total(cell[1]))


def wide(bound: Bounds, wanted: int) -> bool:
    """Whether a cell can be numbers so far apart."""
    return bound.most - bound.least >= wanted


class Network:
    """How far withheld cells can move together: rows and columns are the nodes, each withheld cell is an arc.

    A row's total is an arc as well, from the column `TOTAL` to its row, since it is the sum of the row.
    """

    def __init__(self, table: Crossing, hidden: set[Cell] | frozenset[Cell], threshold: int) -> None:
        self.room: dict[str, dict[str, int]] = {}
        for cell in hidden:
            value = table.value(cell)
            small = 1 <= value <= threshold
            begin, end = ends(cell)
            self.room.setdefault(begin, {})[end] = (threshold - value) if small else UNBOUNDED
            self.room.setdefault(end, {})[begin] = (value - 1) if small else value

    def most(self, begin: str, end: str, enough: int) -> int:
        """Return how much can flow from `begin` to `end`, up to `enough`; what flows is taken from the room."""
        flowed = 0
        while flowed < enough and (path := self._path(begin, end)):
            portion = min(enough - flowed, *(self.room[one][other] for one, other in path))
            for one, other in path:
                self.room[one][other] -= portion
                self.room[other][one] += portion
            flowed += portion
        return flowed

    def widen(self, table: Crossing, shown: set[Cell]) -> None:
        """Let cells move that are shown, as if they were withheld."""
        for cell in shown:
            begin, end = ends(cell)
            self.room.setdefault(begin, {})[end] = UNBOUNDED
            self.room.setdefault(end, {})[begin] = table.value(cell)

    def cheapest(self, begin: str, end: str, shown: Mapping[tuple[str, str], Cell], table: Crossing) -> set[Cell]:
        """Return the shown cells on the way from `begin` to `end` that costs least; withheld ones cost nothing."""
        waiting: list[tuple[int, str, tuple[Cell, ...]]] = [(0, begin, ())]
        done: set[str] = set()
        while waiting:
            spent, here, used = heapq.heappop(waiting)
            if here == end:
                return {*used}
            if here in done:
                continue
            done.add(here)
            for there, room in self.room.get(here, {}).items():
                if room and there not in done:
                    lost = shown.get((here, there)) or shown.get((there, here))
                    price = cost(table, {lost}) if lost else 0
                    heapq.heappush(waiting, (spent + price, there, (*used, lost) if lost else used))
        return set()

    def _path(self, begin: str, end: str) -> list[tuple[str, str]]:
        came: dict[str, str] = {begin: ""}
        waiting = deque([begin])
        while waiting and end not in came:
            here = waiting.popleft()
            for there, room in self.room.get(here, {}).items():
                if room and there not in came:
                    came[there] = here
                    waiting.append(there)
        if end not in came:
            return []
        path = [end]
        while path[-1] != begin:
            path.append(came[path[-1]])
        return [(path[place + 1], path[place]) for place in range(len(path) - 1)]


def ends(cell: Cell) -> tuple[str, str]:
    """Return between which nodes a cell flows."""
    row, column = f"row {cell[0]}", f"column {cell[1]}"
    return (column, row) if cell[1] == TOTAL else (row, column)


def bounds(table: Crossing, hidden: set[Cell] | frozenset[Cell], cell: Cell, threshold: int) -> Bounds:
    """Return between which numbers a withheld cell lies, for one who knows which withheld cells are the small ones."""
    begin, end = ends(cell)
    moves = []
    for start, goal in ((end, begin), (begin, end)):
        network = Network(table, hidden, threshold)
        own = network.room[goal][start]
        network.room[begin][end] = network.room[end][begin] = 0
        moves.append(network.most(start, goal, own))
    return Bounds(table.value(cell) - moves[1], table.value(cell) + moves[0])


def cheapest_cycle(table: Crossing, hidden: set[Cell], cell: Cell, threshold: int) -> set[Cell]:
    """Return which cells to withhold besides, so that `cell` can be larger or smaller by more than it can now.

    A cell costs as many bits as its number has, so that few people are lost to the reader; empty if nothing helps.
    """
    begin, end = ends(cell)
    shown = {one for one in table.cells() if one not in hidden and table.column_total(one[1])}
    found = []
    for start, goal in ((end, begin), (begin, end)):
        network = Network(table, hidden, threshold)
        own = network.room[goal][start]
        network.room[begin][end] = network.room[end][begin] = 0
        if network.most(start, goal, own) < own:
            network.widen(table, shown)
            found.append(network.cheapest(start, goal, {ends(one): one for one in shown}, table))
    return min((path for path in found if path), key=lambda path: (cost(table, path), sorted(path)), default=set())


def cost(table: Crossing, cells: set[Cell]) -> int:
    """Return what it costs the reader to lose these cells."""
    return sum(table.value(cell).bit_length() + 1 for cell in cells)
