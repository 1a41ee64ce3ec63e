"""Counting what people say of themselves against what they complain about. Only counts are kept, and only here.

Each complaint stands in one column: that of everything it is about together. The feed tells of each complaint what it
is about; were it counted once for each category, columns would have people in common, and one would tell of the other.

The feed never has what somebody said of themselves: a single entry would give a cell away. Civilian oversight is told,
and so the gateway hears it on the topic of oversight, adds it up, and forgets it (decision 0024).
"""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.statistics.models import Counting, Crossed
from shared.bus import Bus
from shared.db import Database
from shared.events.complaints import AgeBand, ComplaintImported, ComplaintReceived, Gender, Race, SaidOfThemselves
from shared.events.envelope import Envelope
from shared.events.event import Audience, Code
from shared.outbox import REDUCED
from shared.reader import Reader

GROUP = "crossed statistics"
NOT_SAID = "not said"
TOGETHER = " + "
"""Between the categories of a column."""
COMING_IN = (ComplaintReceived.name, ComplaintImported.name)
"""Events by which a complaint comes into the statistics."""
UNNAMED = "no category"
"""The column of complaints that name none."""
WORDS = {
    attribute: (*(str(one) for one in kind), NOT_SAID)
    for attribute, kind in {"race": Race, "gender": Gender, "age_band": AgeBand}.items()
}
"""Attribute → everything that can be said; a table has a row for each, so that the rows themselves tell nothing."""


class About(BaseModel):
    """What is read of a finding of a record from before this system."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    category: Code


class Received(BaseModel):
    """What is read of a complaint that was received or brought in; the rest falls away."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    categories: tuple[Code, ...] = ()
    findings: tuple[About, ...] = ()
    said: SaidOfThemselves | None = None

    def crossed(self) -> Iterator[tuple[str, str, str]]:
        """Yield attribute, what was said and the column; a complaint that names no category has one, too."""
        named = {*self.categories, *(finding.category for finding in self.findings)}
        column = TOGETHER.join(sorted(named)) or UNNAMED
        for attribute in WORDS:
            said = getattr(self.said, attribute, None)
            yield attribute, NOT_SAID if said is None else str(said), column


def crossing_reader(database: Database, bus: Bus) -> Reader:
    """Return the reader of what only oversight is told; several may run at once."""
    return Reader(database, bus, group=GROUP, topics=(REDUCED[Audience.OVERSIGHT],), apply=count)


def count(session: Session, envelope: Envelope, value: bytes) -> None:
    """Count a complaint that was received or brought in; everything else is passed over.

    A year that is released is closed: what arrives late counts in the first open one, and no released count changes.

    Raises:
        ValidationError: it does not hold what its type promises.
    """
    if envelope.type not in COMING_IN:
        return
    counting = session.scalars(select(Counting).with_for_update()).one()
    year = max(envelope.time.year, counting.closed_year + 1)
    for attribute, said, category in Received.model_validate_json(value).crossed():
        row = {"attribute": attribute, "said": said, "category": category}
        added = insert(Crossed).values(agency=envelope.agency, year=year, count=1, **row)
        key = [Crossed.agency, Crossed.year, Crossed.attribute, Crossed.said, Crossed.category]
        session.execute(added.on_conflict_do_update(index_elements=key, set_={"count": Crossed.count + 1}))
