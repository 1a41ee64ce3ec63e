from typing import Any

import pytest
from pydantic import ValidationError

from shared.events.discipline import SanctionKind
from shared.policy import Policy
from shared.policy.agency import Matrix, Sanction


def make_matrix(**over: Any) -> dict[str, Any]:
    return {
        "title": "A matrix",
        "source": "invented",
        "verified": False,
        "effective": "2020-01-01",
        "levels": {"I": {"nth": [{"presumptive": {"kind": "oral reprimand"}}]}},
        "violations": {"force": "I"},
        "aggravating": [],
        "mitigating": [],
        "multiple_counts": "most serious",
        **over,
    }


def test_a_violation_of_a_level_that_the_matrix_lacks_is_refused() -> None:
    Matrix.model_validate(make_matrix())
    with pytest.raises(ValidationError, match="'force' is of the level 'II'; there is I"):
        Matrix.model_validate(make_matrix(violations={"force": "II"}))


@pytest.mark.parametrize("kind", SanctionKind)
def test_suspension_and_loss_of_leave_are_counted_in_days_and_nothing_else_is(kind: SanctionKind) -> None:
    counted = kind in (SanctionKind.SUSPENSION, SanctionKind.LOSS_OF_LEAVE)

    assert Sanction(kind=kind, days=3 if counted else None).kind is kind
    with pytest.raises(ValidationError, match="takes the number of days" if counted else "takes no days"):
        Sanction(kind=kind, days=None if counted else 3)


def test_the_levels_of_the_shipped_matrix_are_listed_from_the_least_to_the_most_serious() -> None:
    matrix = Policy.read().agencies["rivertown"].matrices["south-bend-2020"]

    assert list(matrix.levels) == ["I", "II", "III", "IV", "V", "VI"]
