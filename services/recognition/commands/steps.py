"""The steps of a commendation's life after the nomination; the board's own are in `board`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.recognition.commands import hygiene
from services.recognition.models import Commendation
from services.recognition.shapes import IdentificationIn, PresentationIn, ReasonIn
from services.recognition.sight import may_see
from services.recognition.workflow import COMMENDATION, release_verb
from shared import cases
from shared.actors import Actor
from shared.errors import Malformed
from shared.events import recognition as events
from shared.outbox import publish
from shared.policy.agency import AgencyRules


def load(session: Session, commendation_id: UUID, actor: Actor) -> Commendation:
    """Return the commendation, locked until the commit.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does: nobody learns early that they are honoured.
    """
    return cases.load(session, Commendation, "commendation", commendation_id, lambda found: may_see(found, actor))


def identify(
    session: Session,
    commendation_id: UUID,
    identification: IdentificationIn,
    actor: Actor,
    now: datetime,
    rules: AgencyRules,
) -> Commendation:
    """Say which officer the public thanks, and on which day it was if the thank-you does not.

    Raises:
        Malformed: the day is not known, or still to come.
        Objection: the officer is the supervisor, or the sender, or is nominated for it already.
    """
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "identify", actor, now)
    officer_id, deed_on = identification.officer_id, identification.deed_on or commendation.deed_on
    if deed_on is None:
        raise Malformed("The thank-you does not say when it was; give the day in deed_on.")
    hygiene.refuse_future(deed_on, rules.today(now))
    hygiene.refuse_self(officer_id, actor.id)
    hygiene.refuse_self(officer_id, commendation.nominator_id)
    hygiene.refuse_duplicate(session, officer_id, commendation.award, deed_on, commendation.incident)
    commendation.officer_id, commendation.deed_on = officer_id, deed_on
    publish(session, commendation, events.OfficerIdentified(officer_id=officer_id), actor)
    return commendation


def verify(session: Session, commendation_id: UUID, reason: ReasonIn, actor: Actor, now: datetime) -> Commendation:
    """Stand for the facts of the nomination, and say what shows them."""
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "verify", actor, now)
    commendation.verifier_id = actor.id
    publish(session, commendation, events.CommendationVerified(), actor, why=reason.because)
    return commendation


def approve(session: Session, commendation_id: UUID, actor: Actor, now: datetime) -> Commendation:
    """Approve the award that the board has voted for."""
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "approve", actor, now)
    commendation.approver_id = actor.id
    publish(session, commendation, events.CommendationApproved(award=commendation.award), actor)
    return commendation


def deny(session: Session, commendation_id: UUID, reason: ReasonIn, actor: Actor, now: datetime) -> Commendation:
    """Deny the award, with reasons: a supervisor when the facts do not hold up, the chief later too."""
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "deny", actor, now)
    publish(session, commendation, events.CommendationDenied(), actor, why=reason.because)
    return commendation


def present(
    session: Session, commendation_id: UUID, presentation: PresentationIn, actor: Actor, now: datetime
) -> Commendation:
    """Present the award. The recipient's name is published if they consent, and not kept in any case."""
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "present", actor, now)
    commendation.presented_at = now
    commendation.name_published = presentation.consent_to_publish_name
    event = events.CommendationPresented(
        award=commendation.award,
        criterion=commendation.criterion,
        recipient=presentation.name,
        officer_id=commendation.officer_id,
    )
    publish(session, commendation, event, actor)
    return commendation


def withdraw(session: Session, commendation_id: UUID, reason: ReasonIn, actor: Actor, now: datetime) -> Commendation:
    """End a nomination at the wish of whoever made it."""
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "withdraw", actor, now)
    commendation.held_from = None
    publish(session, commendation, events.CommendationWithdrawn(), actor, why=reason.because)
    return commendation


def hold(session: Session, commendation_id: UUID, reason: ReasonIn, actor: Actor, now: datetime) -> Commendation:
    """Let nothing happen with the nomination for now."""
    commendation = load(session, commendation_id, actor)
    held_from = commendation.state
    COMMENDATION.advance(commendation, "hold", actor, now)
    commendation.held_from = held_from
    publish(session, commendation, events.CommendationHeld(), actor, why=reason.because)
    return commendation


def release(session: Session, commendation_id: UUID, reason: ReasonIn, actor: Actor, now: datetime) -> Commendation:
    """Let the nomination go on from where it was held."""
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, release_verb(commendation.held_from), actor, now)
    commendation.held_from = None
    publish(session, commendation, events.CommendationReleased(), actor, why=reason.because)
    return commendation


def rescind(session: Session, commendation_id: UUID, reason: ReasonIn, actor: Actor, now: datetime) -> Commendation:
    """Take a presented award back, with reasons."""
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "rescind", actor, now)
    event = events.CommendationRescinded(award=commendation.award, officer_id=commendation.officer_id)
    publish(session, commendation, event, actor, why=reason.because)
    return commendation
