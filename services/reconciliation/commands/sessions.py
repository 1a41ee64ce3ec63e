"""The session: when and where, that it took place, and what came of it; never what was said."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from services.reconciliation.commands.process import load
from services.reconciliation.models import Commitment, Outcome, Process
from services.reconciliation.shapes.processes import AgreementIn, SessionIn
from services.reconciliation.workflow import PROCESS
from shared.actors import Actor
from shared.errors import Malformed, Objection
from shared.events import reconciliation as events
from shared.outbox import publish
from shared.policy.agency import AgencyRules

EARLY = timedelta(minutes=15)
"""How long before its time a session may start."""


def schedule(session: Session, process_id: UUID, meeting: SessionIn, actor: Actor, now: datetime) -> Process:
    """Set when and where the parties meet and who facilitates, or set it anew.

    Raises:
        Malformed: the time has passed.
        Objection: the facilitator is a party.
    """
    process = load(session, process_id, actor)
    PROCESS.advance(process, "schedule", actor, now)
    if meeting.starts_at <= now:
        raise Malformed(f"The session is said to start at {meeting.starts_at.isoformat()}, which has passed.")
    if any(party.officer_id == meeting.facilitator_id for party in process.parties):
        raise Objection("Whoever is a party to a process cannot facilitate it; ask somebody else.")
    process.facilitator_id, process.starts_at, process.place = meeting.facilitator_id, meeting.starts_at, meeting.place
    event = events.ProcessScheduled(process=process.kind, facilitator_id=meeting.facilitator_id)
    publish(session, process, event, actor)
    return process


def hold(session: Session, process_id: UUID, actor: Actor, now: datetime) -> Process:
    """Start the session; from here on consent is no longer withdrawn, but anybody may leave without agreeing.

    Raises:
        Objection: its time has not come.
    """
    process = load(session, process_id, actor)
    PROCESS.advance(process, "hold", actor, now)
    if process.starts_at is not None and now < process.starts_at - EARLY:
        raise Objection(f"The session starts at {process.starts_at.isoformat()}; to meet earlier, schedule it anew.")
    publish(session, process, events.ProcessHeld(process=process.kind), actor)
    return process


def agree(
    session: Session, process_id: UUID, agreement: AgreementIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Process:
    """Record what the parties have signed.

    Raises:
        Malformed: a commitment was due before today.
    """
    process = load(session, process_id, actor)
    PROCESS.advance(process, "agree", actor, now)
    refuse_past(agreement, rules.today(now))
    process.outcome = Outcome.AGREEMENT
    process.commitments = [
        Commitment(id=uuid4(), process_id=process.id, agency=process.agency, number=number, **promised.model_dump())
        for number, promised in enumerate(agreement.commitments, start=1)
    ]
    event = events.ProcessAgreed(
        process=process.kind,
        commitments=tuple(commitment.fact for commitment in process.commitments),
        complaint_id=process.complaint_id,
    )
    publish(session, process, event, actor)
    return process


def refuse_past(agreement: AgreementIn, today: date) -> None:
    """Refuse a commitment that was due before it was made.

    Raises:
        Malformed: says which one.
    """
    for number, promised in enumerate(agreement.commitments, start=1):
        if promised.due_on < today:
            raise Malformed(f"Commitment {number} is due on {promised.due_on}, which has passed.")


def end_without_agreement(session: Session, process_id: UUID, actor: Actor, now: datetime) -> Process:
    """Record that the parties did not agree; no reason is kept."""
    process = load(session, process_id, actor)
    PROCESS.advance(process, "end without agreement", actor, now)
    process.outcome = Outcome.NO_AGREEMENT
    event = events.ProcessEndedWithoutAgreement(process=process.kind, complaint_id=process.complaint_id)
    publish(session, process, event, actor)
    return process
