"""Complaints that somebody outside deals with, and how they come back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints.commands.assigning import take_from
from services.complaints.commands.deciding import tell_decided
from services.complaints.commands.ending import end_with, settle_ended
from services.complaints.commands.limits import go_on, reached, reopened_on, stand_still
from services.complaints.commands.loading import load
from services.complaints.commands.panel import void_votes
from services.complaints.commands.reasons import note_reason
from services.complaints.findings import matched
from services.complaints.models import Complaint, Part, Referral
from services.complaints.shapes.course import ReferralIn, ReferralReturnIn
from services.complaints.shapes.steps import FindingIn, ReasonIn
from services.complaints.workflow import COMPLAINT
from shared import timelimits
from shared.actors import Actor
from shared.errors import Objection
from shared.events import complaints as events
from shared.events.complaints import Finding
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.limits import REFERRAL, Milestone


def refer_out(
    session: Session, complaint_id: UUID, referral: ReferralIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Give a complaint to somebody outside; one about the head of the agency to the authority that its policy names.

    Raises:
        Objection: it is about the head of the agency and was to go to somebody else.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "refer out", actor, now)
    authority = rules.agency.outside_authority
    if complaint.about_head and referral.authority not in (None, authority):
        raise Objection(f"A complaint about the head of the agency goes to the {authority}; refer it there.")
    given = {"authority": referral.authority or authority, "because": referral.because}
    session.add(
        Referral(complaint_id=complaint.id, agency=complaint.agency, **given, referred_by=actor.id, referred_at=now)
    )
    take_from(session, complaint, now)
    complaint.reviewer_id = None
    void_votes(session, complaint)
    publish(session, complaint, events.ReferredOut(about_head=complaint.about_head), actor, why=referral.because)
    note_reason(session, complaint, "refer out", referral.because, actor, now)
    stand_still(session, complaint, REFERRAL, actor, now, rules)
    return complaint


def take_back(
    session: Session, complaint_id: UUID, said: ReferralReturnIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Take a complaint back from outside.

    With findings it is reviewed here, or decided if nobody here may; without, it goes its ordinary way. Its time limits
    go on.
    """
    complaint = load(session, complaint_id, actor)
    verb = "take over findings of" if said.findings else "take back"
    if said.findings and complaint.about_head:
        verb = "record the outside decision on"
    COMPLAINT.advance(complaint, verb, actor, now)
    _note_return(session, complaint, said.outcome, now)
    returned = events.ReferralReturned(with_findings=bool(said.findings))
    publish(session, complaint, returned, actor, why=said.outcome)
    note_reason(session, complaint, verb, said.outcome, actor, now)
    go_on(session, complaint, REFERRAL, actor, now, rules)
    if said.findings:
        _take_over(session, complaint, said.findings, actor, now, rules)
    else:
        timelimits.undo(session, complaint, Milestone.INVESTIGATED, rules, reopened_on(complaint, rules))
    return complaint


def leave_with_authority(
    session: Session, complaint_id: UUID, reason: ReasonIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """End a complaint here that stays with those outside."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "leave with the authority", actor, now)
    end_with(complaint, Finding.REFERRED, reason.because)
    publish(session, complaint, events.ClosedAsReferred(), actor, why=reason.because)
    note_reason(session, complaint, "leave with the authority", reason.because, actor, now)
    go_on(session, complaint, REFERRAL, actor, now, rules)
    settle_ended(session, complaint, now, rules)
    return complaint


def _note_return(session: Session, complaint: Complaint, outcome: str, now: datetime) -> None:
    away = select(Referral).where(Referral.complaint_id == complaint.id, Referral.returned_at.is_(None))
    for referral in session.scalars(away):
        referral.returned_at, referral.outcome = now, outcome


def _take_over(
    session: Session, complaint: Complaint, findings: list[FindingIn], actor: Actor, now: datetime, rules: AgencyRules
) -> None:
    """Keep the findings of those outside: as the recommended ones, or as the final ones where nobody here decides.

    Whoever writes them down is taken for who investigated, so that somebody else reviews and decides.
    """
    complaint.note(actor.id, Part.INVESTIGATED)
    for judged, found in matched(complaint, findings):
        judged.recommended, judged.recommended_because = found.finding, found.because
        judged.reviewed = judged.reviewed_because = None
        if complaint.about_head:
            judged.finding, judged.finding_because = found.finding, found.because
    reached(session, complaint, Milestone.INVESTIGATED, rules.today(now), rules)
    if complaint.about_head:
        tell_decided(session, complaint, actor, now, rules)
