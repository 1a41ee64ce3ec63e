"""What a case holds for whoever has its receipt code: an office to ask, reasons, a time for review, a question."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints.conversations import REASONS
from services.complaints.models import Complaint, MediationConsent
from shared import threads
from shared.office import Office
from shared.policy.agency import AgencyRules


def contact(complaint: Complaint, rules: AgencyRules, language: str) -> str:
    """Return the office that answers for a case, in a language that the agency has words in."""
    contacts = rules.agency.contacts
    words = contacts.get(complaint.contact or "") or next(iter(contacts.values()))
    return next((said for tongue, said in words.items() if tongue == language), words["en"])


def released_reasons(session: Session, complaint: Complaint, office: Office) -> str | None:
    """Return the reasons of the decision in the words that were last released."""
    spoken = threads.conversation(session, office.vault, complaint.id, REASONS)
    return spoken[-1].text if spoken else None


def review_until(complaint: Complaint, rules: AgencyRules) -> date | None:
    """Return the last day on which a review can be requested; None before a decision, or where there is none."""
    if complaint.decided_at is None or rules.agency.review_days is None:
        return None
    return rules.today(complaint.decided_at) + timedelta(days=rules.agency.review_days)


def consent(session: Session, complaint_id: UUID) -> MediationConsent | None:
    """Return what whoever complained was last asked about mediation."""
    asked = select(MediationConsent).where(MediationConsent.complaint_id == complaint_id)
    return session.scalar(asked.order_by(MediationConsent.asked_at.desc()).limit(1))
