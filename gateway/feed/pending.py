"""Which complaints were received and are not decided yet, as far as the entries of the feed tell.

Kept as entries are appended, so that counting does not read the feed. Legacy records are not counted: where they stand
is not among what is published of them.
"""

from collections.abc import Sequence

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from gateway.feed.acts import Row
from gateway.feed.models import Pending
from shared.events.record import CaseExpunged

BEGINS = frozenset({"complaint.received.v1", "complaint.reopened.v1"})
ENDS = frozenset(
    {
        "complaint.decided.v1",
        "complaint.closed.v1",
        "complaint.withdrawn.v1",
        "complaint.closed_as_duplicate.v1",
        "complaint.closed_administratively.v1",
        "complaint.closed_as_referred.v1",
        CaseExpunged.name,
    }
)
"""What lets a complaint wait for a decision no longer; one that is expunged is counted by its tombstone."""
COLUMNS = {"references": "reference", "agencies": "agency", "days": "day"}
NOTE = text(
    "insert into pending (reference, agency, since)"
    " select * from unnest(cast(:references as text[]), cast(:agencies as text[]), cast(:days as date[]))"
    " on conflict do nothing"
)


def keep_count(session: Session, rows: Sequence[Row]) -> None:
    """Note what the rows that were just appended say of their complaints."""
    last = {row["reference"]: row for row in rows if row["type"] in BEGINS | ENDS and row["expunged_by"] is None}
    ended = [case for case, row in last.items() if row["type"] in ENDS]
    begun = [row for row in last.values() if row["type"] in BEGINS]
    if ended:
        session.execute(delete(Pending).where(Pending.reference.in_(ended)))
    if begun:
        noted = {name: [row[of] for row in begun] for name, of in COLUMNS.items()}
        session.execute(NOTE, noted)
