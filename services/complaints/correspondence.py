"""What complaints says about its letters to the workers that send them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.addressee import unsealed
from services.complaints.commands import letters as commands
from services.complaints.commands.loading import load
from services.complaints.models import Complaint
from services.complaints.workflow import LETTER
from shared import audit, letters
from shared.events import complaints as events
from shared.letters import Letter, LetterState
from shared.office import Office
from shared.outbox import publish
from shared.post import is_address
from shared.postman import Correspondence, Ended
from shared.sweep import CLOCK


def address(session: Session, complaint_id: UUID, office: Office) -> str | None:
    """Take the address for e-mail out of the vault, and note that it was; None when the contact is none."""
    complaint = session.get_one(Complaint, complaint_id)
    audit.record(session, CLOCK, "unseal contact to send a letter", (complaint.id, complaint.version))
    found = unsealed(session, complaint, office.vault)
    to = found.contact.strip() if found else ""
    return to if is_address(to) else None


def note(session: Session, sent: Letter, ended: Ended, now: datetime, office: Office) -> None:
    """Note that a letter has left, or could not be delivered; whatever became of its case meanwhile."""
    complaint = load(session, sent.case_id, CLOCK)
    letter = letters.letter_of(session, complaint.id, sent.id)
    letter.answer = ended.answer
    if letter.state is not LetterState.APPROVED:
        return
    if ended.sent:
        LETTER.advance(letter, "send", CLOCK, now)
        commands.leaves(session, complaint, letter, CLOCK, now, office)
    else:
        LETTER.advance(letter, "give up", CLOCK, now)
        letter.next_try_at, complaint.updated_at = None, now
        publish(session, complaint, events.LetterFailed(letter=letter.template, tries=letter.tries), CLOCK)


CORRESPONDENCE = Correspondence(address, note)
