"""Releases: on the first day of each month everything is written down as it stands, once, and never changed.

A crossed table covers one year, counted by when a complaint was entered here, and is in one release only, the first
one after that year. So no two releases count the same people, and subtracting one from another gives nothing.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.statistics.catalogue import tables
from gateway.statistics.counting import count_all
from gateway.statistics.crossing import WORDS
from gateway.statistics.models import Counting, Crossed, Figure, Release, ReleasedTable
from gateway.statistics.queries import written
from gateway.statistics.shapes import CrossedCellOut, CrossedOut
from gateway.statistics.suppression import Crossing, folded, suppress
from gateway.statistics.tallies import Tally, cells
from shared.db import Database
from shared.errors import Malformed, NotFound
from shared.occasion import Occasion
from shared.policy import Policy
from shared.policy.agency import Agency

logger = logging.getLogger(__name__)

CROSSED = "complaints-by-"
"""What the names of crossed tables begin with; they end with the year."""
OTHERS = "others"
"""The column of all categories with few complaints."""
STRICTEST = Agency.model_fields["withheld_up_to"].default


def release_if_due(database: Database, policy: Policy, today: date) -> int | None:
    """Make this month's release unless it is there, and return its number."""
    until = today.replace(day=1)
    count_all(database)
    with database.transaction(Occasion(service=database.service, agency="")) as session:
        counting = session.scalars(select(Counting).with_for_update()).one()
        if session.scalar(select(Release.number).where(Release.until == until).limit(1)) is not None:
            return None
        return _write(session, policy, counting, Release(made_on=today, until=until))


def correct(database: Database, policy: Policy, today: date, wrong: int, because: str) -> int:
    """Make a release that puts an earlier one right, and return its number.

    Crossed tables are not made again: two versions of one would tell what is between them.

    Raises:
        NotFound: there is no such release.
        Malformed: it is not said what was wrong.
    """
    if not because.strip():
        raise Malformed("Say what was wrong with the release; it is published.")
    count_all(database)
    with database.transaction(Occasion(service=database.service, agency="")) as session:
        counting = session.scalars(select(Counting).with_for_update()).one()
        before = session.get(Release, wrong)
        if before is None:
            raise NotFound(f"There is no release {wrong}.")
        right = Release(made_on=today, until=before.until, corrects=wrong, because=because)
        return _write(session, policy, counting, right)


def _write(session: Session, policy: Policy, counting: Counting, release: Release) -> int:
    contents = dict(_tables(session, policy, counting.next_index, release.until))
    if release.corrects is None and counting.closed_year < release.until.year - 1:
        years = range(counting.closed_year + 1, release.until.year)
        contents |= _crossed(session, policy, years)
        counting.closed_year = release.until.year - 1
    digests = {name: sha256(content.encode()).hexdigest() for name, content in sorted(contents.items())}
    release.number = (session.scalar(select(func.max(Release.number))) or 0) + 1
    release.entries = counting.next_index
    release.digest = sha256("".join(digests.values()).encode()).hexdigest()
    session.add(release)
    session.flush()
    session.add_all(
        ReleasedTable(release=release.number, name=name, content=contents[name], digest=digest)
        for name, digest in digests.items()
    )
    logger.info("made release %d of the statistics", release.number)
    return release.number


def _tables(session: Session, policy: Policy, entries: int, until: date) -> Iterator[tuple[str, str]]:
    """Yield each table of the feed as JSON, with the months before `until`."""
    asked = select(Figure.name, Figure.agency, Figure.month, Figure.keys, Figure.value, Figure.count)
    asked = asked.where(Figure.month < until, Figure.count != 0)
    tallies: dict[str, list[Tally]] = {name: [] for name in tables()}
    for name, agency, month, keys, value, count in session.execute(asked):
        tallies[name].append(Tally(agency, month, tuple(keys), value, count))
    for name, table in tables().items():
        rows = cells(table, tallies[name], tallies[table.per] if table.per else [])
        yield name, written(table, rows, entries, policy, "en").model_dump_json()


def _crossed(session: Session, policy: Policy, years: range) -> Mapping[str, str]:
    """Return each crossed table of these years as JSON, with what is withheld marked."""
    asked = select(Crossed).where(Crossed.year >= years.start, Crossed.year < years.stop)
    counts: dict[tuple[int, str], dict[str, dict[tuple[str, str], int]]] = {}
    for row in session.scalars(asked.order_by(Crossed.agency, Crossed.category)):
        of_agency = counts.setdefault((row.year, row.attribute), {}).setdefault(row.agency, {})
        of_agency[row.said, row.category] = row.count
    return {
        crossed_name(attribute, year): _shown(year, attribute, by_agency, policy)
        for (year, attribute), by_agency in counts.items()
    }


def crossed_name(attribute: str, year: int) -> str:
    """Return what the crossed table of a year is called."""
    return f"{CROSSED}{attribute.replace('_', '-')}-{year}"


def _shown(year: int, attribute: str, by_agency: Mapping[str, dict[tuple[str, str], int]], policy: Policy) -> str:
    rows = [
        cell
        for agency, counts in by_agency.items()
        for cell in crossed_cells(agency, attribute, counts, threshold_of(policy, agency))
    ]
    return CrossedOut(year=year, attribute=attribute, rows=rows).model_dump_json()


def threshold_of(policy: Policy, agency: str) -> int:
    """Return up to how many people a cell is withheld; the usual for an agency that is no longer served here."""
    rules = policy.agencies.get(agency)
    return int(STRICTEST) if rules is None else rules.agency.withheld_up_to


def crossed_cells(
    agency: str, attribute: str, counts: Mapping[tuple[str, str], int], threshold: int
) -> Iterator[CrossedCellOut]:
    """Yield the cells of one agency's table, also those that are withheld."""
    columns = [*dict.fromkeys(category for _, category in counts)]
    table = folded(Crossing(WORDS[attribute], columns, counts), threshold, OTHERS)
    hidden = suppress(table, threshold)
    for cell in table.cells():
        withheld = cell in hidden
        count = None if withheld else table.value(cell)
        yield CrossedCellOut(agency=agency, said=cell[0], category=cell[1], count=count, withheld=withheld)
