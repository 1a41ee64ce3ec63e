"""How a commendation comes into being."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.recognition.commands import hygiene
from services.recognition.models import Commendation
from services.recognition.shapes import NominationIn, SenderIn, ThanksForm, ThanksIn
from services.recognition.workflow import COMMENDATION
from shared.actors import NOBODY, Actor
from shared.cases import beginning, next_number
from shared.events.recognition import CommendationNominated
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.vault import Vault

LETTER = "R"
"""What a commendation's number begins with."""
THANKS = "letter-of-commendation"
"""The award for which a thank-you from the public nominates."""


def form_thanks(form: ThanksForm) -> ThanksIn:
    """Return what a web form says as a thank-you."""
    said = form.model_dump(exclude={"name", "contact"})
    named = form.name or form.contact
    return ThanksIn(**said, sender=SenderIn(name=form.name, contact=form.contact) if named else None)


def nominate(
    session: Session, nomination: NominationIn, actor: Actor, now: datetime, rules: AgencyRules, vault: Vault
) -> Commendation:
    """Nominate an officer or a civilian for an award.

    Raises:
        Malformed: an award that is not given, or not to civilians; a deed still to come; late without a reason.
        Objection: a nomination of oneself, or one that stands already.
    """
    refuse_unfit(session, nomination, actor, now, rules)
    said = nomination.model_dump(exclude={"civilian"})
    commendation = begun(session, now, rules, **said, from_public=False, nominator_id=actor.id)
    commendation.sealed_civilian = sealed(session, vault, commendation.id, "civilian", nomination.civilian)
    return announced(session, commendation, actor)


def thank(
    session: Session, thanks: ThanksIn, actor: Actor, now: datetime, rules: AgencyRules, vault: Vault
) -> Commendation:
    """Register a thank-you from the public as a nomination whose officer a supervisor is to identify.

    It is never late. Whoever sends it with a token counts as the nominator, so that nobody thanks themselves.

    Raises:
        Malformed: a deed still to come, or an agency that has no such award.
    """
    hygiene.refuse_wrong_award(THANKS, rules)
    hygiene.refuse_future(thanks.deed_on, rules.today(now))
    said = thanks.model_dump(exclude={"sender", "officer"})
    nominator_id = None if actor.id == NOBODY else actor.id
    commendation = begun(session, now, rules, **said, award=THANKS, from_public=True, nominator_id=nominator_id)
    commendation.officer_described = thanks.officer
    sender = thanks.sender or SenderIn()
    commendation.sealed_sender_name = sealed(session, vault, commendation.id, "sender_name", sender.name)
    commendation.sealed_sender_contact = sealed(session, vault, commendation.id, "sender_contact", sender.contact)
    return announced(session, commendation, actor)


def refuse_unfit(session: Session, nomination: NominationIn, actor: Actor, now: datetime, rules: AgencyRules) -> None:
    """Refuse a nomination that the agency's rules or good sense do not admit.

    Raises:
        Malformed: an award that is not given, or not to civilians; a deed still to come; late without a reason.
        Objection: a nomination of oneself, or one that stands already.
    """
    today = rules.today(now)
    hygiene.refuse_self(nomination.officer_id, actor.id)
    hygiene.refuse_wrong_award(nomination.award, rules, civilian=nomination.civilian is not None)
    hygiene.refuse_future(nomination.deed_on, today)
    hygiene.refuse_late(nomination, today, rules)
    hygiene.refuse_second(session, actor, nomination.incident)
    if nomination.officer_id is not None:
        hygiene.refuse_duplicate(
            session, nomination.officer_id, nomination.award, nomination.deed_on, nomination.incident
        )


def begun(session: Session, now: datetime, rules: AgencyRules, **said: Any) -> Commendation:  # noqa: ANN401 - columns
    """Return a commendation at the start of its life, with its number."""
    today = rules.today(now)
    return Commendation(
        **beginning(session, now),
        number=next_number(session, LETTER, today.year),
        state=COMMENDATION.start,
        nominated_on=today,
        **said,
    )


def announced(session: Session, commendation: Commendation, actor: Actor) -> Commendation:
    """Store a new commendation, tell of it, and return it."""
    session.add(commendation)
    event = CommendationNominated(
        award=commendation.award,
        criterion=commendation.criterion,
        from_public=commendation.from_public,
        officer_id=commendation.officer_id,
    )
    publish(session, commendation, event, actor, why=commendation.late_because or "")
    return commendation


def sealed(session: Session, vault: Vault, case_id: UUID, column: str, text: str | None) -> bytes | None:
    """Return what names a person as only the vault opens it, for one column of one commendation."""
    return vault.seal(session, case_id, place(column, case_id), text) if text else None


def place(column: str, case_id: UUID) -> str:
    """Return where a sealed value of a commendation belongs; it opens nowhere else."""
    return f"commendation.{column}:{case_id}"
