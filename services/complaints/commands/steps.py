"""The steps of a complaint's life after it was filed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.commands.asking import refuse_without_consent
from services.complaints.commands.classifying import notice_head, officers
from services.complaints.commands.deciding import tell_decided
from services.complaints.commands.ending import end_with
from services.complaints.commands.filing import allegation, refuse_unknown
from services.complaints.commands.limits import go_on, reached, reopened_on
from services.complaints.commands.loading import load
from services.complaints.commands.panel import void_votes
from services.complaints.commands.reasons import note_reason
from services.complaints.findings import counts, matched
from services.complaints.models import Complaint, Part
from services.complaints.shapes.steps import ClassificationIn, FindingsIn, HarmReferralIn, ReasonIn
from services.complaints.workflow import COMPLAINT
from shared import stalls, timelimits
from shared.actors import Actor
from shared.errors import Objection
from shared.events import complaints as events
from shared.events.complaints import Finding, Priority, Track
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.limits import MEDIATION, REFERRAL, Milestone


def classify(
    session: Session,
    complaint_id: UUID,
    classification: ClassificationIn,
    actor: Actor,
    now: datetime,
    rules: AgencyRules,
) -> Complaint:
    """Say what the complaint is about, how it is dealt with, and write down its allegations."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "classify", actor, now)
    if any(entry.officer_id == actor.id for entry in classification.allegations):
        raise Objection("Whoever is accused in a complaint takes no step on it; somebody else has to classify it.")
    categories = [entry.category for entry in classification.allegations]
    refuse_unknown(categories, rules)
    complaint.classification, complaint.track = classification.classification, classification.track
    complaint.priority = classification.priority
    complaint.allegations = [
        allegation(complaint, position, **entry.model_dump())
        for position, entry in enumerate(classification.allegations)
    ]
    event = events.ComplaintClassified(
        classification=classification.classification,
        track=classification.track,
        categories=tuple(categories),
        officer_ids=officers(complaint.allegations),
    )
    publish(session, complaint, event, actor)
    if complaint.priority is not Priority.ROUTINE:
        publish(session, complaint, events.ComplaintPrioritised(priority=complaint.priority), actor)
    notice_head(session, complaint, actor, rules)
    reached(session, complaint, Milestone.CLASSIFIED, rules.today(now), rules)
    return complaint


def submit(
    session: Session, complaint_id: UUID, findings: FindingsIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """End the investigation with a recommended finding for every allegation."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "submit", actor, now)
    for judged, found in matched(complaint, findings.findings):
        judged.recommended, judged.recommended_because = found.finding, found.because
        judged.reviewed = judged.reviewed_because = None
    complaint.reviewer_id = None
    recommended = counts((judged.category, judged.recommended) for judged in complaint.allegations)
    publish(session, complaint, events.ComplaintInvestigated(recommended=recommended), actor)
    reached(session, complaint, Milestone.INVESTIGATED, rules.today(now), rules)
    return complaint


def return_to_investigator(
    session: Session, complaint_id: UUID, reason: ReasonIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Send the investigation back, with the reason; its time limit runs again."""
    complaint = load(session, complaint_id, actor)
    by_supervisor = complaint.track is Track.SUPERVISOR_ACTION
    COMPLAINT.advance(complaint, "return to supervisor" if by_supervisor else "return", actor, now)
    complaint.reviewer_id = None
    void_votes(session, complaint)
    publish(session, complaint, events.ComplaintReturned(), actor, why=reason.because)
    note_reason(session, complaint, "return", reason.because, actor, now)
    timelimits.undo(session, complaint, Milestone.INVESTIGATED, rules, reopened_on(complaint, rules))
    return complaint


def review(
    session: Session, complaint_id: UUID, findings: FindingsIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Say what the reviewer finds of every allegation, beside what was recommended."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "review", actor, now)
    wall.refuse_across(session, complaint, actor.id)
    for judged, found in matched(complaint, findings.findings):
        judged.reviewed, judged.reviewed_because = found.finding, found.because
    complaint.reviewer_id = actor.id
    complaint.note(actor.id, Part.REVIEWED)
    event = events.ComplaintReviewed(
        reviewed=counts((judged.category, judged.reviewed) for judged in complaint.allegations),
        changed=sum(judged.reviewed != judged.recommended for judged in complaint.allegations),
    )
    publish(session, complaint, event, actor)
    reached(session, complaint, Milestone.REVIEWED, rules.today(now), rules)
    return complaint


def decide(
    session: Session, complaint_id: UUID, findings: FindingsIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Record the final finding for every allegation, with reasons. Sustained charges go to discipline.

    Raises:
        Objection: a panel decides in this agency.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "decide", actor, now)
    if rules.agency.panel is not None:
        raise Objection(f"A panel of {rules.agency.panel.members} decides here; vote, and let the panel conclude.")
    wall.refuse_across(session, complaint, actor.id)
    for judged, found in matched(complaint, findings.findings):
        judged.finding, judged.finding_because = found.finding, found.because
    complaint.adjudicator_id = actor.id
    complaint.note(actor.id, Part.DECIDED)
    tell_decided(session, complaint, actor, now, rules)
    return complaint


def refer_harm(
    session: Session, complaint_id: UUID, referral: HarmReferralIn, actor: Actor, now: datetime
) -> Complaint:
    """Refer the harm behind the complaint to reconciliation; the complaint itself goes on."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "refer harm", actor, now)
    refuse_without_consent(session, complaint, referral.process)
    complaint.harm_referred_to = referral.process
    event = events.HarmReferred(
        process=referral.process,
        categories=tuple(sorted({judged.category for judged in complaint.allegations})),
        officer_ids=officers(complaint.allegations),
    )
    publish(session, complaint, event, actor, why=referral.because)
    note_reason(session, complaint, "refer harm", referral.because, actor, now)
    return complaint


def withdraw(
    session: Session, complaint_id: UUID, reason: ReasonIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """End a complaint at the wish of whoever complained."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "withdraw", actor, now)
    end_with(complaint, Finding.WITHDRAWN, reason.because)
    publish(session, complaint, events.ComplaintWithdrawn(), actor, why=reason.because)
    note_reason(session, complaint, "withdraw", reason.because, actor, now)
    for ground in (MEDIATION, REFERRAL):
        go_on(session, complaint, ground, actor, now, rules)
    timelimits.end(session, complaint, rules.today(now))
    stalls.settle(session, complaint.id, now)
    return complaint


def close(
    session: Session, complaint_id: UUID, reason: ReasonIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Close a decided complaint."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "close", actor, now)
    complaint.closed_on = rules.today(now)
    publish(session, complaint, events.ComplaintClosed(), actor, why=reason.because)
    note_reason(session, complaint, "close", reason.because, actor, now)
    reached(session, complaint, Milestone.CLOSED, rules.today(now), rules)
    timelimits.end_news(session, complaint, rules.today(now), rules)
    return complaint
