"""What whoever holds the receipt code learns of their case: stages, words that are meant for them, never people."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints.conversations import COMPLAINANT, MESSAGES, REVIEW
from services.complaints.holder import consent, contact, released_reasons, review_until
from services.complaints.models import Complaint, Feedback, ReviewRequest, State
from services.complaints.queries import reading
from services.complaints.shapes.talk import ConsentOut, ReviewOut
from services.complaints.shapes.tracking import StageOut, TrackingOut
from shared import audit, threads
from shared.actors import Actor
from shared.audit import AuditRow
from shared.errors import NotFound
from shared.office import Office
from shared.policy.agency import AgencyRules
from shared.threads import STAFF


def tracking(session: Session, complaint: Complaint, office: Office) -> TrackingOut:
    """Say where a complaint is, and all that whoever holds its receipt code may know and do."""
    asked = consent(session, complaint.id)
    return TrackingOut(
        number=complaint.number,
        public_ref=complaint.public_ref,
        stage=complaint.state,
        received_on=complaint.received_on,
        outcome=complaint.outcome,
        harm_referred_to=complaint.harm_referred_to,
        stages=stages(session, complaint, office.rules),
        contact=contact(complaint, office.rules, complaint.language),
        unread=threads.unread(session, complaint.id, MESSAGES, COMPLAINANT),
        reasons=released_reasons(session, complaint, office),
        mediation=None if asked is None else ConsentOut.model_validate(asked),
        review_until=review_until(complaint, office.rules),
        review=review(session, complaint.id, office),
        feedback_given=session.get(Feedback, complaint.id) is not None,
    )


def stages(session: Session, complaint: Complaint, rules: AgencyRules) -> list[StageOut]:
    """Return the stages that a complaint went through, each with its day; read off the audit, which nobody changes."""
    deeds = select(AuditRow.state, AuditRow.at).where(AuditRow.case_id == complaint.id, AuditRow.state.is_not(None))
    reached = [StageOut(stage=State.RECEIVED, on=complaint.received_on)]
    for state, at in session.execute(deeds.order_by(AuditRow.id)):
        if state != reached[-1].stage:
            reached.append(StageOut(stage=State(str(state)), on=rules.today(at)))
    return reached


def mediation(session: Session, complaint_id: UUID, actor: Actor) -> ConsentOut:
    """Say what whoever complained was last asked about mediation, and answered.

    Raises:
        NotFound: there is no such complaint, they were not asked, or the actor may not know of it.
    """
    asked = consent(session, reading.complaint(session, complaint_id, actor).id)
    if asked is None:
        raise NotFound("Whoever complained was not asked about mediation.")
    return ConsentOut.model_validate(asked)


def review_request(session: Session, complaint_id: UUID, actor: Actor, office: Office) -> ReviewOut:
    """Return the request for a review of a complaint's decision to staff.

    Raises:
        NotFound: there is no such complaint, or no request, or the actor may not know of it.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = review(session, complaint.id, office)
    if found is None:
        raise NotFound("Nobody has requested a review of this decision.")
    audit.record(session, actor, "read request for review", (complaint.id, complaint.version))
    return found


def review(session: Session, complaint_id: UUID, office: Office) -> ReviewOut | None:
    """Return the request for a review, and its answer; None while nobody has requested one."""
    request = session.get(ReviewRequest, complaint_id)
    if request is None:
        return None
    spoken = {one.side: one.text for one in threads.conversation(session, office.vault, complaint_id, REVIEW)}
    return ReviewOut(
        requested_on=request.requested_on,
        because=spoken[COMPLAINANT],
        granted=request.granted,
        answered_on=request.answered_on,
        answer=spoken.get(STAFF),
    )
