"""The routes of commendations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form

from services.recognition import queries
from services.recognition.commands import board, nominating, steps
from services.recognition.models import State
from services.recognition.shapes import (
    BallotIn,
    CommendationOut,
    CommendationsOut,
    IdentificationIn,
    NominationIn,
    PresentationIn,
    ReasonIn,
    ThankedOut,
    ThanksForm,
    ThanksIn,
)
from services.recognition.sight import READERS
from services.recognition.workflow import COMMENDATION, release_verb
from shared.access import CurrentActor, Rules, reads, takes
from shared.actors import Role
from shared.app import CaseRoute
from shared.clock import Now
from shared.db import Tx
from shared.pages import Cursor, Limit
from shared.vault import SealedBy

router = APIRouter(prefix="/agencies/{agency}/commendations", route_class=CaseRoute, tags=["commendations"])

MEMBERS = reads("supervisors and officers nominate", Role.SUPERVISOR, Role.OFFICER)
ANYONE = reads("anyone may say thank you", Role.PUBLIC)


@router.post("", status_code=201, dependencies=[MEMBERS])
def nominate(
    nomination: NominationIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules, vault: SealedBy
) -> CommendationOut:
    """Nominate somebody for an award."""
    return CommendationOut.model_validate(nominating.nominate(tx, nomination, actor, now, rules, vault))


@router.post("/thanks", status_code=201, dependencies=[ANYONE])
def thank(thanks: ThanksIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules, vault: SealedBy) -> ThankedOut:
    """Thank an officer; named or anonymous, with or without an account."""
    return ThankedOut.model_validate(nominating.thank(tx, thanks, actor, now, rules, vault))


@router.post("/thanks/form", status_code=201, dependencies=[ANYONE])
def thank_by_form(
    form: Annotated[ThanksForm, Form()], tx: Tx, actor: CurrentActor, now: Now, rules: Rules, vault: SealedBy
) -> ThankedOut:
    """Thank an officer from a web form."""
    return thank(nominating.form_thanks(form), tx, actor, now, rules, vault)


@router.get("", dependencies=[reads("members list the commendations they may see", *READERS)])
def commendations(
    tx: Tx, actor: CurrentActor, state: State | None = None, limit: Limit = 50, after: Cursor = None
) -> CommendationsOut:
    """List commendations, the newest first."""
    return queries.commendations(tx, actor, state, limit, after)


@router.get("/{commendation_id}", dependencies=[reads("members read the commendations they may see", *READERS)])
def commendation(commendation_id: UUID, tx: Tx, actor: CurrentActor) -> CommendationOut:
    """Return one commendation."""
    return CommendationOut.model_validate(queries.commendation(tx, commendation_id, actor))


@router.post("/{commendation_id}/identification", dependencies=[takes(COMMENDATION, "identify")])
def identify(
    commendation_id: UUID, identification: IdentificationIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> CommendationOut:
    """Say which officer the public thanks."""
    return CommendationOut.model_validate(steps.identify(tx, commendation_id, identification, actor, now, rules))


@router.post("/{commendation_id}/verification", dependencies=[takes(COMMENDATION, "verify")])
def verify(commendation_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> CommendationOut:
    """Stand for the facts, and say what shows them."""
    return CommendationOut.model_validate(steps.verify(tx, commendation_id, reason, actor, now))


@router.post("/{commendation_id}/submission", dependencies=[takes(COMMENDATION, "submit")])
def submit(commendation_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> CommendationOut:
    """Put the nomination before the board."""
    return CommendationOut.model_validate(board.submit(tx, commendation_id, actor, now))


@router.post("/{commendation_id}/ballots", status_code=201, dependencies=[takes(COMMENDATION, "vote on")])
def cast(
    commendation_id: UUID, ballot: BallotIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> CommendationOut:
    """Vote as a member of the board, or recuse yourself."""
    return CommendationOut.model_validate(board.cast(tx, commendation_id, ballot, actor, now, rules))


@router.post("/{commendation_id}/vote", dependencies=[takes(COMMENDATION, "close the vote on")])
def close_vote(commendation_id: UUID, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> CommendationOut:
    """End the vote and count it."""
    return CommendationOut.model_validate(board.close_vote(tx, commendation_id, actor, now, rules))


@router.post("/{commendation_id}/approval", dependencies=[takes(COMMENDATION, "approve")])
def approve(commendation_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> CommendationOut:
    """Approve what the board has voted for."""
    return CommendationOut.model_validate(steps.approve(tx, commendation_id, actor, now))


@router.post("/{commendation_id}/denial", dependencies=[takes(COMMENDATION, "deny")])
def deny(commendation_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> CommendationOut:
    """Deny the award, with reasons."""
    return CommendationOut.model_validate(steps.deny(tx, commendation_id, reason, actor, now))


@router.post("/{commendation_id}/presentation", dependencies=[takes(COMMENDATION, "present")])
def present(
    commendation_id: UUID, presentation: PresentationIn, tx: Tx, actor: CurrentActor, now: Now
) -> CommendationOut:
    """Present the award, and publish the recipient's name if they consent."""
    return CommendationOut.model_validate(steps.present(tx, commendation_id, presentation, actor, now))


@router.post("/{commendation_id}/withdrawal", dependencies=[takes(COMMENDATION, "withdraw")])
def withdraw(commendation_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> CommendationOut:
    """Withdraw a nomination that you made."""
    return CommendationOut.model_validate(steps.withdraw(tx, commendation_id, reason, actor, now))


@router.post("/{commendation_id}/hold", dependencies=[takes(COMMENDATION, "hold")])
def hold(commendation_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> CommendationOut:
    """Put the nomination on hold."""
    return CommendationOut.model_validate(steps.hold(tx, commendation_id, reason, actor, now))


@router.post("/{commendation_id}/release", dependencies=[takes(COMMENDATION, release_verb(State.NOMINATED))])
def release(commendation_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> CommendationOut:
    """Let the nomination go on from where it was held."""
    return CommendationOut.model_validate(steps.release(tx, commendation_id, reason, actor, now))


@router.post("/{commendation_id}/rescission", dependencies=[takes(COMMENDATION, "rescind")])
def rescind(commendation_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> CommendationOut:
    """Take a presented award back."""
    return CommendationOut.model_validate(steps.rescind(tx, commendation_id, reason, actor, now))
