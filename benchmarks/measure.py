"""How anything is measured here: in interleaved rounds, told as medians, with how far the rounds lie apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


class CannotMeasureError(Exception):
    """A part is missing or does not answer; the message is a sentence for whoever runs the benchmark."""


def interleaved(contestants: Mapping[str, Callable[[], T]], rounds: int) -> Mapping[str, list[T]]:
    """Let each contestant run once in every round, and begin every round with another one.

    What else happens on the machine then troubles all of them alike.
    """
    names = list(contestants)
    found: dict[str, list[T]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(contestants[name]())
    return found


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest of `values` that at least `part` (above 0, up to 1) of them do not exceed."""
    ordered = sorted(values)
    place = max(0, -int(-part * len(ordered) // 1) - 1)
    return ordered[place]


def spread(values: Sequence[float]) -> float:
    """Return how far the rounds lie apart: (largest - smallest) / median."""
    return (max(values) - min(values)) / median(values)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How ours compares with a baseline, round by round."""

    ours: float
    """Median of the rounds; the same for `baseline`."""
    baseline: float
    ratio: float
    """Median of the rounds' own ratios, which is what noise troubles least."""
    spread: float
    """Of those ratios."""


def compared(ours: Sequence[float], baseline: Sequence[float]) -> Ratio:
    """Compare what was measured in the same rounds."""
    ratios = [one / other for one, other in zip(ours, baseline, strict=True)]
    return Ratio(median(ours), median(baseline), median(ratios), spread(ratios))
