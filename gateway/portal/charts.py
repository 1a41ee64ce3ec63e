"""Charts as SVG inside the page: drawn from a table that stands beside them, and readable without colours."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT, LEFT, RIGHT = 640, 200, 34, 60, 16
"""In the units of the drawing; the page scales it to its width."""
MONTHS, WIDEST = 12, 48
WHOLE = 100
"""How long the longest bar is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar that lies on its side, beside its words and its number, which the page writes."""

    label: str
    value: float | None
    """None where it is withheld, and no bar is drawn."""
    length: float
    """Of 100."""


def bars(rows: Sequence[tuple[str, float | None]]) -> Sequence[Bar]:
    """Return a chart of these rows; the longest bar takes all the room that there is."""
    most = max((value for _, value in rows if value is not None), default=0) or 1
    return [Bar(label, value, round(WHOLE * (value or 0) / most, 1)) for label, value in rows]


@dataclass(frozen=True, slots=True)
class Column:
    """One month with two numbers side by side."""

    label: str
    x: float
    first: tuple[float, float, int]
    """Top, height, number."""
    second: tuple[float, float, int]


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of pairs of columns."""

    columns: tuple[Column, ...]
    wide: float
    """Of one column."""
    most: int
    width: int = WIDTH
    height: int = HEIGHT + FOOT
    floor: int = HEIGHT
    left: int = LEFT


def columns(rows: Sequence[tuple[str, int, int]]) -> Columns:
    """Return a chart of the last months: label, and two numbers."""
    shown = rows[-MONTHS:]
    most = max((max(first, second) for _, first, second in shown), default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / max(1, len(shown))
    wide = min(WIDEST, round(step * 0.38, 1))

    def stands(value: int) -> tuple[float, float, int]:
        tall = round((HEIGHT - 20) * value / most, 1)
        return round(HEIGHT - tall, 1), tall, value

    drawn = tuple(
        Column(label, round(LEFT + (place + 0.5) * step - wide, 1), stands(first), stands(second))
        for place, (label, first, second) in enumerate(shown)
    )
    return Columns(drawn, wide, most)
