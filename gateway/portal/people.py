"""The page of the crossed tables: what people who say something of themselves complained about, year by year."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed.sentences import Language
from gateway.portal.catalogue import PREFIXES, language_of
from gateway.portal.charts import Bar, bars
from gateway.portal.pages import policy_of
from gateway.portal.rendering import page
from gateway.schedule import today
from gateway.statistics.crossing import WORDS
from gateway.statistics.labels import label
from gateway.statistics.models import ReleasedTable
from gateway.statistics.releases import CROSSED, crossed_name, threshold_of
from gateway.statistics.shapes import CrossedOut
from shared.policy import Policy

ANYONE = open_to_all("anyone may read the portal")
YEAR = 4
"""Digits at the end of a table's name."""

Count = int | None
"""None where it is withheld."""


@dataclass(frozen=True, slots=True)
class Row:
    """What people who say one thing of themselves complained about."""

    label: str
    counts: Sequence[Count]
    """One for each column; the last one is the total."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """A table of one agency and year, as the page shows it."""

    attribute: str
    release: int
    name: str
    columns: Sequence[str]
    rows: Sequence[Row]
    chart: Sequence[Bar]
    """Of the totals."""


reading = APIRouter(include_in_schema=False)


@reading.get("/figures/people", dependencies=[ANYONE])
async def people(request: Request, session: Reading, agency: str = "", year: str = "") -> Response:
    """Return the crossed tables of one agency and year: those asked for, or the first and the last there are."""
    policy, language = policy_of(request), language_of(request)
    named = select(ReleasedTable.name).where(ReleasedTable.name.startswith(CROSSED, autoescape=True))
    years = sorted({name[-YEAR:] for name in await session.scalars(named)}, reverse=True)
    wanted = year if year in years else next(iter(years), "")
    tables = await of_year(session, wanted) if wanted else []
    told = [cell.agency for _, content in tables for cell in content.rows if cell.agency in policy.agencies]
    code = agency if agency in policy.agencies else next(iter([*told, *policy.agencies]))
    parts = [shown(*one, policy, code, language) for one in tables]
    return page(
        request,
        "people.html",
        tables=[part for part in parts if part.rows],
        code=code,
        year=wanted,
        years=years,
        threshold=threshold_of(policy, code),
        this_year=today().year,
    )


async def of_year(session: AsyncSession, year: str) -> Sequence[tuple[ReleasedTable, CrossedOut]]:
    """Return the crossed tables of a year, in the order of the form that asks."""
    names = [crossed_name(attribute, int(year)) for attribute in WORDS]
    found = await session.scalars(select(ReleasedTable).where(ReleasedTable.name.in_(names)))
    ordered = sorted(found, key=lambda one: names.index(one.name))
    return [(one, CrossedOut.model_validate_json(one.content)) for one in ordered]


def shown(released: ReleasedTable, content: CrossedOut, policy: Policy, agency: str, language: Language) -> Crossed:
    """Return one agency's part of a released table, with the words that people read."""
    counts: dict[str, dict[str, Count]] = {}
    for cell in content.rows:
        if cell.agency == agency:
            counts.setdefault(cell.said, {})[cell.category] = cell.count
    columns = [*next(iter(counts.values()), {})]
    rules = policy.agencies.get(agency)
    rows = [Row(label("said", said, rules, language), [*of.values()]) for said, of in counts.items()]
    return Crossed(
        attribute=content.attribute,
        release=released.release,
        name=released.name,
        columns=[label("category", column, rules, language) for column in columns],
        rows=rows,
        chart=bars([(row.label, row.counts[-1]) for row in rows]),
    )


router = APIRouter(include_in_schema=False)
for prefix in PREFIXES.values():
    router.include_router(reading, prefix=prefix)
