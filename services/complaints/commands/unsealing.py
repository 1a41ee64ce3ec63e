"""How a name or a contact in a complaint is read: one asks with a reason, a second one agrees, and only for a while."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints import people
from services.complaints.conflicts import SAID, standing_conflicts
from services.complaints.models import Complaint, Part, Party
from services.complaints.shapes.unsealing import AnswerIn, UnsealedOut, UnsealingIn
from services.complaints.sight import may_unseal
from shared import cases, unsealing
from shared.actors import Actor, Role
from shared.errors import Objection
from shared.events import complaints as events
from shared.outbox import publish
from shared.unsealing import Unsealing
from shared.vault import Vault


def ask(session: Session, complaint_id: UUID, wanted: UnsealingIn, actor: Actor, now: datetime) -> Complaint:
    """Ask to read the name and the contact of somebody in a complaint.

    Raises:
        NotFound: there is no such complaint or party, or the actor may not know that there is.
        Objection: the actor has a conflict of interest or asked before, or nothing is sealed of this party.
    """
    complaint = load(session, complaint_id, actor)
    refuse_conflicted(complaint, actor)
    party = people.party_of(complaint, wanted.party_id)
    known = people.as_known(party, people.corrections(session, complaint)[party.id])
    if not (known.named or known.reachable):
        raise Objection("Nothing is sealed of this party: neither a name nor a contact was given.")
    unsealing.ask(session, complaint, party.id, actor, now, wanted.because)
    complaint.updated_at = now
    publish(session, complaint, events.UnsealingAsked(party=party.role), actor, why=wanted.because)
    return complaint


def approve(session: Session, complaint_id: UUID, answer: AnswerIn, actor: Actor, now: datetime) -> Complaint:
    """Let whoever asked read, for a while.

    Raises:
        NotFound: there is no such complaint or request, or the actor may not know that there is.
        Objection: the actor asked themselves or has a conflict of interest, or it was answered before.
    """
    complaint, asked, party = _asked(session, complaint_id, answer.unsealing_id, actor)
    refuse_involved(complaint, actor)
    unsealing.approve(asked, actor, now, answer.because)
    complaint.updated_at = now
    event = events.UnsealingApproved(party=party.role, by=keeper(actor))
    publish(session, complaint, event, actor, why=answer.because)
    return complaint


def deny(session: Session, complaint_id: UUID, answer: AnswerIn, actor: Actor, now: datetime) -> Complaint:
    """Leave it sealed.

    Raises:
        NotFound: there is no such complaint or request, or the actor may not know that there is.
        Objection: the actor asked themselves or has a conflict of interest, or it was answered before.
    """
    complaint, asked, party = _asked(session, complaint_id, answer.unsealing_id, actor)
    refuse_involved(complaint, actor)
    unsealing.deny(asked, actor, now, answer.because)
    complaint.updated_at = now
    event = events.UnsealingDenied(party=party.role, by=keeper(actor))
    publish(session, complaint, event, actor, why=answer.because)
    return complaint


def read(
    session: Session, complaint_id: UUID, unsealing_id: UUID, actor: Actor, now: datetime, vault: Vault
) -> UnsealedOut:
    """Return what was asked for; that it was read is told to oversight, each time.

    Raises:
        NotFound: there is no such complaint or request, or the actor may not know that there is.
        Objection: somebody else asked, it was not approved or no longer is, or what was sealed does not open any more.
    """
    complaint, asked, party = _asked(session, complaint_id, unsealing_id, actor)
    refuse_conflicted(complaint, actor)
    unsealing.refuse_reading(asked, actor, now)
    texts = people.opened(session, party, people.corrections(session, complaint)[party.id], vault)
    complaint.updated_at = now
    event = events.UnsealedRead(party=party.role, values=sum(text is not None for text in texts.values()))
    publish(session, complaint, event, actor, why=f"on the request {asked.id}: {asked.because}")
    return UnsealedOut(
        party_id=party.id,
        party=party.role,
        name=texts["name"],
        contact=texts["contact"],
        readable_until=asked.readable_until,
    )


def load(session: Session, complaint_id: UUID, actor: Actor) -> Complaint:
    """Return the complaint, locked until the commit, to somebody who may deal with what is sealed in it.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    return cases.load(session, Complaint, "complaint", complaint_id, lambda complaint: may_unseal(complaint, actor))


def refuse_conflicted(complaint: Complaint, actor: Actor) -> None:
    """Refuse whoever has a conflict of interest; of the accused it is not even told that there is something.

    Raises:
        Objection: names the conflict.
    """
    if complaint.has_witness(actor.id):
        raise Objection("Whoever is a witness in a complaint neither asks to unseal in it nor answers such a request.")
    if kinds := standing_conflicts(complaint, actor.id):
        raise Objection(f"Whoever {SAID[kinds[0]]} neither asks to unseal in a complaint nor answers such a request.")


def refuse_involved(complaint: Complaint, actor: Actor) -> None:
    """Refuse as a second person whoever would agree to what serves their own part in the case.

    Raises:
        Objection: the actor was a witness, or investigated the complaint.
    """
    refuse_conflicted(complaint, actor)
    if complaint.took(actor.id, Part.INVESTIGATED):
        raise Objection("Whoever investigated a complaint does not answer a request to unseal in it.")


def keeper(actor: Actor) -> events.Keeper:
    """Return in which role somebody answers."""
    return "custodian" if actor.has(Role.CUSTODIAN) else "adjudicator"


def _asked(
    session: Session, complaint_id: UUID, unsealing_id: UUID, actor: Actor
) -> tuple[Complaint, Unsealing, Party]:
    complaint = load(session, complaint_id, actor)
    asked = unsealing.unsealing_of(session, complaint, unsealing_id)
    return complaint, asked, people.party_of(complaint, asked.subject_id)
