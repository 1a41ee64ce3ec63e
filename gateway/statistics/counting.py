"""Counting the feed: whenever an entry is added, its case is counted anew, in the place of what it added before.

What each case adds is kept beside the sums, for it cannot be counted again once values are deleted.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, String, any_, delete, literal, select, text
from sqlalchemy.orm import Session

from gateway.feed.models import Entry, FeedHead
from gateway.statistics.adding import Figures, Told, figures_of, types
from gateway.statistics.models import CountedCase, Counting, Figure
from shared.db import Database
from shared.occasion import Occasion
from shared.tables import plain
from shared.together import insert_all

BATCH = 5_000
"""Entries that are counted in one transaction."""
ADD = text(
    "insert into figure (name, agency, month, keys, value, count)"
    " select :name, :agency, :month, :keys, :value, :count"
    " on conflict (name, agency, month, keys, value) do update set count = figure.count + excluded.count"
)
COLUMNS = (
    *(Entry.index, Entry.type, Entry.agency, Entry.reference),
    *(Entry.day, Entry.fields, Entry.corrects, Entry.expunged_by),
)


def count_all(database: Database) -> int:
    """Count every entry that is not counted yet, in transactions of their own, and say how many those were."""
    counted = 0
    while some := count_some(database):
        counted += some
    return counted


def count_some(database: Database, most: int = BATCH) -> int:
    """Count the next entries, and say how many; all of them anew when the feed has been built anew and is shorter."""
    with database.transaction(Occasion(service=database.service, agency="")) as session:
        head = session.scalars(select(Counting).with_for_update()).one()
        length = session.scalars(select(FeedHead.next_index)).one()
        if length < head.next_index:
            session.execute(delete(Figure))
            session.execute(delete(CountedCase))
            head.next_index = 0
        end = min(length, head.next_index + most)
        counted, head.next_index = end - head.next_index, end
        new = select(Entry.reference).where(Entry.index >= end - counted, Entry.index < end, Entry.type.in_(types()))
        if references := session.scalars(new.distinct()).all():
            count_cases(session, sorted(references), end)
        return counted


def count_cases(session: Session, references: Sequence[str], end: int) -> None:
    """Count these cases by their entries before `end`, in the place of what they added before."""
    wanted = any_(literal(references, ARRAY(String)))
    before = select(CountedCase.figures).where(CountedCase.reference == wanted)
    changes: Figures = Counter()
    for kept in session.scalars(before):
        changes.subtract(read(kept))
    session.execute(delete(CountedCase).where(CountedCase.reference == wanted))
    cases: dict[str, list[Told]] = defaultdict(list)
    asked = select(*COLUMNS).where(Entry.reference == wanted, Entry.index < end, Entry.type.in_(types()))
    for one in session.execute(asked.order_by(Entry.index)):
        cases[one.reference].append(Told(*one))
    now = {reference: figures_of(entries) for reference, entries in cases.items()}
    for figures in now.values():
        changes.update(figures)
    _keep(session, now)
    _add(session, changes)


def _keep(session: Session, now: Mapping[str, Figures]) -> None:
    """Keep what each case adds, but for those that add nothing."""
    kept = [
        {"reference": reference, "figures": [[*row, count] for row, count in figures.items()]}
        for reference, figures in now.items()
        if figures
    ]
    insert_all(session, plain(CountedCase), kept)


def read(kept: Sequence[Sequence[Any]]) -> Figures:
    """Return what a case adds, from how it is kept."""
    figures: Figures = Counter()
    for name, agency, month, keys, value, count in kept:
        figures[name, agency, date.fromisoformat(month), tuple(keys), value] = count
    return figures


def _add(session: Session, changes: Figures) -> None:
    named = ("name", "agency", "month", "keys", "value", "count")
    rows = [
        dict(zip(named, (*key[:3], [*key[3]], key[4], count), strict=True)) for key, count in changes.items() if count
    ]
    if rows:
        session.execute(ADD, sorted(rows, key=lambda row: [str(row[name]) for name in named]))
        session.execute(delete(Figure).where(Figure.count == 0))  # else it would tell what there was
