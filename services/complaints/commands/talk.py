"""What staff and whoever complained say to each other about a complaint."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.commands.limits import keep_duty
from services.complaints.commands.loading import load
from services.complaints.conversations import ADDITIONS, COMPLAINANT, MESSAGES, REASONS
from services.complaints.models import Complaint
from services.complaints.shapes.limits import ContactIn as ToldIn
from services.complaints.shapes.talk import AdditionIn, ContactIn, MessageIn, ReasonsIn, SettledIn, StaffMessageIn
from services.complaints.sight import HOLDER
from services.complaints.workflow import COMPLAINT
from shared import threads
from shared.actors import Actor, Role
from shared.errors import Malformed, Objection
from shared.events import complaints as events
from shared.events.complaints import Duty, Means
from shared.office import Office
from shared.outbox import publish
from shared.threads import STAFF, Words


def hear(session: Session, complaint_id: UUID, message: MessageIn, now: datetime, office: Office) -> Complaint:
    """Take a message of whoever holds the receipt code; it waits until staff answer it.

    Raises:
        Objection: ten wait already.
    """
    complaint = load(session, complaint_id, HOLDER)
    COMPLAINT.advance(complaint, "write about", HOLDER, now)
    words = Words(COMPLAINANT, HOLDER.id, message.text, now)
    threads.say(session, office.vault, complaint, MESSAGES, words)
    publish(session, complaint, events.ComplainantWrote(), HOLDER)
    return complaint


def write(
    session: Session, complaint_id: UUID, message: StaffMessageIn, actor: Actor, now: datetime, office: Office
) -> Complaint:
    """Write to whoever holds the receipt code; what it keeps of their due is kept on this day.

    Raises:
        Objection: nobody holds a receipt code, or the outcome is to be told before there is one.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "write to the complainant of", actor, now)
    if complaint.receipt_hash is None:
        raise Objection("Nobody holds a receipt code for this complaint; write a letter.")
    answered = threads.settle(session, complaint.id, MESSAGES, STAFF)
    threads.say(session, office.vault, complaint, MESSAGES, Words(STAFF, actor.id, message.text, now))
    publish(session, complaint, events.StaffWrote(answered=answered), actor)
    if message.keeps is not None:
        told = ToldIn(duty=message.keeps, means=Means.RECEIPT_CODE)
        keep_duty(session, complaint, told, actor, now, office.rules)
    return complaint


def settle(session: Session, complaint_id: UUID, reason: SettledIn, actor: Actor, now: datetime) -> Complaint:
    """Let messages of whoever complained wait no longer, because they need no answer.

    Raises:
        Objection: none waits.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "write to the complainant of", actor, now)
    settled = threads.settle(session, complaint.id, MESSAGES, STAFF)
    if not settled:
        raise Objection("No message of whoever complained waits for an answer.")
    publish(session, complaint, events.MessagesSettled(settled=settled), actor, why=reason.because)
    return complaint


def add(
    session: Session, complaint_id: UUID, addition: AdditionIn, actor: Actor, now: datetime, office: Office
) -> Complaint:
    """Add to what the complaint says; nothing that was said before changes."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "add to", actor, now)
    side = COMPLAINANT if actor.has(Role.COMPLAINANT) else STAFF
    threads.say(session, office.vault, complaint, ADDITIONS, Words(side, actor.id, addition.text, now))
    publish(session, complaint, events.ComplaintAddedTo(), actor)
    return complaint


def name_contact(
    session: Session, complaint_id: UUID, said: ContactIn, actor: Actor, now: datetime, office: Office
) -> Complaint:
    """Name the office that answers for the case; whoever holds the receipt code sees it from now on.

    Raises:
        Malformed: the agency has no such contact.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "name a contact for", actor, now)
    known = office.rules.agency.contacts
    if said.contact not in known:
        raise Malformed(f"The contact {said.contact!r} is not known; there is {', '.join(known)}.")
    complaint.contact = said.contact
    publish(session, complaint, events.ContactNamed(contact=said.contact), actor)
    if complaint.receipt_hash is not None:
        told = ToldIn(duty=Duty.CONTACT_NAMED, means=Means.RECEIPT_CODE)
        keep_duty(session, complaint, told, actor, now, office.rules)
    return complaint


def release_reasons(
    session: Session, complaint_id: UUID, reasons: ReasonsIn, actor: Actor, now: datetime, office: Office
) -> Complaint:
    """Let whoever holds the receipt code read the reasons of the decision, in these words; the last ones hold."""
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "release the reasons of", actor, now)
    threads.say(session, office.vault, complaint, REASONS, Words(STAFF, actor.id, reasons.text, now))
    publish(session, complaint, events.ReasonsReleased(), actor)
    return complaint
