"""What can be asked about the people in complaints, and about requests to unseal who they are."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints import people
from services.complaints.models import Complaint, Party
from services.complaints.shapes.people import PartiesOut
from services.complaints.shapes.unsealing import UnsealingOut, UnsealingsOut
from services.complaints.sight import may_see_people, may_unseal, unsealed_by
from shared import audit
from shared.actors import Actor
from shared.audit import NO_CASE
from shared.cases import look_up
from shared.errors import NotFound
from shared.unsealing import Answer, Unsealing, unsealings_of

LONGEST_LIST = 200


def parties(session: Session, complaint_id: UUID, actor: Actor) -> PartiesOut:
    """Return the people in a complaint as far as staff see them; that they were read is noted.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = look_up(session, Complaint, "complaint", complaint_id)
    if not may_see_people(complaint, actor):
        raise NotFound("There is no such complaint here.")
    audit.record(session, actor, "read parties", (complaint.id, complaint.version))
    corrected = people.corrections(session, complaint)
    return PartiesOut(parties=[people.as_known(party, corrected[party.id]) for party in complaint.parties])


def unsealings(session: Session, complaint_id: UUID, actor: Actor) -> UnsealingsOut:
    """Return every request to unseal in a complaint, with its answer.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = look_up(session, Complaint, "complaint", complaint_id)
    if not may_unseal(complaint, actor):
        raise NotFound("There is no such complaint here.")
    audit.record(session, actor, "read requests to unseal", (complaint.id, complaint.version))
    parties = {party.id: party for party in complaint.parties}
    return UnsealingsOut(
        unsealings=[_line(asked, parties[asked.subject_id]) for asked in unsealings_of(session, complaint.id)]
    )


def unanswered(session: Session, actor: Actor) -> UnsealingsOut:
    """Return the requests of the agency that wait for a second person, the oldest 200 of them."""
    audit.record(session, actor, "list requests to unseal", NO_CASE)
    found = (
        select(Unsealing, Party)
        .join(Party, Party.id == Unsealing.subject_id)
        .join(Complaint, Complaint.id == Unsealing.case_id)
        .where(Unsealing.state == Answer.ASKED, unsealed_by(actor))
        .order_by(Unsealing.asked_at, Unsealing.id)
        .limit(LONGEST_LIST)
    )
    return UnsealingsOut(unsealings=[_line(asked, party) for asked, party in session.execute(found)])


def _line(asked: Unsealing, party: Party) -> UnsealingOut:
    return UnsealingOut(
        id=asked.id,
        complaint_id=asked.case_id,
        party_id=asked.subject_id,
        party=party.role,
        state=asked.state,
        because=asked.because,
        asked_by=asked.asked_by,
        asked_at=asked.asked_at,
        answered_by=asked.answered_by,
        answered_at=asked.answered_at,
        answered_because=asked.answered_because,
        readable_until=asked.readable_until,
    )
