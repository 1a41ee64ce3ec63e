"""The routes by which staff find and read complaints."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.complaints.api import routes
from services.complaints.queries import quoting, reading
from services.complaints.shapes.cases import ComplaintOut
from services.complaints.shapes.lists import ComplaintsOut, Wanted
from services.complaints.sight import READERS
from shared.access import CurrentActor, Rules, reads
from shared.clock import Now
from shared.db import Tx

router = routes()


@router.get("", dependencies=[reads("staff list the complaints they may see", *READERS)])
def complaints(
    wanted: Annotated[Wanted, Query()], tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintsOut:
    """List complaints, those received last first."""
    return reading.complaints(tx, actor, wanted, rules.today(now), rules)


@router.get("/{complaint_id}", dependencies=[reads("staff read the complaints they may see", *READERS)])
def complaint(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> ComplaintOut:
    """Return one complaint."""
    return quoting.shown(tx, reading.complaint(tx, complaint_id, actor), actor)
