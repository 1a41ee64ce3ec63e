"""How a process begins, and how it ends outside a session."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from services.reconciliation.kinds import KINDS
from services.reconciliation.models import Outcome, Party, Process
from services.reconciliation.shapes.processes import PartyIn, ReasonIn, ScreeningIn
from services.reconciliation.sight import may_see_outcome
from services.reconciliation.workflow import PROCESS
from shared import cases
from shared.actors import HOUSE, Actor
from shared.cases import beginning, next_number
from shared.errors import Objection
from shared.events import reconciliation as events
from shared.events.complaints import HarmReferred
from shared.events.reconciliation import Reported, Side, Verified
from shared.inbox import Told
from shared.outbox import publish
from shared.vault import Vault

LETTER = "H"
"""What a process's number begins with: it is about harm."""


def load(session: Session, process_id: UUID, actor: Actor) -> Process:
    """Return the process, locked until the commit.

    Raises:
        NotFound: there is no such process in this agency, or the actor may not know of it.
    """
    return cases.load(session, Process, PROCESS.noun, process_id, lambda process: may_see_outcome(process, actor))


def open_process(session: Session, referral: HarmReferred, told: Told) -> Process:
    """Open a process for the harm behind a complaint; the officers whom the complaint names are parties at once."""
    process = Process(
        **beginning(session, told.time),
        number=next_number(session, LETTER, told.rules.today(told.time).year),
        kind=referral.process,
        state=PROCESS.start,
        complaint_id=told.case_id,
        exclusions=[],
        parties=[],
    )
    for officer_id in referral.officer_ids:
        add_party(process, Side.OFFICER, officer_id=officer_id)
    session.add(process)
    publish(session, process, events.ProcessReferred(process=process.kind, complaint_id=process.complaint_id), HOUSE)
    return process


def add_party(process: Process, side: Side, **known: Any) -> Party:  # noqa: ANN401 - columns
    """Add a party to `process` and return it."""
    party = Party(
        id=uuid4(), process_id=process.id, agency=process.agency, position=len(process.parties), side=side, **known
    )
    process.parties.append(party)
    return party


def name_party(session: Session, process_id: UUID, said: PartyIn, actor: Actor, now: datetime, vault: Vault) -> Process:
    """Name somebody who is to take part; a name and a contact from the community are sealed.

    Raises:
        Objection: the officer is a party already.
    """
    process = load(session, process_id, actor)
    PROCESS.advance(process, "name party", actor, now)
    if said.officer_id is not None and any(party.officer_id == said.officer_id for party in process.parties):
        raise Objection("This officer is a party already.")
    party = add_party(process, Side.COMMUNITY if said.name else Side.OFFICER, officer_id=said.officer_id)
    if said.name is not None:
        party.sealed_name = vault.seal(session, process.id, sealed_at("name", party.id), said.name)
    if said.contact is not None:
        party.sealed_contact = vault.seal(session, process.id, sealed_at("contact", party.id), said.contact)
    publish(session, process, events.PartyNamed(side=party.side), actor)
    return process


def sealed_at(column: str, party_id: UUID) -> str:
    """Return where a party's sealed value belongs; it opens nowhere else."""
    return f"party.{column}:{party_id}"


def screen(session: Session, process_id: UUID, screening: ScreeningIn, actor: Actor, now: datetime) -> Process:
    """Say whether the harm may be repaired in this way; what bars this kind of process ends it."""
    process = load(session, process_id, actor)
    found = tuple(sorted(set(screening.exclusions)))
    barred_by = tuple(exclusion for exclusion in found if exclusion in KINDS[process.kind].barred_by)
    PROCESS.advance(process, "screen out" if barred_by else "screen", actor, now)
    process.exclusions = [exclusion.value for exclusion in found]
    event = events.ProcessScreened(process=process.kind, suitable=not barred_by, exclusions=found, barred_by=barred_by)
    publish(session, process, event, actor, why=screening.because)
    if barred_by:
        decline(session, process, actor)
    return process


def decline(session: Session, process: Process, actor: Actor) -> None:
    """Note that the process has ended in `declined`, and tell it without the reason."""
    process.outcome = Outcome.DECLINED
    event = events.ProcessDeclined(process=process.kind, complaint_id=process.complaint_id)
    publish(session, process, event, actor)


def return_process(session: Session, process_id: UUID, reason: ReasonIn, actor: Actor, now: datetime) -> Process:
    """Give the harm back to the ordinary process, because no session can be brought about."""
    process = load(session, process_id, actor)
    PROCESS.advance(process, "return", actor, now)
    process.outcome = Outcome.RETURNED
    event = events.ProcessReturned(process=process.kind, complaint_id=process.complaint_id)
    publish(session, process, event, actor, why=reason.because)
    return process


def follow_up(session: Session, process_id: UUID, actor: Actor, now: datetime) -> Process:
    """Note that the parties were asked how it is going; what they answered is not kept."""
    process = load(session, process_id, actor)
    PROCESS.advance(process, "follow up", actor, now)
    publish(session, process, events.ProcessFollowedUp(), actor)
    return process


def close(session: Session, process_id: UUID, actor: Actor, now: datetime) -> Process:
    """Close a process in which every commitment is verified or declined."""
    process = load(session, process_id, actor)
    PROCESS.advance(process, "close", actor, now)
    verified = sum(commitment.verified is Verified.VERIFIED for commitment in process.commitments)
    declined = sum(commitment.reported is Reported.DECLINED for commitment in process.commitments)
    publish(session, process, events.ProcessClosed(process=process.kind, verified=verified, declined=declined), actor)
    return process
