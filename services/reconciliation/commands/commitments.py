"""What becomes of the promises: what the agency says, what the community says, and what is published of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.reconciliation.commands.process import load
from services.reconciliation.models import Commitment, Process
from services.reconciliation.shapes.processes import ReleaseIn, ReportIn, VerificationIn
from services.reconciliation.workflow import PROCESS
from shared.actors import Actor
from shared.errors import NotFound, Objection
from shared.events import reconciliation as events
from shared.events.reconciliation import Reported, Verified
from shared.outbox import publish

Place = tuple[UUID, UUID]
"""The ids of a process and of a commitment in it."""


def report(session: Session, place: Place, said: ReportIn, actor: Actor, now: datetime) -> Process:
    """Say for the agency how far a commitment is; what the community said before stays beside it.

    Raises:
        NotFound: there is no such commitment.
        Objection: the community has verified it.
    """
    process, commitment = _advanced(session, place, "report commitment", actor, now)
    if commitment.verified is Verified.VERIFIED:
        raise Objection("The community has verified this commitment; there is nothing more to report.")
    commitment.reported, commitment.reported_by, commitment.reported_at = said.reported, actor.id, now
    event = events.CommitmentReported(commitment=commitment.fact, reported=said.reported)
    publish(session, process, event, actor)
    return process


def verify(session: Session, place: Place, said: VerificationIn, actor: Actor, now: datetime) -> Process:
    """Say for the community whether a commitment was kept.

    Raises:
        NotFound: there is no such commitment.
        Objection: nothing was reported done, or the actor reported it themselves.
    """
    process, commitment = _advanced(session, place, "verify commitment", actor, now)
    if commitment.reported not in (Reported.DONE, Reported.PARTIALLY_DONE):
        raise Objection("The agency has not reported this commitment as done; there is nothing to verify.")
    if commitment.reported_by == actor.id:
        raise Objection("Whoever reported a commitment may not verify it.")
    commitment.verified, commitment.verified_by, commitment.verified_at = said.verified, actor.id, now
    event = events.CommitmentVerified(commitment=commitment.fact, reported=commitment.reported, verified=said.verified)
    publish(session, process, event, actor)
    return process


def release(session: Session, place: Place, said: ReleaseIn, actor: Actor, now: datetime) -> Process:
    """Publish what a commitment says, in words chosen for it; what was signed stays inside.

    Raises:
        NotFound: there is no such commitment.
    """
    process, commitment = _advanced(session, place, "release commitment", actor, now)
    commitment.released_text = said.text
    publish(session, process, events.CommitmentReleased(commitment=commitment.fact, text=said.text), actor)
    return process


def _advanced(session: Session, place: Place, verb: str, actor: Actor, now: datetime) -> tuple[Process, Commitment]:
    process_id, commitment_id = place
    process = load(session, process_id, actor)
    PROCESS.advance(process, verb, actor, now)
    commitment = next((promised for promised in process.commitments if promised.id == commitment_id), None)
    if commitment is None:
        raise NotFound("There is no such commitment in this process.")
    return process, commitment
