"""The routes by which staff speak with whoever complained."""

from uuid import UUID

from services.complaints.api import routes
from services.complaints.commands import asking, talk
from services.complaints.conversations import ADDITIONS, MESSAGES
from services.complaints.queries import duties, tracking
from services.complaints.queries import talk as questions
from services.complaints.shapes.duties import KeptDutiesOut
from services.complaints.shapes.talk import (
    AdditionIn,
    ConsentOut,
    ContactIn,
    FeedbackCountsOut,
    FeedbackOut,
    MessagesOut,
    ReasonsIn,
    ReviewAnswerIn,
    ReviewOut,
    SettledIn,
    StaffMessageIn,
    UnansweredOut,
)
from services.complaints.sight import READERS, SEES_ALL
from services.complaints.workflow import COMPLAINT, TELLING
from shared.access import CurrentActor, Rules, reads, takes
from shared.actors import Role
from shared.clock import Now
from shared.db import Tx
from shared.office import AtOffice

router = routes()

WRITES = takes(COMPLAINT, "write to the complainant of")
READS = reads("staff read the complaints they may see", *READERS)


@router.get("/unanswered", dependencies=[reads("staff list what waits for their answer", *TELLING)])
def unanswered(tx: Tx, actor: CurrentActor) -> UnansweredOut:
    """List messages and requests of whoever complained that nobody has answered, the longest waiting first."""
    return questions.unanswered(tx, actor)


@router.get("/contact-duties", dependencies=[reads("how duties were kept", *SEES_ALL, Role.OVERSIGHT)])
def contact_duties(tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> KeptDutiesOut:
    """Say how often whoever complained was told in time what they are owed."""
    return duties.kept_duties(tx, actor, now, rules)


@router.get("/feedback", dependencies=[reads("anyone learns how whoever complained was treated", Role.PUBLIC)])
def feedback_counts(tx: Tx) -> FeedbackCountsOut:
    """Count how whoever complained says that they were treated."""
    return questions.feedback_counts(tx)


@router.get("/{complaint_id}/messages", dependencies=[READS])
def messages(complaint_id: UUID, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice) -> MessagesOut:
    """Return the messages between staff and whoever holds the receipt code."""
    return questions.said(tx, complaint_id, MESSAGES, actor, now, office)


@router.post("/{complaint_id}/messages", status_code=201, dependencies=[WRITES])
def write(
    complaint_id: UUID, message: StaffMessageIn, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice
) -> MessagesOut:
    """Write to whoever holds the receipt code."""
    talk.write(tx, complaint_id, message, actor, now, office)
    return questions.said(tx, complaint_id, MESSAGES, actor, now, office)


@router.post("/{complaint_id}/messages/settled", dependencies=[WRITES])
def settle(
    complaint_id: UUID, reason: SettledIn, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice
) -> MessagesOut:
    """Say why messages of whoever complained need no answer."""
    talk.settle(tx, complaint_id, reason, actor, now)
    return questions.said(tx, complaint_id, MESSAGES, actor, now, office)


@router.get("/{complaint_id}/additions", dependencies=[READS])
def additions(complaint_id: UUID, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice) -> MessagesOut:
    """Return what was added to the complaint after it was filed."""
    return questions.said(tx, complaint_id, ADDITIONS, actor, now, office)


@router.post("/{complaint_id}/additions", status_code=201, dependencies=[takes(COMPLAINT, "add to")])
def add(
    complaint_id: UUID, addition: AdditionIn, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice
) -> MessagesOut:
    """Add to the complaint what whoever complained has said since, in their words."""
    talk.add(tx, complaint_id, addition, actor, now, office)
    return questions.said(tx, complaint_id, ADDITIONS, actor, now, office)


@router.post("/{complaint_id}/contact", dependencies=[takes(COMPLAINT, "name a contact for")])
def name_contact(
    complaint_id: UUID, contact: ContactIn, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice
) -> ContactIn:
    """Name the office that answers for the case."""
    talk.name_contact(tx, complaint_id, contact, actor, now, office)
    return contact


@router.post("/{complaint_id}/reasons", status_code=201, dependencies=[takes(COMPLAINT, "release the reasons of")])
def release_reasons(
    complaint_id: UUID, reasons: ReasonsIn, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice
) -> ReasonsIn:
    """Release the reasons of the decision, as whoever complained may read them."""
    talk.release_reasons(tx, complaint_id, reasons, actor, now, office)
    return reasons


@router.post(
    "/{complaint_id}/mediation-question", status_code=201, dependencies=[takes(COMPLAINT, "ask about mediation of")]
)
def ask_about_mediation(complaint_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> ConsentOut:
    """Ask whoever complained whether they consent to mediation."""
    asking.ask_about_mediation(tx, complaint_id, actor, now)
    return tracking.mediation(tx, complaint_id, actor)


@router.get("/{complaint_id}/mediation-question", dependencies=[READS])
def mediation(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> ConsentOut:
    """Say whether whoever complained was asked about mediation, and what they answered."""
    return tracking.mediation(tx, complaint_id, actor)


@router.get("/{complaint_id}/review-request", dependencies=[READS])
def review_request(complaint_id: UUID, tx: Tx, actor: CurrentActor, office: AtOffice) -> ReviewOut:
    """Return the request for a review of the decision, and its answer."""
    return tracking.review_request(tx, complaint_id, actor, office)


@router.post("/{complaint_id}/review-request/answer", dependencies=[takes(COMPLAINT, "answer the request to review")])
def answer_review_request(
    complaint_id: UUID, answer: ReviewAnswerIn, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice
) -> ReviewOut:
    """Grant a review of the decision or not, with reasons."""
    asking.answer_review_request(tx, complaint_id, answer, actor, now, office)
    return tracking.review_request(tx, complaint_id, actor, office)


@router.get("/{complaint_id}/feedback", dependencies=[reads("who reads feedback", Role.AUDITOR, Role.LIAISON)])
def feedback(complaint_id: UUID, tx: Tx, actor: CurrentActor, office: AtOffice) -> FeedbackOut:
    """Return what whoever complained said of how they were treated."""
    return questions.feedback(tx, complaint_id, actor, office)
