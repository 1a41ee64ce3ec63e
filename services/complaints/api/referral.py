"""The routes by which a complaint goes to somebody outside, and comes back."""

from uuid import UUID

from services.complaints.api import routes
from services.complaints.commands import referring
from services.complaints.queries import course, quoting
from services.complaints.shapes.cases import ComplaintOut
from services.complaints.shapes.course import ReferralIn, ReferralReturnIn, ReferralsOut
from services.complaints.shapes.steps import ReasonIn
from services.complaints.sight import READERS
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.clock import Now
from shared.db import Tx

router = routes()


@router.post("/{complaint_id}/referral", dependencies=[takes(COMPLAINT, "refer out")])
def refer_out(
    complaint_id: UUID, referral: ReferralIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Give a complaint to somebody outside."""
    return quoting.shown(tx, referring.refer_out(tx, complaint_id, referral, actor, now, rules), actor)


@router.post("/{complaint_id}/referral/return", dependencies=[takes(COMPLAINT, "take back")])
def take_back(
    complaint_id: UUID, said: ReferralReturnIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Take a complaint back, with findings or without."""
    return quoting.shown(tx, referring.take_back(tx, complaint_id, said, actor, now, rules), actor)


@router.post("/{complaint_id}/referral/closure", dependencies=[takes(COMPLAINT, "leave with the authority")])
def leave_with_authority(
    complaint_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """End a complaint here that stays with those outside."""
    return quoting.shown(tx, referring.leave_with_authority(tx, complaint_id, reason, actor, now, rules), actor)


@router.get("/{complaint_id}/referrals", dependencies=[reads("staff read the complaints they may see", *READERS)])
def referrals(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> ReferralsOut:
    """Return everybody outside to whom a complaint was given."""
    return course.referrals(tx, complaint_id, actor)
