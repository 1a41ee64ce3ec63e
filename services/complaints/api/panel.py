"""The routes by which a panel decides."""

from uuid import UUID

from services.complaints.api import routes
from services.complaints.commands import panel
from services.complaints.queries import course, quoting
from services.complaints.shapes.cases import ComplaintOut
from services.complaints.shapes.panel import VotesOut
from services.complaints.shapes.steps import FindingsIn, ReasonIn
from services.complaints.sight import READERS
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.clock import Now
from shared.db import Tx

router = routes()


@router.post("/{complaint_id}/votes", status_code=201, dependencies=[takes(COMPLAINT, "vote on")])
def vote(complaint_id: UUID, findings: FindingsIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> VotesOut:
    """Vote: a finding for every allegation, with reasons."""
    panel.vote(tx, complaint_id, findings, actor, now, rules)
    return course.votes(tx, complaint_id, actor, rules)


@router.get("/{complaint_id}/votes", dependencies=[reads("staff read the complaints they may see", *READERS)])
def votes(complaint_id: UUID, tx: Tx, actor: CurrentActor, rules: Rules) -> VotesOut:
    """Say how far the panel is and, once it has decided, how its members voted."""
    return course.votes(tx, complaint_id, actor, rules)


@router.post("/{complaint_id}/votes/conclusion", dependencies=[takes(COMPLAINT, "conclude the vote on")])
def conclude(complaint_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> ComplaintOut:
    """Let the findings of the majority be the final ones."""
    return quoting.shown(tx, panel.conclude(tx, complaint_id, reason, actor, now, rules), actor)
