"""The routes of processes."""

from uuid import UUID

from fastapi import APIRouter

from services.reconciliation.commands import commitments, consents, sessions
from services.reconciliation.commands import process as steps
from services.reconciliation.models import State
from services.reconciliation.queries import processes as queries
from services.reconciliation.shapes.processes import (
    AgreementIn,
    OutcomeOut,
    PartyIn,
    ProcessesOut,
    ProcessOut,
    ReasonIn,
    ReleaseIn,
    ReportIn,
    ScreeningIn,
    SessionIn,
    VerificationIn,
)
from services.reconciliation.sight import READERS, STEERS
from services.reconciliation.workflow import PROCESS
from shared.access import CurrentActor, Rules, reads, takes
from shared.app import CaseRoute
from shared.clock import Now
from shared.db import Tx
from shared.pages import Cursor, Limit
from shared.vault import SealedBy

router = APIRouter(prefix="/agencies/{agency}/reconciliation", route_class=CaseRoute, tags=["reconciliation"])


@router.get("", dependencies=[reads("staff and officers list the processes they may know of", *READERS)])
def processes(
    tx: Tx, actor: CurrentActor, state: State | None = None, limit: Limit = 50, after: Cursor = None
) -> ProcessesOut:
    """List processes, the newest first."""
    return queries.processes(tx, actor, state, limit, after)


@router.get("/{process_id}", dependencies=[reads("those who steer a process read it", *STEERS)])
def process(process_id: UUID, tx: Tx, actor: CurrentActor) -> ProcessOut:
    """Return one process."""
    return ProcessOut.model_validate(queries.process(tx, process_id, actor))


@router.get("/{process_id}/outcome", dependencies=[reads("staff and parties read what leaves a process", *READERS)])
def outcome(process_id: UUID, tx: Tx, actor: CurrentActor) -> OutcomeOut:
    """Return what leaves one process: where it is, what came of it, and what was promised."""
    return queries.outcome(tx, process_id, actor)


@router.post("/{process_id}/parties", status_code=201, dependencies=[takes(PROCESS, "name party")])
def name_party(process_id: UUID, party: PartyIn, tx: Tx, actor: CurrentActor, now: Now, vault: SealedBy) -> ProcessOut:
    """Name somebody who is to take part."""
    return ProcessOut.model_validate(steps.name_party(tx, process_id, party, actor, now, vault))


@router.post("/{process_id}/screening", dependencies=[takes(PROCESS, "screen")])
def screen(process_id: UUID, screening: ScreeningIn, tx: Tx, actor: CurrentActor, now: Now) -> ProcessOut:
    """Say whether the harm may be repaired in this way."""
    return ProcessOut.model_validate(steps.screen(tx, process_id, screening, actor, now))


@router.post("/{process_id}/parties/{party_id}/consent", dependencies=[takes(PROCESS, "give consent")])
def give_consent(process_id: UUID, party_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> OutcomeOut:
    """Record that a party consents."""
    return queries.outcome_for(consents.give_consent(tx, process_id, party_id, actor, now), actor)


@router.post("/{process_id}/parties/{party_id}/refusal", dependencies=[takes(PROCESS, "refuse consent")])
def refuse_consent(process_id: UUID, party_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> OutcomeOut:
    """Record that a party does not wish to take part; no reason is asked."""
    return queries.outcome_for(consents.refuse_consent(tx, process_id, party_id, actor, now), actor)


@router.post("/{process_id}/parties/{party_id}/withdrawal", dependencies=[takes(PROCESS, "withdraw consent")])
def withdraw_consent(process_id: UUID, party_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> OutcomeOut:
    """Record that a party takes the consent back; no reason is asked."""
    return queries.outcome_for(consents.withdraw_consent(tx, process_id, party_id, actor, now), actor)


@router.post("/{process_id}/parties/{party_id}/preparation", dependencies=[takes(PROCESS, "prepare party")])
def prepare(process_id: UUID, party_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> ProcessOut:
    """Note that a party was prepared, apart from the others."""
    return ProcessOut.model_validate(consents.prepare(tx, process_id, party_id, actor, now))


@router.post("/{process_id}/schedule", dependencies=[takes(PROCESS, "schedule")])
def schedule(process_id: UUID, meeting: SessionIn, tx: Tx, actor: CurrentActor, now: Now) -> ProcessOut:
    """Set when and where the parties meet and who facilitates, or set it anew."""
    return ProcessOut.model_validate(sessions.schedule(tx, process_id, meeting, actor, now))


@router.post("/{process_id}/session", dependencies=[takes(PROCESS, "hold")])
def hold(process_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> ProcessOut:
    """Start the session."""
    return ProcessOut.model_validate(sessions.hold(tx, process_id, actor, now))


@router.post("/{process_id}/agreement", dependencies=[takes(PROCESS, "agree")])
def agree(process_id: UUID, agreement: AgreementIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> ProcessOut:
    """Record what the parties have signed."""
    return ProcessOut.model_validate(sessions.agree(tx, process_id, agreement, actor, now, rules))


@router.post("/{process_id}/no-agreement", dependencies=[takes(PROCESS, "end without agreement")])
def end_without_agreement(process_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> ProcessOut:
    """Record that the parties did not agree."""
    return ProcessOut.model_validate(sessions.end_without_agreement(tx, process_id, actor, now))


@router.post("/{process_id}/return", dependencies=[takes(PROCESS, "return")])
def return_process(process_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> ProcessOut:
    """Give the harm back to the ordinary process, because no session can be brought about."""
    return ProcessOut.model_validate(steps.return_process(tx, process_id, reason, actor, now))


@router.post("/{process_id}/commitments/{commitment_id}/report", dependencies=[takes(PROCESS, "report commitment")])
def report(process_id: UUID, commitment_id: UUID, said: ReportIn, tx: Tx, actor: CurrentActor, now: Now) -> OutcomeOut:
    """Say for the agency how far a commitment is."""
    return queries.outcome_for(commitments.report(tx, (process_id, commitment_id), said, actor, now), actor)


@router.post(
    "/{process_id}/commitments/{commitment_id}/verification", dependencies=[takes(PROCESS, "verify commitment")]
)
def verify(
    process_id: UUID, commitment_id: UUID, said: VerificationIn, tx: Tx, actor: CurrentActor, now: Now
) -> OutcomeOut:
    """Say for the community whether a commitment was kept."""
    return queries.outcome_for(commitments.verify(tx, (process_id, commitment_id), said, actor, now), actor)


@router.post("/{process_id}/commitments/{commitment_id}/release", dependencies=[takes(PROCESS, "release commitment")])
def release(
    process_id: UUID, commitment_id: UUID, said: ReleaseIn, tx: Tx, actor: CurrentActor, now: Now
) -> OutcomeOut:
    """Publish what a commitment says, in words chosen for it."""
    return queries.outcome_for(commitments.release(tx, (process_id, commitment_id), said, actor, now), actor)


@router.post("/{process_id}/follow-up", dependencies=[takes(PROCESS, "follow up")])
def follow_up(process_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> ProcessOut:
    """Note that the parties were asked afterwards how it is going."""
    return ProcessOut.model_validate(steps.follow_up(tx, process_id, actor, now))


@router.post("/{process_id}/closure", dependencies=[takes(PROCESS, "close")])
def close(process_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> ProcessOut:
    """Close a process in which every commitment is verified or declined."""
    return ProcessOut.model_validate(steps.close(tx, process_id, actor, now))
