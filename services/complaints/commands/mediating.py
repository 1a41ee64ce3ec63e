"""Complaints that are mediated instead of investigated, and what becomes of those that were not mediated after all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.commands.asking import refuse_without_consent
from services.complaints.commands.classifying import officers
from services.complaints.commands.deciding import tell_decided
from services.complaints.commands.ending import end_with
from services.complaints.commands.limits import go_on, stand_still
from services.complaints.commands.loading import load
from services.complaints.commands.reasons import note_reason
from services.complaints.models import Complaint
from services.complaints.shapes.steps import ReasonIn
from services.complaints.workflow import COMPLAINT
from shared.actors import HOUSE, Actor
from shared.events import complaints as events
from shared.events.complaints import Finding, RepairProcess
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.limits import MEDIATION

AGREED = "The parties agreed in mediation."


def send_to_mediation(
    session: Session, complaint_id: UUID, reason: ReasonIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Let the parties mediate what is complained of; reconciliation asks whether they consent, and answers.

    Raises:
        Objection: whoever complained was asked and does not consent, or has not answered.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "send to mediation", actor, now)
    refuse_without_consent(session, complaint, RepairProcess.MEDIATION)
    complaint.harm_referred_to = RepairProcess.MEDIATION
    event = events.HarmReferred(
        process=RepairProcess.MEDIATION,
        categories=tuple(sorted({judged.category for judged in complaint.allegations})),
        officer_ids=officers(complaint.allegations),
    )
    publish(session, complaint, event, actor, why=reason.because)
    note_reason(session, complaint, "send to mediation", reason.because, actor, now)
    stand_still(session, complaint, MEDIATION, actor, now, rules)
    return complaint


def end_mediation(session: Session, complaint: Complaint, now: datetime, rules: AgencyRules, *, agreed: bool) -> None:
    """Let a mediated complaint be decided so, and one that was not mediated go its ordinary way, clock and all."""
    COMPLAINT.advance(complaint, "settle by mediation" if agreed else "take back from mediation", HOUSE, now)
    go_on(session, complaint, MEDIATION, HOUSE, now, rules)
    if agreed:
        end_with(complaint, Finding.MEDIATED, AGREED)
        tell_decided(session, complaint, HOUSE, now, rules)
    else:
        publish(session, complaint, events.MediationFailed(), HOUSE)
