"""The questions that are asked of the statistics."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.feed.sentences import Language
from gateway.schedule import next_release, today
from gateway.statistics.catalogue import Table, table_called
from gateway.statistics.labels import labels
from gateway.statistics.models import Counting, Figure
from gateway.statistics.shapes import CellOut, KeyFiguresOut, TableOut
from gateway.statistics.tallies import Tally, cells, median
from shared.policy import Policy


async def table(
    session: AsyncSession, policy: Policy, name: str, agency: str | None = None, language: Language = "en"
) -> TableOut:
    """Return a table as the feed stands now, of one agency or of all, ordered by agency, month and keys.

    Raises:
        NotFound: there is no such table.
    """
    wanted = table_called(name)
    found = await _tallies(session, wanted.name, agency)
    per = await _tallies(session, wanted.per, agency) if wanted.per else []
    counted = await session.scalar(select(Counting.next_index))
    return written(wanted, cells(wanted, found, per), counted or 0, policy, language)


def written(table: Table, rows: Sequence[CellOut], entries: int, policy: Policy, language: Language) -> TableOut:
    """Return a table in a language."""
    labelled = [
        row.model_copy(update={"labels": labels(row.keys, policy.agencies.get(row.agency), language)}) for row in rows
    ]
    return TableOut(
        name=table.name,
        title=table.title[language],
        about=table.about[language],
        measure=table.measure,
        dimensions=[*table.dimensions],
        entries=entries,
        rows=labelled,
    )


async def key_figures(session: AsyncSession, agency: str | None = None, day: date | None = None) -> KeyFiguresOut:
    """Return what is told first, of one agency or of all."""
    asked = (
        select(Figure.name, Figure.keys, Figure.value, func.sum(Figure.count))
        .where(*([Figure.agency == agency] if agency else []))
        .group_by(Figure.name, Figure.keys, Figure.value)
    )
    sums: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    days: Counter[int] = Counter()
    for name, keys, value, count in await session.execute(asked):
        sums[name][tuple(keys)] += int(count)
        if name == "days-open":
            days[value] += int(count)
    return _figures(sums, days, day or today())


def _figures(sums: Mapping[str, Counter[tuple[str, ...]]], days: Mapping[int, int], now: date) -> KeyFiguresOut:
    def count(name: str, key: str | None = None) -> int:
        return sum(number for keys, number in sums[name].items() if key is None or key in keys)

    return KeyFiguresOut(
        received=count("complaints-received"),
        decided=count("outcomes"),
        sustained=count("outcomes", "sustained"),
        median_days=median(days),
        limits_missed=count("time-limits"),
        discipline_final=count("discipline"),
        awards_presented=count("awards", "presented"),
        commitments=count("commitments"),
        commitments_verified=count("commitments", "community: verified"),
        next_release=next_release(now),
    )


async def _tallies(session: AsyncSession, name: str, agency: str | None) -> list[Tally]:
    asked = select(Figure.agency, Figure.month, Figure.keys, Figure.value, Figure.count).where(
        Figure.name == name, Figure.count != 0, *([Figure.agency == agency] if agency else [])
    )
    return [
        Tally(agency, month, tuple(keys), value, count)
        for agency, month, keys, value, count in await session.execute(asked)
    ]
