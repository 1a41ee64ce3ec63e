"""What whoever complained is asked, and what they ask for: mediation, feedback, a review of the decision."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.commands.loading import load
from services.complaints.conversations import COMPLAINANT, FEEDBACK, REVIEW
from services.complaints.holder import consent, review_until
from services.complaints.models import Complaint, Feedback, MediationConsent, ReviewRequest
from services.complaints.shapes.talk import ConsentIn, FeedbackIn, ReviewAnswerIn, ReviewRequestIn
from services.complaints.sight import HOLDER
from services.complaints.workflow import COMPLAINT
from shared import threads
from shared.actors import Actor
from shared.errors import Objection
from shared.events import complaints as events
from shared.events.complaints import RepairProcess
from shared.office import Office
from shared.outbox import publish
from shared.threads import STAFF, Words


def ask_about_mediation(session: Session, complaint_id: UUID, actor: Actor, now: datetime) -> Complaint:
    """Ask whoever complained whether they consent to mediation; asked again, an earlier answer no longer counts.

    Raises:
        Objection: they were asked and have not answered yet, or hold no receipt code to answer with.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "ask about mediation of", actor, now)
    if complaint.receipt_hash is None:
        raise Objection("Nobody holds a receipt code for this complaint, so nobody could answer.")
    before = consent(session, complaint.id)
    if before is not None and before.consents is None:
        raise Objection("Whoever complained was asked already and has not answered yet.")
    asked = MediationConsent(complaint_id=complaint.id, agency=complaint.agency, asked_by=actor.id, asked_at=now)
    session.add(asked)
    publish(session, complaint, events.MediationAsked(), actor)
    return complaint


def answer_about_mediation(session: Session, complaint_id: UUID, answer: ConsentIn, now: datetime) -> Complaint:
    """Consent to mediation or not, or change one's mind, until the harm is referred.

    Raises:
        Objection: nobody has asked, or it was answered so already.
    """
    complaint = load(session, complaint_id, HOLDER)
    COMPLAINT.advance(complaint, "answer about mediation of", HOLDER, now)
    asked = consent(session, complaint.id)
    if asked is None:
        raise Objection("You were not asked about mediation; write a message if you wish for it.")
    if asked.consents is answer.consents:
        raise Objection("You have answered so already; it is noted.")
    asked.consents, asked.answered_at = answer.consents, now
    publish(session, complaint, events.MediationAnswered(consents=answer.consents), HOLDER)
    return complaint


def refuse_without_consent(session: Session, complaint: Complaint, process: RepairProcess) -> None:
    """Refuse a mediation about which whoever complained was asked and to which they have not consented.

    Raises:
        Objection: says what is missing.
    """
    asked = consent(session, complaint.id) if process is RepairProcess.MEDIATION else None
    if asked is not None and asked.consents is None:
        raise Objection("Whoever complained was asked about mediation and has not answered yet.")
    if asked is not None and not asked.consents:
        raise Objection("Whoever complained does not consent to mediation; repair the harm in another way.")


def give_feedback(
    session: Session, complaint_id: UUID, feedback: FeedbackIn, now: datetime, office: Office
) -> Complaint:
    """Say at the end how one was treated, once.

    Raises:
        Objection: it was said already.
    """
    complaint = load(session, complaint_id, HOLDER)
    COMPLAINT.advance(complaint, "give feedback on", HOLDER, now)
    if session.get(Feedback, complaint.id) is not None:
        raise Objection("You have given feedback on this complaint already; thank you.")
    scores = feedback.model_dump(exclude={"text"})
    session.add(Feedback(complaint_id=complaint.id, agency=complaint.agency, given_at=now, **scores))
    if feedback.text is not None:
        words = Words(COMPLAINANT, HOLDER.id, feedback.text, now)
        threads.say(session, office.vault, complaint, FEEDBACK, words)
    publish(session, complaint, events.FeedbackGiven(), HOLDER)
    return complaint


def request_review(
    session: Session, complaint_id: UUID, request: ReviewRequestIn, now: datetime, office: Office
) -> Complaint:
    """Request that the decision be looked at again, once, within the agency's time.

    Raises:
        Objection: there is no review, its time has passed, or it was requested already.
    """
    complaint = load(session, complaint_id, HOLDER)
    COMPLAINT.advance(complaint, "request a review of", HOLDER, now)
    today, until = office.rules.today(now), review_until(complaint, office.rules)
    if until is None:
        raise Objection("There is no review of decisions within this agency.")
    if session.get(ReviewRequest, complaint.id) is not None:
        raise Objection("A review of this decision was requested already; it can be requested once.")
    if today > until:
        said = "A review could be requested until {until}; write a message if there is something new."
        raise Objection(said, until=until)
    session.add(ReviewRequest(complaint_id=complaint.id, agency=complaint.agency, requested_on=today))
    words = Words(COMPLAINANT, HOLDER.id, request.because, now)
    threads.say(session, office.vault, complaint, REVIEW, words)
    publish(session, complaint, events.ReviewRequested(), HOLDER)
    return complaint


def answer_review_request(
    session: Session, complaint_id: UUID, answer: ReviewAnswerIn, actor: Actor, now: datetime, office: Office
) -> Complaint:
    """Grant a review or not, with reasons; granted, the complaint can be reopened by those who may.

    Raises:
        Objection: no review was requested, or it is answered.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "answer the request to review", actor, now)
    request = session.get(ReviewRequest, complaint.id)
    if request is None:
        raise Objection("Nobody has requested a review of this decision.")
    if request.granted is not None:
        raise Objection("The request for a review of this decision is answered already.")
    request.granted, request.answered_by, request.answered_on = answer.granted, actor.id, office.rules.today(now)
    threads.say(session, office.vault, complaint, REVIEW, Words(STAFF, actor.id, answer.because, now))
    publish(session, complaint, events.ReviewAnswered(granted=answer.granted), actor)
    return complaint
