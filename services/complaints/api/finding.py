"""The routes by which staff take lists along, and look over an officer's history."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import StreamingResponse

from services.complaints.api import routes
from services.complaints.queries import exporting, history, legacy
from services.complaints.shapes.history import OfficerHistoryOut, Page
from services.complaints.shapes.legacy import LegacyOut
from services.complaints.shapes.lists import Sought
from services.complaints.sight import READERS
from shared.access import CurrentActor, Rules, reads
from shared.actors import Role
from shared.clock import Now
from shared.db import Tx

router = routes()

HISTORIANS = (Role.COMMANDER, Role.ADJUDICATOR, Role.AUDITOR, Role.RECORDS)
CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "the complaints, one a line", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@router.get(
    "/export",
    dependencies=[reads("staff take along the complaints they may see", *READERS)],
    response_class=StreamingResponse,
    responses=CSV,
)
def export(
    sought: Annotated[Sought, Query()], tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> StreamingResponse:
    """Return complaints as a table, CSV in UTF-8, those received last first."""
    file = exporting.export(tx, actor, sought, rules.today(now), rules)
    headers = {"Content-Disposition": 'attachment; filename="complaints.csv"'}
    return StreamingResponse(exporting.chunks(file), media_type="text/csv; charset=utf-8", headers=headers)


@router.get(
    "/officers/{officer_id}/history",
    dependencies=[reads("those who judge or keep records look over an officer's history", *HISTORIANS)],
)
def officer_history(
    officer_id: UUID, page: Annotated[Page, Query()], tx: Tx, actor: CurrentActor, rules: Rules
) -> OfficerHistoryOut:
    """List what an officer was accused of, with what was found, those received last first."""
    return history.officer_history(tx, officer_id, actor, page, rules)


@router.get("/{complaint_id}/legacy", dependencies=[reads("staff read the complaints they may see", *READERS)])
def legacy_record(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> LegacyOut:
    """Return what a complaint's record said when it was brought in from the time before this system."""
    return legacy.legacy_record(tx, complaint_id, actor)
