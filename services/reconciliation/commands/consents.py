"""Consent and preparation, party by party. No reason is asked of anybody who does not wish to take part."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.reconciliation.commands.process import decline, load
from services.reconciliation.models import Consent, Party, Process
from services.reconciliation.workflow import PROCESS, consent_missing, party_of, preparation_missing
from shared.actors import Actor
from shared.errors import NotFound, Objection
from shared.events import reconciliation as events
from shared.outbox import publish


def give_consent(session: Session, process_id: UUID, party_id: UUID, actor: Actor, now: datetime) -> Process:
    """Record that a party consents; with the last one the consents are complete.

    Raises:
        Objection: the party has consented before.
    """
    process, party = answering(session, process_id, party_id, actor)
    PROCESS.advance(process, "give consent", actor, now)
    if party.consent is Consent.GIVEN:
        raise Objection("This party has consented already.")
    answer(party, Consent.GIVEN, now)
    complete = consent_missing(process, actor) is None
    if complete:
        PROCESS.advance(process, "complete consents", actor, now)
    publish(session, process, events.ConsentGiven(side=party.side, complete=complete), actor)
    return process


def refuse_consent(session: Session, process_id: UUID, party_id: UUID, actor: Actor, now: datetime) -> Process:
    """Record that a party does not wish to take part, which ends the process.

    Raises:
        Objection: the party has consented before; that is withdrawn, not refused.
    """
    process, party = answering(session, process_id, party_id, actor)
    PROCESS.advance(process, "refuse consent", actor, now)
    if party.consent is Consent.GIVEN:
        raise Objection("This party has consented; record a withdrawal.")
    answer(party, Consent.REFUSED, now)
    publish(session, process, events.ConsentRefused(side=party.side), actor)
    decline(session, process, actor)
    return process


def withdraw_consent(session: Session, process_id: UUID, party_id: UUID, actor: Actor, now: datetime) -> Process:
    """Record that a party takes the consent back before the session has started, which ends the process.

    Raises:
        Objection: the party has not consented.
    """
    process, party = answering(session, process_id, party_id, actor)
    PROCESS.advance(process, "withdraw consent", actor, now)
    if party.consent is not Consent.GIVEN:
        raise Objection("This party has given no consent that could be withdrawn; record a refusal.")
    answer(party, Consent.WITHDRAWN, now)
    publish(session, process, events.ConsentWithdrawn(side=party.side), actor)
    decline(session, process, actor)
    return process


def prepare(session: Session, process_id: UUID, party_id: UUID, actor: Actor, now: datetime) -> Process:
    """Note that a party was prepared, apart from the others; with the last one the preparation is complete.

    Raises:
        NotFound: the process has no such party.
        Objection: the party was prepared before.
    """
    process = load(session, process_id, actor)
    party = found(process, party_id)
    PROCESS.advance(process, "prepare party", actor, now)
    if party.prepared_at is not None:
        raise Objection("This party is prepared already.")
    party.prepared_at = now
    complete = preparation_missing(process, actor) is None
    if complete:
        PROCESS.advance(process, "complete preparation", actor, now)
    publish(session, process, events.PartyPrepared(side=party.side, complete=complete), actor)
    return process


def answering(session: Session, process_id: UUID, party_id: UUID, actor: Actor) -> tuple[Process, Party]:
    """Return the process, locked, and the party for whom the actor may answer: oneself, or as staff anybody else.

    Raises:
        NotFound: there is no such process or party, or the actor may not know that there is.
        Objection: the actor is another party.
    """
    process = load(session, process_id, actor)
    own = party_of(process, actor)
    party = found(process, party_id)
    if own is not None and own is not party:
        raise Objection("A party answers for themselves only.")
    return process, party


def found(process: Process, party_id: UUID) -> Party:
    """Return a party of the process.

    Raises:
        NotFound: it has no such party.
    """
    party = next((party for party in process.parties if party.id == party_id), None)
    if party is None:
        raise NotFound("There is no such party to this process.")
    return party


def answer(party: Party, consent: Consent, now: datetime) -> None:
    """Note a party's answer."""
    party.consent, party.answered_at = consent, now
