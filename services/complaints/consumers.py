"""What complaints does when another service speaks."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.models import Complaint
from shared.actors import HOUSE
from shared.cases import load
from shared.events.complaints import HarmAnswered
from shared.events.reconciliation import (
    ProcessAgreed,
    ProcessDeclined,
    ProcessEndedWithoutAgreement,
    ProcessReturned,
)
from shared.inbox import Consumers, Told
from shared.outbox import publish

CONSUMERS = Consumers()


@CONSUMERS.on(ProcessAgreed)
def harm_was_agreed_on(session: Session, agreed: ProcessAgreed, told: Told) -> None:
    """Note that the parties agreed how to repair the harm."""
    note_answer(session, agreed.complaint_id, told, agreed=True)


@CONSUMERS.on(ProcessEndedWithoutAgreement)
def harm_was_not_agreed_on(session: Session, ended: ProcessEndedWithoutAgreement, told: Told) -> None:
    """Note that the parties met and did not agree."""
    note_answer(session, ended.complaint_id, told, agreed=False)


@CONSUMERS.on(ProcessDeclined)
def harm_was_declined(session: Session, declined: ProcessDeclined, told: Told) -> None:
    """Note that the parties did not meet; who did not wish to is not known here."""
    note_answer(session, declined.complaint_id, told, agreed=False)


@CONSUMERS.on(ProcessReturned)
def harm_was_returned(session: Session, returned: ProcessReturned, told: Told) -> None:
    """Note that no session could be brought about."""
    note_answer(session, returned.complaint_id, told, agreed=False)


def note_answer(session: Session, complaint_id: UUID | None, told: Told, *, agreed: bool) -> None:
    """Note on the complaint, whatever its state, how its harm was dealt with; without a complaint nothing is noted.

    Raises:
        NotFound: there is no such complaint in the event's agency.
    """
    if complaint_id is None:
        return
    complaint = load(session, Complaint, "complaint", complaint_id, lambda _: True)
    complaint.harm_agreed = agreed
    complaint.updated_at = max(complaint.updated_at, told.time)
    publish(session, complaint, HarmAnswered(agreed=agreed), HOUSE)
