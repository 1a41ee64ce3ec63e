"""Letters to whoever complained: drafted, approved by a second person, sent or handed to the post."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.addressee import reachable
from services.complaints.commands.limits import keep_duty, lacks_outcome
from services.complaints.commands.loading import load
from services.complaints.holder import contact, released_reasons, review_until
from services.complaints.models import Complaint
from services.complaints.shapes.letters import LetterIn
from services.complaints.shapes.limits import ContactIn
from services.complaints.workflow import COMPLAINT, LETTER
from shared import letters
from shared.actors import Actor
from shared.errors import Malformed, Objection
from shared.events import complaints as events
from shared.events.complaints import Means
from shared.events.event import Event
from shared.letters import Letter, LetterState, Sheet, Way
from shared.office import Office
from shared.outbox import publish
from shared.policy.letters import Template, Tongue


def draft(session: Session, complaint_id: UUID, said: LetterIn, actor: Actor, now: datetime, office: Office) -> Letter:
    """Draft a letter from one of the agency's templates; it does not leave before a second person approves it.

    Raises:
        Malformed: there is no such letter, or a blank is missing.
        Objection: there is nobody to write to, no e-mail here, or nothing decided that the letter could tell.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "write to the complainant of", actor, now)
    template = office.rules.letters.letters.get(said.letter)
    if template is None:
        known = ", ".join(office.rules.letters.letters)
        raise Malformed(f"There is no letter {said.letter!r}; there is {known}.")
    if said.way is Way.EMAIL and not office.mails:
        raise Objection("This installation sends no e-mail; write the letter to be sent by mail.")
    if reachable(session, complaint) is None:
        raise Objection("Whoever complained left no contact; write a message, which the receipt code opens.")
    language = said.language or _language(complaint)
    known_blanks = blanks(session, complaint, template, language, now, office)
    subject, body = letters.filled(template, language, known_blanks, said.blanks)
    sheet = Sheet(said.letter, language, said.way, subject, body)
    letter = letters.draft(session, office.vault, complaint, sheet, actor, now)
    publish(session, complaint, events.LetterDrafted(letter=letter.template), actor)
    return letter


def blanks(
    session: Session, complaint: Complaint, template: Template, language: Tongue, now: datetime, office: Office
) -> dict[str, str]:
    """Return what the case fills in.

    Raises:
        Objection: the letter tells what was not decided yet, or reasons that nobody has released.
    """
    rules = office.rules
    known = {
        "agency": rules.agency.title,
        "number": complaint.number,
        "received_on": f"{complaint.received_on}",
        "today": f"{rules.today(now)}",
        "contact": contact(complaint, rules, language),
    }
    if not template.tells_the_outcome:
        return known
    reasons = released_reasons(session, complaint, office)
    if complaint.outcome is None:
        raise Objection("This letter tells the outcome, and the complaint has not been decided.")
    if reasons is None:
        raise Objection("This letter tells the reasons of the decision; release them first.")
    until, pack = review_until(complaint, rules), rules.letters
    review = pack.no_review[language] if until is None else pack.review[language].format(until=until)
    return {**known, "outcome": pack.outcomes[language][complaint.outcome], "reasons": reasons, "review": review}


def approve(session: Session, complaint_id: UUID, letter_id: UUID, actor: Actor, now: datetime) -> Letter:
    """Stand behind a letter that somebody else wrote; one by e-mail is sent from now on."""
    complaint, letter = _in_hand(session, complaint_id, letter_id, actor)
    LETTER.advance(letter, "approve", actor, now)
    letters.approve(letter, actor, now)
    _tell(session, complaint, events.LetterApproved(letter=letter.template), actor, now)
    return letter


def discard(session: Session, complaint_id: UUID, letter_id: UUID, actor: Actor, now: datetime) -> Letter:
    """Let a letter that was drafted not be sent."""
    complaint, letter = _in_hand(session, complaint_id, letter_id, actor)
    LETTER.advance(letter, "discard", actor, now)
    _tell(session, complaint, events.LetterDiscarded(letter=letter.template), actor, now)
    return letter


def put_back(session: Session, complaint_id: UUID, letter_id: UUID, actor: Actor, now: datetime) -> Letter:
    """Send a letter again that had failed, when what was wrong is mended; its words are those that were approved."""
    complaint, letter = _in_hand(session, complaint_id, letter_id, actor)
    LETTER.advance(letter, "put back", actor, now)
    letters.put_back(letter, now)
    _tell(session, complaint, events.LetterPutBack(letter=letter.template), actor, now)
    return letter


def hand_to_the_post(
    session: Session, complaint_id: UUID, letter_id: UUID, actor: Actor, now: datetime, office: Office
) -> Letter:
    """Note that a printed letter has left; what it keeps is kept on this day."""
    complaint, letter = _in_hand(session, complaint_id, letter_id, actor)
    LETTER.advance(letter, "hand to the post", actor, now)
    leaves(session, complaint, letter, actor, now, office)
    return letter


def leaves(session: Session, complaint: Complaint, letter: Letter, actor: Actor, now: datetime, office: Office) -> None:
    """Note that a letter has left, by e-mail or by the post, and what it keeps.

    One that tells an outcome which a reopening has set aside meanwhile keeps nothing, and has left all the same.
    """
    letters.left(letter, now)
    template = office.rules.letters.letters.get(letter.template)
    keeps = template.keeps if template else None
    _tell(session, complaint, events.LetterSent(letter=letter.template, keeps=keeps, tries=letter.tries), actor, now)
    if keeps is None or lacks_outcome(complaint, keeps):
        return
    if COMPLAINT.objection(complaint, "tell the complainant of", actor) is None:
        means = Means.MAIL if letter.state is LetterState.POSTED else Means.EMAIL
        keep_duty(session, complaint, ContactIn(duty=keeps, means=means), actor, now, office.rules)


def _in_hand(session: Session, complaint_id: UUID, letter_id: UUID, actor: Actor) -> tuple[Complaint, Letter]:
    complaint = load(session, complaint_id, actor)
    return complaint, letters.letter_of(session, complaint.id, letter_id)


def _tell(session: Session, complaint: Complaint, event: Event, actor: Actor, now: datetime) -> None:
    complaint.updated_at = now
    publish(session, complaint, event, actor)


def _language(complaint: Complaint) -> Tongue:
    return "es" if complaint.language == "es" else "en"
