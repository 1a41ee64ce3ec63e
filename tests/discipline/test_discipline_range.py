"""The range of the matrix, and how a sanction stands to it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import pytest

from services.discipline.range import EarlierCase, compute_range, departure, matrix_on, refuse_unfounded
from shared.errors import Malformed, Objection
from shared.events.discipline import Departure, SanctionKind
from shared.policy.agency import Cell, Matrix, Sanction

INCIDENT = date(2024, 5, 4)
ORAL = Sanction(kind=SanctionKind.ORAL_REPRIMAND)
WRITTEN = Sanction(kind=SanctionKind.WRITTEN_REPRIMAND)
LEAVE = Sanction(kind=SanctionKind.LOSS_OF_LEAVE, days=9)
DEMOTION = Sanction(kind=SanctionKind.DEMOTION)
TERMINATION = Sanction(kind=SanctionKind.TERMINATION)


def suspension(days: int) -> Sanction:
    return Sanction(kind=SanctionKind.SUSPENSION, days=days)


FIRST = Cell(mitigated=ORAL, presumptive=WRITTEN, aggravated=suspension(2))
SECOND = Cell(mitigated=WRITTEN, presumptive=suspension(3), aggravated=suspension(5))
ONLY_GRAVE = Cell(presumptive=TERMINATION)


def make_matrix(**over: Any) -> Matrix:
    said = {
        "title": "A matrix",
        "source": "invented",
        "verified": False,
        "effective": date(2020, 1, 1),
        "levels": {
            "A": {"look_back_years": 3, "nth": [FIRST, SECOND]},
            "B": {"nth": [ONLY_GRAVE]},
        },
        "violations": {"discourtesy": "A", "driving": "A", "untruthful-statement": "B"},
        "aggravating": ["rank", "bias"],
        "mitigating": ["cooperation"],
        "multiple_counts": "most serious",
    }
    return Matrix.model_validate({**said, **over})


MATRICES = {"only": make_matrix()}


def earlier(day: date, level: str = "A") -> EarlierCase:
    return EarlierCase(uuid5(UUID(int=1), f"{day} {level}"), f"D-{day}", level, day)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 1, 1), "old"),
        (date(2023, 6, 30), "old"),
        (date(2023, 7, 1), "new"),
        (date(2030, 1, 1), "new"),
    ],
)
def test_the_matrix_in_force_on_the_day_of_the_incident_counts(day: date, expected: str) -> None:
    matrices = {"new": make_matrix(effective=date(2023, 7, 1)), "old": make_matrix()}

    assert matrix_on(matrices, day) == expected


@pytest.mark.parametrize("matrices", [{}, MATRICES])
def test_an_incident_before_every_matrix_is_refused_with_the_day(matrices: Mapping[str, Matrix]) -> None:
    with pytest.raises(Objection) as refusal:
        matrix_on(matrices, date(2019, 12, 31))
    assert refusal.value.detail == (
        "No discipline matrix of this agency was in force on 2019-12-31, when the incident happened."
    )


@pytest.mark.parametrize(
    ("categories", "level", "cell"),
    [
        (["discourtesy"], "A", FIRST),
        (["discourtesy", "driving"], "A", FIRST),
        (["untruthful-statement"], "B", ONLY_GRAVE),
        (["discourtesy", "untruthful-statement", "driving"], "B", ONLY_GRAVE),
    ],
)
def test_several_counts_are_consolidated_on_the_most_serious(categories: list[str], level: str, cell: Cell) -> None:
    found = compute_range(MATRICES, categories, INCIDENT, [])

    assert (found.matrix, found.level, found.nth, found.cell, found.priors) == ("only", level, 1, cell, ())
    assert found.levels == {category: MATRICES["only"].violations[category] for category in categories}


def test_the_most_serious_level_is_the_one_that_the_pack_lists_last() -> None:
    levels = {"Z": {"nth": [FIRST]}, "A": {"nth": [SECOND]}}
    matrix = make_matrix(levels=levels, violations={"driving": "Z", "discourtesy": "A"})

    assert compute_range({"m": matrix}, ["driving", "discourtesy"], INCIDENT, []).level == "A"


@pytest.mark.parametrize(
    ("prior", "nth"),
    [
        (earlier(date(2024, 5, 3)), 2),
        (earlier(date(2021, 5, 4)), 2),  # the first day of the look-back of three years
        (earlier(date(2021, 5, 3)), 1),
        (earlier(INCIDENT), 1),
        (earlier(date(2024, 5, 5)), 1),
        (earlier(date(2023, 1, 1), level="B"), 1),
    ],
)
def test_a_prior_is_of_the_same_level_and_lies_before_the_incident_within_the_look_back(
    prior: EarlierCase, nth: int
) -> None:
    found = compute_range(MATRICES, ["discourtesy"], INCIDENT, [prior])

    assert (found.nth, found.priors) == (nth, (prior,)[: nth - 1])


@pytest.mark.parametrize(("priors", "cell"), [(0, FIRST), (1, SECOND), (2, SECOND), (5, SECOND)])
def test_the_last_cell_holds_for_every_later_violation(priors: int, cell: Cell) -> None:
    before = [earlier(date(2023, 1, day + 1)) for day in range(priors)]

    found = compute_range(MATRICES, ["driving"], INCIDENT, reversed(before))

    assert (found.nth, found.cell, found.priors) == (priors + 1, cell, tuple(before))


def test_without_a_look_back_in_the_source_every_earlier_case_counts() -> None:
    long_ago = earlier(date(1980, 1, 1), level="B")

    assert compute_range(MATRICES, ["untruthful-statement"], INCIDENT, [long_ago]).priors == (long_ago,)


def test_the_look_back_from_a_leap_day_begins_on_28_february() -> None:
    incident, edge = date(2024, 2, 29), earlier(date(2021, 2, 28))

    found = compute_range(MATRICES, ["discourtesy"], incident, [edge, earlier(date(2021, 2, 27))])

    assert found.priors == (edge,)


def test_a_category_that_the_matrix_does_not_know_is_refused() -> None:
    with pytest.raises(Objection) as refusal:
        compute_range(MATRICES, ["discourtesy", "unspecified"], INCIDENT, [])
    assert refusal.value.detail == "The matrix 'only' has no level for 'unspecified'; add it to the policy pack."


def test_a_matrix_that_ranges_counts_separately_takes_one_count() -> None:
    matrices = {"only": make_matrix(multiple_counts="separate")}

    assert compute_range(matrices, ["driving"], INCIDENT, []).level == "A"
    with pytest.raises(Objection) as refusal:
        compute_range(matrices, ["driving", "discourtesy"], INCIDENT, [])
    assert refusal.value.detail == "The matrix 'only' ranges every count by itself, and this case has 2."


UP_TO_SIXTY = Cell(aggravated=suspension(60))
AT_LEAST_THREE = Cell(mitigated=suspension(3))
FROM_PRESUMPTIVE = Cell(presumptive=suspension(3), aggravated=suspension(10))


@pytest.mark.parametrize(
    ("cell", "sanction", "expected"),
    [
        (SECOND, None, Departure.BELOW),
        (SECOND, ORAL, Departure.BELOW),
        (SECOND, WRITTEN, Departure.WITHIN),
        (SECOND, LEAVE, Departure.WITHIN),
        (SECOND, suspension(5), Departure.WITHIN),
        (SECOND, suspension(6), Departure.ABOVE),
        (SECOND, DEMOTION, Departure.ABOVE),
        (ONLY_GRAVE, DEMOTION, Departure.BELOW),
        (ONLY_GRAVE, TERMINATION, Departure.WITHIN),
        (UP_TO_SIXTY, None, Departure.WITHIN),
        (UP_TO_SIXTY, suspension(60), Departure.WITHIN),
        (UP_TO_SIXTY, suspension(61), Departure.ABOVE),
        (AT_LEAST_THREE, suspension(2), Departure.BELOW),
        (AT_LEAST_THREE, TERMINATION, Departure.WITHIN),
        (FROM_PRESUMPTIVE, suspension(2), Departure.BELOW),
        (FROM_PRESUMPTIVE, suspension(10), Departure.WITHIN),
        (Cell(), None, Departure.NO_RANGE),
        (Cell(), TERMINATION, Departure.NO_RANGE),
    ],
)
def test_a_departure_is_what_lies_outside_the_range_that_the_source_tells(
    cell: Cell, sanction: Sanction | None, expected: Departure
) -> None:
    assert departure(cell, sanction) is expected


@pytest.mark.parametrize(
    ("direction", "factors"),
    [
        (Departure.WITHIN, []),
        (Departure.WITHIN, ["cooperation"]),
        (Departure.NO_RANGE, []),
        (Departure.ABOVE, ["rank"]),
        (Departure.ABOVE, ["cooperation", "bias"]),
        (Departure.BELOW, ["cooperation"]),
    ],
)
def test_a_departure_with_a_factor_in_its_direction_stands(direction: Departure, factors: list[str]) -> None:
    refuse_unfounded(MATRICES["only"], direction, factors)


@pytest.mark.parametrize(
    ("direction", "factors", "sentence"),
    [
        (
            Departure.ABOVE,
            [],
            "The sanction is above the range of the matrix, which takes an aggravating factor: rank, bias.",
        ),
        (
            Departure.ABOVE,
            ["cooperation"],
            "The sanction is above the range of the matrix, which takes an aggravating factor: rank, bias.",
        ),
        (
            Departure.BELOW,
            ["rank"],
            "The sanction is below the range of the matrix, which takes a mitigating factor: cooperation.",
        ),
        (
            Departure.WITHIN,
            ["weather"],
            "The factor 'weather' is not known to the matrix; there is: rank, bias, cooperation.",
        ),
    ],
)
def test_an_unfounded_departure_is_refused(direction: Departure, factors: list[str], sentence: str) -> None:
    with pytest.raises(Malformed) as refusal:
        refuse_unfounded(MATRICES["only"], direction, factors)
    assert refusal.value.detail == sentence
