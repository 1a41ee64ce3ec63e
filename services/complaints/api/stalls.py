"""The routes of complaints in which nothing happens."""

from uuid import UUID

from services.complaints.api import routes
from services.complaints.commands import stalls
from services.complaints.queries import stalls as stall_queries
from services.complaints.shapes.stalls import DelayIn, StalledOut, StallsOut
from services.complaints.sight import READERS
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.clock import Now
from shared.db import Tx

router = routes()


@router.get("/stalled", dependencies=[reads("staff list the complaints they may see", *READERS)])
def stalled(tx: Tx, actor: CurrentActor) -> StalledOut:
    """List the complaints whose alert waits for an answer, the most urgent first."""
    return stall_queries.stalled(tx, actor)


@router.get("/{complaint_id}/stalls", dependencies=[reads("staff read the complaints they may see", *READERS)])
def stalls_of(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> StallsOut:
    """Return every alert of a complaint: since when nothing happened, why, and what was promised."""
    return stall_queries.stalls_of(tx, complaint_id, actor)


@router.post("/{complaint_id}/stalls/answer", dependencies=[takes(COMPLAINT, "explain the delay of")])
def explain_delay(complaint_id: UUID, delay: DelayIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> StallsOut:
    """Say why nothing happens in a complaint, and by when it goes on."""
    stalls.explain_delay(tx, complaint_id, delay, actor, now, rules)
    return stall_queries.stalls_of(tx, complaint_id, actor)
