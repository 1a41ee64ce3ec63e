"""The routes on which agency and board meet over the dates of a complaint."""

from services.complaints.api import routes
from services.complaints.commands.dates import acknowledge_dates
from services.complaints.queries import dates as date_queries
from services.complaints.shapes.dates import AcknowledgementIn, DatesOut
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, takes
from shared.clock import Now
from shared.db import Tx

router = routes()
BOTH_SIDES = takes(COMPLAINT, "acknowledge the dates of")


@router.get("/dates/{public_ref}", dependencies=[BOTH_SIDES])
def dates(public_ref: str, tx: Tx, actor: CurrentActor, rules: Rules) -> DatesOut:
    """Return when a complaint was received and when its time limits end, and whether both sides agree."""
    return date_queries.dates(tx, public_ref, actor, rules)


@router.post("/dates/{public_ref}", status_code=201, dependencies=[BOTH_SIDES])
def acknowledge(
    public_ref: str, said: AcknowledgementIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> DatesOut:
    """Say on which dates your side relies; what differs from the record is told to both."""
    acknowledge_dates(tx, public_ref, said, actor, now)
    return date_queries.dates(tx, public_ref, actor, rules)
