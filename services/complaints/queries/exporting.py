"""A list of complaints as a table to take along: CSV in UTF-8, under the names that the API has for its columns."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints.models import Complaint
from services.complaints.queries import finding
from services.complaints.shapes.lists import Sought
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.errors import Malformed
from shared.policy.agency import AgencyRules
from shared.spreadsheets import harmless

COLUMNS = (
    "number",
    "state",
    "channel",
    "language",
    "received_on",
    "precision",
    "incident_on",
    "place",
    "classification",
    "track",
    "investigator_id",
    "outcome",
    "closed_on",
    "public_ref",
    "id",
)
"""What is told of a complaint. The narrative stays where its reading is audited case by case."""
MOST = 100_000
"""Complaints in one table."""
BATCH = 1_000
"""Complaints that are held in memory at once."""
IN_MEMORY = 2**20
"""Bytes of a table that are not yet put on disk."""
CHUNK = 2**16


def export(session: Session, actor: Actor, sought: Sought, today: date, rules: AgencyRules) -> IO[bytes]:
    """Return the complaints that are looked for and that the actor may see, as a file to be read from its beginning.

    It is written whole before it leaves, as one moment's state, so that the audit says how many it holds.

    Raises:
        Malformed: nothing can be found that way, or too many would be.
    """
    columns = select(*(getattr(Complaint, name) for name in COLUMNS))
    found, order = finding.chosen(session, columns, sought, actor, today, rules)
    table = found.order_by(*(key.desc() for key in order)).limit(MOST + 1)
    with ExitStack() as until_it_is_whole:
        file: IO[bytes] = until_it_is_whole.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
        with session.execute(table, execution_options={"yield_per": BATCH}) as lines:
            count = _write(file, lines)
        until_it_is_whole.pop_all()
    audit.record(session, actor, "export complaints", NO_CASE, f"{count} complaints: {finding.told(sought) or 'all'}")
    return file


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what is in a file, and close it."""
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _write(file: IO[bytes], lines: Iterable[Any]) -> int:
    """Write a header and the lines, and return how many."""
    text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    table = csv.writer(text)
    table.writerow(COLUMNS)
    count = 0
    for count, line in enumerate(lines, start=1):
        if count > MOST:
            raise Malformed(
                f"These are more than {MOST:,} complaints; ask for fewer at once, such as those of one year."
            )
        table.writerow([harmless(value) for value in line])
    text.detach()
    file.seek(0)
    return count
