"""Entries, figures and values as the pages show them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from gateway.feed.models import Entry
from gateway.feed.sentences import Language, Voice, sentence, tongue
from gateway.portal.catalogue import name_of
from gateway.portal.charts import Bar, Columns, bars, columns
from gateway.statistics.shapes import KeyFiguresOut, TableOut
from shared.policy import Policy
from shared.policy.agency import AgencyRules

FIGURES = (
    "received",
    "decided",
    "sustained",
    "median_days",
    "limits_missed",
    "discipline_final",
    "awards_presented",
    "commitments",
    "commitments_verified",
)


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as a page tells it."""

    entry: Entry
    sentence: str
    agency: str


def told(request: Request, entries: Sequence[Entry], language: Language) -> list[Told]:
    """Return entries with their sentences and the names of their agencies."""
    policy: Policy = request.app.state.policy
    return [Told(one, sentence(one, policy, language), titled(policy, one.agency)) for one in entries]


def titled(policy: Policy, agency: str) -> str:
    """Return an agency's name; of one that is served here no more, its code."""
    rules = policy.agencies.get(agency)
    return rules.agency.title if rules else agency


def figures(found: KeyFiguresOut) -> list[tuple[str, str]]:
    """Return the key figures that there are: what they are called, and their number."""
    said = [(name, getattr(found, name)) for name in FIGURES]
    return [(name, number(value)) for name, value in said if value is not None]


def number(value: float) -> str:
    """Return a number as people read it."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def by_month(received: TableOut, decided: TableOut) -> tuple[list[tuple[str, int, int]], Columns]:
    """Return how many complaints were received and decided in each month, and their chart."""
    first, second = months(received), months(decided)
    rows = [(month, first[month], second[month]) for month in sorted(first | second)]
    return rows, columns(rows)


def months(table: TableOut) -> Counter[str]:
    """Return what a table counts in each month."""
    counted: Counter[str] = Counter()
    for row in table.rows:
        counted[row.month] += row.count
    return counted


def shares(table: TableOut, dimension: str) -> tuple[list[tuple[str, int, str]], Sequence[Bar]]:
    """Return how often each value of a dimension was counted and its share, the most frequent first, and a chart."""
    counted: Counter[str] = Counter()
    for row in table.rows:
        counted[row.labels[dimension]] += row.count
    whole = sum(counted.values())
    rows = [(label, count, f"{100 * count / whole:.0f} %") for label, count in counted.most_common()]
    return rows, bars([(label, count) for label, count, _ in rows])


def written(value: Any, language: Language, rules: AgencyRules | None) -> str:  # noqa: ANN401 - any JSON value
    """Return a value of an entry as people read it, with the words of the agency's own packs."""
    match value:
        case None:
            return "-"
        case bool():
            return {"en": ("no", "yes"), "es": ("no", "sí")}[language][value]
        case list():
            return "; ".join(written(one, language, rules) for one in value) or "-"
        case dict():
            parts = [(name_of(field, language), written(one, language, rules)) for field, one in value.items()]
            return ", ".join(f"{name}: {said}" for name, said in parts)
        case _:
            return str(Voice(language, tongue(language), rules).says(word(str(value), language)))


def word(text: str, language: Language) -> str:
    """Return what people read for a word of the events, where it is the same in all of them."""
    known: Mapping[str, Mapping[str, str]] = tongue(language).words
    return next((said[text] for said in known.values() if text in said), text)
