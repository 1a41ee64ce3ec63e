"""The steps of a complaint's life after it was filed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.commands.filing import allegation, refuse_unknown
from services.complaints.findings import charges, counts, gravest, matched
from services.complaints.models import Allegation, Complaint, Part
from services.complaints.shapes import AssignmentIn, ClassificationIn, FindingsIn, HarmReferralIn, ReasonIn
from services.complaints.sight import may_see
from services.complaints.workflow import COMPLAINT
from shared import cases
from shared.actors import Actor
from shared.errors import Malformed, Objection
from shared.events import complaints as events
from shared.outbox import publish
from shared.policy.agency import AgencyRules


def load(session: Session, complaint_id: UUID, actor: Actor) -> Complaint:
    """Return the complaint, locked until the commit.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    return cases.load(session, Complaint, "complaint", complaint_id, lambda complaint: may_see(complaint, actor))


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
    return complaint


def assign(session: Session, complaint_id: UUID, assignment: AssignmentIn, actor: Actor, now: datetime) -> Complaint:
    """Give the case to an investigator, or to another one, who has no conflict of interest.

    Raises:
        Objection: the investigator is accused in this complaint, or has reviewed it.
    """
    complaint = load(session, complaint_id, actor)
    verb = "assign" if complaint.investigator_id is None else "reassign"
    COMPLAINT.advance(complaint, verb, actor, now)
    if assignment.investigator_id in officers(complaint.allegations):
        raise Objection("Whoever is accused in a complaint cannot investigate it; assign somebody else.")
    if complaint.took(assignment.investigator_id, Part.REVIEWED):
        raise Objection("Whoever reviewed a complaint cannot investigate it; assign somebody else.")
    complaint.investigator_id = assignment.investigator_id
    complaint.note(assignment.investigator_id, Part.INVESTIGATED)
    publish(session, complaint, events.ComplaintAssigned(investigator_id=assignment.investigator_id), actor)
    return complaint


def submit(session: Session, complaint_id: UUID, findings: FindingsIn, actor: Actor, now: datetime) -> Complaint:
    """End the investigation with a recommended finding for every allegation."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "submit", actor, now)
    for judged, found in matched(complaint, findings.findings):
        judged.recommended, judged.recommended_because = found.finding, found.because
        judged.reviewed = judged.reviewed_because = None
    complaint.reviewer_id = None
    recommended = counts((judged.category, judged.recommended) for judged in complaint.allegations)
    publish(session, complaint, events.ComplaintInvestigated(recommended=recommended), actor)
    return complaint


def return_to_investigator(
    session: Session, complaint_id: UUID, reason: ReasonIn, actor: Actor, now: datetime
) -> Complaint:
    """Send the investigation back, with the reason."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "return", actor, now)
    complaint.reviewer_id = None
    publish(session, complaint, events.ComplaintReturned(), actor, why=reason.because)
    return complaint


def review(session: Session, complaint_id: UUID, findings: FindingsIn, actor: Actor, now: datetime) -> Complaint:
    """Say what the reviewer finds of every allegation, beside what was recommended."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "review", actor, now)
    for judged, found in matched(complaint, findings.findings):
        judged.reviewed, judged.reviewed_because = found.finding, found.because
    complaint.reviewer_id = actor.id
    complaint.note(actor.id, Part.REVIEWED)
    event = events.ComplaintReviewed(
        reviewed=counts((judged.category, judged.reviewed) for judged in complaint.allegations),
        changed=sum(judged.reviewed != judged.recommended for judged in complaint.allegations),
    )
    publish(session, complaint, event, actor)
    return complaint


def decide(session: Session, complaint_id: UUID, findings: FindingsIn, actor: Actor, now: datetime) -> Complaint:
    """Record the final finding for every allegation, with reasons. Sustained charges go to discipline."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "decide", actor, now)
    for judged, found in matched(complaint, findings.findings):
        judged.finding, judged.finding_because = found.finding, found.because
    outcome = gravest(judged.finding for judged in complaint.allegations)
    if outcome is None:
        raise Malformed("A complaint without allegations cannot be decided.")
    complaint.outcome, complaint.adjudicator_id, complaint.decided_at = outcome, actor.id, now
    event = events.ComplaintDecided(
        findings=counts((judged.category, judged.finding) for judged in complaint.allegations),
        outcome=outcome,
        days_open=(now - complaint.opened_at).days,
        changed=sum(judged.finding != judged.reviewed for judged in complaint.allegations),
        charges=charges(complaint.allegations),
        incident_on=complaint.incident_on,
    )
    publish(session, complaint, event, actor)
    return complaint


def refer_harm(
    session: Session, complaint_id: UUID, referral: HarmReferralIn, actor: Actor, now: datetime
) -> Complaint:
    """Refer the harm behind the complaint to reconciliation; the complaint itself goes on."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "refer harm", actor, now)
    complaint.harm_referred_to = referral.process
    event = events.HarmReferred(
        process=referral.process,
        categories=tuple(sorted({judged.category for judged in complaint.allegations})),
        officer_ids=officers(complaint.allegations),
    )
    publish(session, complaint, event, actor, why=referral.because)
    return complaint


def withdraw(session: Session, complaint_id: UUID, reason: ReasonIn, actor: Actor, now: datetime) -> Complaint:
    """End a complaint at the wish of whoever complained."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "withdraw", actor, now)
    publish(session, complaint, events.ComplaintWithdrawn(), actor, why=reason.because)
    return complaint


def close(session: Session, complaint_id: UUID, reason: ReasonIn, actor: Actor, now: datetime) -> Complaint:
    """Close a decided complaint."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "close", actor, now)
    publish(session, complaint, events.ComplaintClosed(), actor, why=reason.because)
    return complaint


def officers(allegations: Iterable[Allegation]) -> tuple[UUID, ...]:
    """Return the accused officers who are known, each once, in a fixed order."""
    return tuple(sorted({judged.officer_id for judged in allegations if judged.officer_id is not None}))
