"""The routes of a complaint's life."""

from uuid import UUID

from services.complaints.api import routes
from services.complaints.commands import steps
from services.complaints.queries import quoting
from services.complaints.shapes.cases import ComplaintOut
from services.complaints.shapes.steps import ClassificationIn, FindingsIn, HarmReferralIn, ReasonIn
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, takes
from shared.clock import Now
from shared.db import Tx

router = routes()


@router.post("/{complaint_id}/classification", dependencies=[takes(COMPLAINT, "classify")])
def classify(
    complaint_id: UUID, classification: ClassificationIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Say what the complaint is about and how it is dealt with."""
    return quoting.shown(tx, steps.classify(tx, complaint_id, classification, actor, now, rules), actor)


@router.post("/{complaint_id}/investigation", dependencies=[takes(COMPLAINT, "submit")])
def submit(
    complaint_id: UUID, findings: FindingsIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Submit the investigation with a recommended finding for every allegation."""
    return quoting.shown(tx, steps.submit(tx, complaint_id, findings, actor, now, rules), actor)


@router.post("/{complaint_id}/return", dependencies=[takes(COMPLAINT, "return")])
def return_to_investigator(
    complaint_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Send the investigation back."""
    return quoting.shown(tx, steps.return_to_investigator(tx, complaint_id, reason, actor, now, rules), actor)


@router.post("/{complaint_id}/review", dependencies=[takes(COMPLAINT, "review")])
def review(
    complaint_id: UUID, findings: FindingsIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Review the investigation."""
    return quoting.shown(tx, steps.review(tx, complaint_id, findings, actor, now, rules), actor)


@router.post("/{complaint_id}/decision", dependencies=[takes(COMPLAINT, "decide")])
def decide(
    complaint_id: UUID, findings: FindingsIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Decide: a finding for every allegation, with reasons."""
    return quoting.shown(tx, steps.decide(tx, complaint_id, findings, actor, now, rules), actor)


@router.post("/{complaint_id}/harm-referral", dependencies=[takes(COMPLAINT, "refer harm")])
def refer_harm(complaint_id: UUID, referral: HarmReferralIn, tx: Tx, actor: CurrentActor, now: Now) -> ComplaintOut:
    """Refer the harm to reconciliation."""
    return quoting.shown(tx, steps.refer_harm(tx, complaint_id, referral, actor, now), actor)


@router.post("/{complaint_id}/withdrawal", dependencies=[takes(COMPLAINT, "withdraw")])
def withdraw(complaint_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> ComplaintOut:
    """Withdraw the complaint at the complainant's wish."""
    return quoting.shown(tx, steps.withdraw(tx, complaint_id, reason, actor, now, rules), actor)


@router.post("/{complaint_id}/closure", dependencies=[takes(COMPLAINT, "close")])
def close(complaint_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> ComplaintOut:
    """Close a decided complaint."""
    return quoting.shown(tx, steps.close(tx, complaint_id, reason, actor, now, rules), actor)
