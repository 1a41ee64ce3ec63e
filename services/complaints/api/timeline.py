"""The route of a complaint's history."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.complaints.api import routes
from services.complaints.queries import timeline as histories
from services.complaints.shapes.timeline import HistoryWanted, TimelineOut
from services.complaints.sight import READERS
from shared.access import CurrentActor, reads
from shared.db import Tx

router = routes()


@router.get("/{complaint_id}/timeline", dependencies=[reads("staff read the complaints they may see", *READERS)])
def timeline(complaint_id: UUID, wanted: Annotated[HistoryWanted, Query()], tx: Tx, actor: CurrentActor) -> TimelineOut:
    """Tell the whole history of a complaint: what was done, when, by whom and why."""
    return histories.timeline(tx, complaint_id, actor, wanted)
