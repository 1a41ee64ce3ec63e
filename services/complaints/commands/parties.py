"""How staff write down the people in a complaint: added, corrected and identified, and never removed."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from services.complaints import people
from services.complaints.commands.classifying import notice_head
from services.complaints.commands.loading import load
from services.complaints.models import Complaint, Party, PartyCorrection
from services.complaints.shapes.people import CorrectionIn, IdentificationIn, PartyIn
from services.complaints.workflow import COMPLAINT
from shared.actors import Actor
from shared.errors import Malformed, Objection
from shared.events import complaints as events
from shared.events.complaints import PartyRole
from shared.office import Office
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.vault import Vault

MOST = 200
"""People in one complaint; a crowd is described in words."""


def add(session: Session, complaint_id: UUID, said: PartyIn, actor: Actor, now: datetime, office: Office) -> Complaint:
    """Add somebody to the people in a complaint.

    Raises:
        Malformed: what is said does not belong to somebody in this role.
        Objection: the officer is accused already, the actor would accuse themselves, or there are too many people.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "add parties to", actor, now)
    if len(complaint.parties) >= MOST:
        raise Objection(f"A complaint names {MOST} people at most; describe the others in a note.")
    if said.role is PartyRole.ACCUSED_OFFICER and said.officer_id is not None:
        refuse_accusing(complaint, said.officer_id, actor)
        if any(party.officer_id == said.officer_id and party.role is said.role for party in complaint.parties):
            raise Objection("This officer is among the accused of this complaint already.")
    if said.role is PartyRole.WITNESS and said.officer_id is not None and complaint.accuses(said.officer_id):
        raise Objection("This officer is accused in this complaint, and cannot be a witness in it as well.")
    complaint.parties.append(people.written_down(session, complaint, said, office.vault))
    publish(session, complaint, events.PartyAdded(party=said.role, officer_id=said.officer_id), actor)
    notice_head(session, complaint, actor, office.rules)
    return complaint


def correct(
    session: Session, complaint_id: UUID, said: CorrectionIn, actor: Actor, now: datetime, vault: Vault
) -> Complaint:
    """Write down what is known better of somebody; what was said before is kept, sealed where it was.

    Raises:
        NotFound: there is no such party in this complaint.
        Malformed: nothing is corrected, or what is said does not belong to somebody in this role.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "correct parties of", actor, now)
    party = people.party_of(complaint, said.party_id)
    refuse_correction(party, said)
    correction = PartyCorrection(
        id=uuid4(),
        party_id=party.id,
        complaint_id=complaint.id,
        agency=complaint.agency,
        position=complaint.version,
        at=now,
        by=actor.id,
    )
    people.particulars(session, correction, said, vault)
    session.add(correction)
    publish(session, complaint, events.PartyCorrected(party=party.role), actor, why=said.because)
    return complaint


def identify(
    session: Session, complaint_id: UUID, said: IdentificationIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Say which officer an unknown one is; from now on they are accused.

    Raises:
        NotFound: there is no such party in this complaint.
        Malformed: an allegation is not of this complaint, or is against somebody else.
        Objection: the party is no unknown officer, or is known as this one already.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "identify an officer in", actor, now)
    party = people.party_of(complaint, said.party_id)
    if party.role is not PartyRole.UNKNOWN_OFFICER:
        raise Objection(f"Only an unknown officer is identified; this is a party of the role {party.role}.")
    if party.officer_id == said.officer_id:
        raise Objection("The unknown officer was identified as this one already.")
    refuse_accusing(complaint, said.officer_id, actor)
    taken_for, party.officer_id = party.officer_id, said.officer_id
    for allegation_id in set(said.allegations):
        accuse(complaint, allegation_id, said.officer_id, taken_for)
    event = events.OfficerIdentified(
        officer_id=said.officer_id, taken_for=taken_for, allegations=len(set(said.allegations))
    )
    publish(session, complaint, event, actor, why=said.because)
    notice_head(session, complaint, actor, rules)
    return complaint


def accuse(complaint: Complaint, allegation_id: UUID, officer_id: UUID, taken_for: UUID | None) -> None:
    """Let an allegation be against an officer who was unknown, or was taken for another one.

    Raises:
        Malformed: it is not of this complaint, or is against somebody else.
    """
    allegation = next((one for one in complaint.allegations if one.id == allegation_id), None)
    if allegation is None:
        raise Malformed(f"{allegation_id} is no allegation of this complaint.")
    if allegation.officer_id not in (None, taken_for, officer_id):
        raise Malformed(f"The allegation {allegation_id} is against another officer.")
    allegation.officer_id = officer_id


def refuse_accusing(complaint: Complaint, officer_id: UUID, actor: Actor) -> None:
    """Refuse somebody who would go on with a complaint in which they are accused, or were a witness.

    Raises:
        Objection: says that somebody else has to do it, or what to correct first.
    """
    if officer_id == actor.id:
        raise Objection("Whoever is accused in a complaint takes no step on it; somebody else has to add you.")
    if complaint.has_witness(officer_id):
        raise Objection("This officer is a witness in this complaint, and cannot be accused in it as well.")


def refuse_correction(party: Party, said: CorrectionIn) -> None:
    """Refuse a correction of nothing, or of what is not kept of somebody in this role.

    Raises:
        Malformed: says what is missing, or to be left out.
    """
    if not people.fields_of(said, (*people.SEALED, *people.DESCRIBING)):
        raise Malformed("Say what is to be corrected: name, contact, description, unit, vehicle or badge.")
    people.refuse_unfit(party.role, said, minor=party.minor)
