import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.statistics.suppression import (
    TOTAL,
    Bounds,
    Cell,
    Crossing,
    bounds,
    everything,
    folded,
    protection,
    small_cells,
    suppress,
)

THRESHOLD = 3
"""Small, so that every table that could be meant can be tried."""


def make_crossing(*rows: tuple[int, ...]) -> Crossing:
    """Return a table with the rows r0, r1 and so on, and the columns c0, c1 and so on."""
    counts = {(f"r{i}", f"c{j}"): count for i, row in enumerate(rows) for j, count in enumerate(row)}
    return Crossing([f"r{i}" for i in range(len(rows))], [f"c{j}" for j in range(len(rows[0]))], counts)


def fillings(total: int, places: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to put `total` people in so many places."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in fillings(total - first, places - 1):
            yield (first, *rest)


def possible(table: Crossing, hidden: frozenset[Cell], known_small: frozenset[Cell]) -> Iterator[Crossing]:
    """Yield every table that looks as this one does when `hidden` is withheld; tried one by one, with no theory."""
    shown = [cell for cell in table.cells() if cell not in hidden]
    ways = [list(fillings(table.column_total(column), len(table.rows))) for column in table.columns]
    for way in product(*ways):
        one = make_crossing(*zip(*way, strict=True))
        if all(one.value(cell) == table.value(cell) for cell in shown) and all(
            1 <= one.value(cell) <= THRESHOLD for cell in known_small
        ):
            yield one


def attacked(table: Crossing, hidden: frozenset[Cell], known_small: frozenset[Cell]) -> Mapping[Cell, set[int]]:
    """Return withheld cell → every number that it can still be."""
    found: dict[Cell, set[int]] = defaultdict(set)
    for one in possible(table, hidden, known_small):
        for cell in hidden:
            found[cell].add(one.value(cell))
    return found


small_tables = st.integers(2, 3).flatmap(
    lambda columns: st.lists(
        st.tuples(*[st.integers(0, 6)] * columns), min_size=2, max_size=3 if columns == 2 else 2
    ).map(lambda rows: make_crossing(*rows))
)


@settings(max_examples=150, deadline=None)
@given(small_tables)
def test_no_withheld_cell_can_be_worked_out_even_by_trying_every_table(table: Crossing) -> None:
    hidden = suppress(table, THRESHOLD)
    small = small_cells(table, THRESHOLD)
    assert small <= hidden
    whole = hidden == everything(table)
    numbers = attacked(table, hidden, frozenset() if whole else small)
    for cell in hidden:
        assert len(numbers[cell]) > 1, cell
        if cell in small and not whole:
            assert max(numbers[cell]) - min(numbers[cell]) >= protection(THRESHOLD)


@settings(max_examples=100, deadline=None)
@given(small_tables)
def test_the_bounds_are_those_that_trying_every_table_gives(table: Crossing) -> None:
    hidden = suppress(table, THRESHOLD)
    small = small_cells(table, THRESHOLD)
    for cell, numbers in attacked(table, hidden, small).items():
        assert bounds(table, hidden, cell, THRESHOLD) == Bounds(min(numbers), max(numbers))


def test_withholding_the_small_cells_alone_gives_them_away() -> None:
    """The control: the attacker of these tests does find what is not protected."""
    table = make_crossing((20, 2), (30, 40))
    small = small_cells(table, THRESHOLD)
    assert small == {("r0", "c1")}
    ways = list(fillings(42, 2))
    told = [one for one in ways if one[1] == 40]
    assert told == [(2, 40)]
    assert bounds(table, small, ("r0", "c1"), THRESHOLD) == Bounds(2, 2)


def test_no_cell_follows_from_two_tables_with_the_same_column_totals() -> None:
    """Two attributes of the same people: whoever has both tables tries every way in which both can be true at once."""
    left, right = make_crossing((1, 4), (4, 2)), make_crossing((2, 5), (3, 1))
    hidden = {name: suppress(table, THRESHOLD) for name, table in (("left", left), ("right", right))}
    numbers: dict[tuple[str, Cell], set[int]] = defaultdict(set)
    ways = product(fillings(5, 4), fillings(6, 4))  # in each column: who is r0 or r1 in the left and in the right table
    for first, second in ways:
        seen = {
            "left": make_crossing(
                *(tuple(column[2 * i] + column[2 * i + 1] for column in (first, second)) for i in (0, 1))
            ),
            "right": make_crossing(*(tuple(column[i] + column[2 + i] for column in (first, second)) for i in (0, 1))),
        }
        if all(
            seen[name].value(cell) == table.value(cell)
            for name, table in (("left", left), ("right", right))
            for cell in table.cells()
            if cell not in hidden[name]
        ):
            for name, one in seen.items():
                for cell in hidden[name]:
                    numbers[name, cell].add(one.value(cell))
    assert numbers
    assert all(len(found) > 1 for found in numbers.values())


def test_zero_is_shown_where_nothing_follows_from_it() -> None:
    table = make_crossing((0, 50), (50, 0), (60, 60))
    assert suppress(table) == frozenset()


def test_columns_of_few_people_are_folded_into_one() -> None:
    table = folded(make_crossing((1, 2, 40), (8, 4, 50)), 10, "others")
    assert table.columns == ["c2", "others"]
    assert [table.value((row, "others")) for row in table.rows] == [3, 12]
    assert table.value(("r0", TOTAL)) == 43


def test_one_stray_complaint_does_not_cost_the_reader_the_whole_table() -> None:
    table = folded(make_crossing((1, 40, 90), (0, 30, 80), (0, 20, 30)), 10, "others")
    assert table.columns == ["c2", "others"]
    assert suppress(table) == frozenset(), "nothing is small any more"
    assert folded(make_crossing((1,), (2,)), 10, "others").columns == ["others"]


def test_a_large_table_takes_seconds_at_most() -> None:
    """Twenty agencies, five races, twelve months."""
    chance = Random(7)
    tables = [
        make_crossing(*(tuple(chance.choice((0, 1, 3, 8, 15, 40, 90)) for _ in range(12)) for _ in range(5)))
        for _ in range(20)
    ]
    begun = time.process_time()
    hidden = [suppress(table) for table in tables]
    assert time.process_time() - begun < 20
    for table, withheld in zip(tables, hidden, strict=True):
        assert small_cells(table, 10) <= withheld
        if withheld != everything(table):
            for cell in withheld:
                bound = bounds(table, withheld, cell, 10)
                assert bound.most > bound.least
