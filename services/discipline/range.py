"""What the agency's matrix says for a case, and how a sanction stands to it: pure, with everything passed in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import Malformed, Objection
from shared.events.discipline import Departure
from shared.policy.agency import Cell, Matrix, Sanction


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """Another case of the same officer, which is final."""

    case_id: UUID
    number: str
    level: str
    incident_on: date


@dataclass(frozen=True, slots=True)
class Range:
    """What the matrix says, and how that came about."""

    matrix: str
    levels: Mapping[str, str]
    """Category → level, for every count."""
    level: str
    nth: int
    cell: Cell
    priors: tuple[EarlierCase, ...]
    """The cases that made this one the nth."""


def compute_range(
    matrices: Mapping[str, Matrix], categories: Sequence[str], incident_on: date, earlier: Iterable[EarlierCase]
) -> Range:
    """Return the range for counts of these categories, consolidated on the most serious.

    Raises:
        Objection: no matrix was in force that day, it does not know a category, or it ranges counts separately.
    """
    name = matrix_on(matrices, incident_on)
    matrix = matrices[name]
    if len(categories) > 1 and matrix.multiple_counts != "most serious":
        raise Objection(f"The matrix {name!r} ranges every count by itself, and this case has {len(categories)}.")
    levels = {category: level_of(name, matrix, category) for category in categories}
    level = max(levels.values(), key=tuple(matrix.levels).index)
    priors = counting(earlier, level, incident_on, matrix.levels[level].look_back_years)
    cells = matrix.levels[level].nth
    nth = len(priors) + 1
    return Range(name, levels, level, nth, cells[min(nth, len(cells)) - 1], priors)


def matrix_on(matrices: Mapping[str, Matrix], day: date) -> str:
    """Return the name of the latest matrix that was in force on `day`: nobody is judged by a later one.

    Raises:
        Objection: none was.
    """
    in_force = [name for name, matrix in matrices.items() if matrix.effective <= day]
    if not in_force:
        raise Objection(f"No discipline matrix of this agency was in force on {day}, when the incident happened.")
    return max(in_force, key=lambda name: matrices[name].effective)


def level_of(name: str, matrix: Matrix, category: str) -> str:
    """Return the level of a category.

    Raises:
        Objection: the matrix does not know the category.
    """
    if category not in matrix.violations:
        raise Objection(f"The matrix {name!r} has no level for {category!r}; add it to the policy pack.")
    return matrix.violations[category]


def counting(
    earlier: Iterable[EarlierCase], level: str, incident_on: date, look_back_years: int | None
) -> tuple[EarlierCase, ...]:
    """Return the earlier cases that count as priors, the oldest first.

    Those of the same level whose incident lies before this one, and no more than the look-back before it; where the
    source tells no look-back, every earlier one counts.
    """
    since = date.min if look_back_years is None else years_before(incident_on, look_back_years)
    found = (case for case in earlier if case.level == level and since <= case.incident_on < incident_on)
    return tuple(sorted(found, key=lambda case: (case.incident_on, case.number)))


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier; 28 February for 29 February where there was none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def departure(cell: Cell, sanction: Sanction | None) -> Departure:
    """Return how a sanction, or None for no sanction, stands to the range.

    The range goes from mitigated to aggravated. Where the source tells only the presumptive sanction, that is the end
    of the range; where it does not tell that either, the range is open on that side.
    """
    mildest, gravest = cell.mitigated or cell.presumptive, cell.aggravated or cell.presumptive
    if mildest is None and gravest is None:
        return Departure.NO_RANGE
    if mildest is not None and (sanction is None or sanction.gravity() < mildest.gravity()):
        return Departure.BELOW
    if gravest is not None and sanction is not None and sanction.gravity() > gravest.gravity():
        return Departure.ABOVE
    return Departure.WITHIN


def refuse_unfounded(matrix: Matrix, direction: Departure, factors: Iterable[str]) -> None:
    """Refuse factors that the matrix does not have, and a departure without a factor in its direction.

    Raises:
        Malformed: says which factor is unknown, or which could be given.
    """
    given = set(factors)
    if unknown := sorted(given.difference(matrix.aggravating, matrix.mitigating)):
        known = ", ".join((*matrix.aggravating, *matrix.mitigating)) or "none"
        raise Malformed(f"The factor {unknown[0]!r} is not known to the matrix; there is: {known}.")
    fitting = {Departure.ABOVE: matrix.aggravating, Departure.BELOW: matrix.mitigating}.get(direction)
    if fitting is not None and given.isdisjoint(fitting):
        kind = "an aggravating" if direction is Departure.ABOVE else "a mitigating"
        raise Malformed(
            f"The sanction is {direction} the range of the matrix, which takes {kind} factor: {', '.join(fitting)}."
        )
