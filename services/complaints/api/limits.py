"""The routes of time limits."""

from uuid import UUID

from services.complaints.api import routes
from services.complaints.commands import limits
from services.complaints.queries import limits as limit_queries
from services.complaints.shapes.limits import ContactIn, KeptLimitsOut, TimeLimitsOut, TollEndIn, TollIn
from services.complaints.sight import READERS, SEES_ALL
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.clock import Now
from shared.db import Tx

router = routes()


@router.get("/time-limits", dependencies=[reads("staff learn how time limits were kept", *SEES_ALL)])
def kept_limits(tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> KeptLimitsOut:
    """Say of every time limit in how many complaints it was kept."""
    return limit_queries.kept_limits(tx, actor, now, rules)


@router.get("/{complaint_id}/time-limits", dependencies=[reads("staff read the complaints they may see", *READERS)])
def time_limits(complaint_id: UUID, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> TimeLimitsOut:
    """Return every time limit of a complaint, each with the sum that gives its due date, and the toll ledger."""
    return limit_queries.time_limits(tx, complaint_id, actor, now, rules)


@router.post("/{complaint_id}/tolls", status_code=201, dependencies=[takes(COMPLAINT, "move limits of")])
def move_limits(complaint_id: UUID, toll: TollIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> TimeLimitsOut:
    """Let time limits stand still or make them longer, for a ground that the law names."""
    limits.move_limits(tx, complaint_id, toll, actor, now, rules)
    return limit_queries.time_limits(tx, complaint_id, actor, now, rules)


@router.post("/{complaint_id}/tolls/end", dependencies=[takes(COMPLAINT, "move limits of")])
def let_limits_go_on(
    complaint_id: UUID, end: TollEndIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> TimeLimitsOut:
    """Say which was the last day on which time limits stood still."""
    limits.let_limits_go_on(tx, complaint_id, end, actor, now, rules)
    return limit_queries.time_limits(tx, complaint_id, actor, now, rules)


@router.post("/{complaint_id}/contacts", status_code=201, dependencies=[takes(COMPLAINT, "tell the complainant of")])
def tell_complainant(
    complaint_id: UUID, contact: ContactIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> TimeLimitsOut:
    """Note that whoever complained was told what they are owed."""
    limits.tell_complainant(tx, complaint_id, contact, actor, now, rules)
    return limit_queries.time_limits(tx, complaint_id, actor, now, rules)
