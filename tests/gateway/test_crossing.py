"""Whoever reads the feed knows what each complaint was about; even so, no withheld cell can be worked out."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.statistics.crossing import Received
from gateway.statistics.releases import OTHERS
from gateway.statistics.suppression import Cell, Crossing, everything, folded, protection, small_cells, suppress
from tests.gateway.test_suppression import THRESHOLD, fillings

PEOPLE = ("white", "asian", "hispanic or latino")
About = tuple[str, ...]
Complaints = Mapping[About, tuple[int, ...]]
"""Categories of a complaint → how many of each of the people; the sums are in the feed, the numbers are not."""


def crossed(complaints: Complaints) -> Counter[Cell]:
    """Return what the gateway counts of these complaints."""
    counts: Counter[Cell] = Counter()
    for about, numbers in complaints.items():
        for said, number in zip(PEOPLE, numbers, strict=True):
            told = Received.model_validate({"categories": about, "said": {"race": said}})
            for attribute, word, category in told.crossed():
                if attribute == "race" and number:
                    counts[word, category] += number
    return counts


def as_table(complaints: Complaints) -> Crossing:
    """Return the table before anything is withheld."""
    counts = crossed(complaints)
    columns = sorted({category for _, category in counts})
    return folded(Crossing(PEOPLE, columns, counts), THRESHOLD, OTHERS)


def possible(complaints: Complaints, shown: Mapping[Cell, int], small: Sequence[Cell]) -> Iterator[Crossing]:
    """Yield every table that has what is shown, tried one by one with no theory; the feed's sums are known."""
    ways = [list(fillings(sum(numbers), len(PEOPLE))) for numbers in complaints.values()]
    for way in product(*ways):
        one = as_table(dict(zip(complaints, way, strict=True)))
        if all(one.value(cell) == count for cell, count in shown.items()) and all(
            1 <= one.value(cell) <= THRESHOLD for cell in small
        ):
            yield one


several = st.dictionaries(
    st.sampled_from((("force",), ("discourtesy",), ("discourtesy", "force"), ("force", "discourtesy"))),
    st.tuples(*[st.integers(0, 3)] * len(PEOPLE)).filter(any),
    min_size=1,
    max_size=2,
)


@settings(max_examples=60, deadline=None)
@given(several)
@example({("force", "discourtesy"): (4, 1, 2), ("force",): (0, 0, 6)})
def test_nothing_follows_from_what_the_feed_tells_of_each_complaint(complaints: Complaints) -> None:
    table = as_table(complaints)
    hidden = suppress(table, THRESHOLD)
    shown = {cell: table.value(cell) for cell in table.cells() if cell not in hidden}
    whole = hidden == everything(table)
    small = small_cells(table, THRESHOLD)
    numbers: dict[Cell, set[int]] = defaultdict(set)
    for one in possible(complaints, shown, () if whole else sorted(small)):
        for cell in hidden:
            numbers[cell].add(one.value(cell))
    for cell in hidden:
        assert len(numbers[cell]) > 1, cell
        if cell in small and not whole:
            assert max(numbers[cell]) - min(numbers[cell]) >= protection(THRESHOLD)


def test_a_complaint_about_several_things_stands_in_one_column() -> None:
    assert crossed({("force", "discourtesy", "force"): (1, 0, 0), ("discourtesy",): (0, 2, 0)}) == {
        ("white", "discourtesy + force"): 1,
        ("asian", "discourtesy"): 2,
    }
