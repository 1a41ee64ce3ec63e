"""Keeping the roster: who serves, where and under whom, and who has left."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.discipline.commands.before import refuse_future
from services.discipline.models import Officer
from services.discipline.shapes import DepartureIn, OfficerIn, PostingIn, ReturnIn
from services.discipline.workflow import ROSTER
from shared import cases
from shared.actors import Actor
from shared.cases import beginning
from shared.errors import Malformed, Objection
from shared.events import roster as events
from shared.outbox import publish
from shared.policy.agency import AgencyRules


def enter(session: Session, said: OfficerIn, actor: Actor, now: datetime, rules: AgencyRules) -> Officer:
    """Enter an officer in the roster.

    Raises:
        Malformed: they would be sworn in on a day to come, or supervise themselves.
        Objection: the officer is there already, or somebody else has the badge.
    """
    refuse_future("sworn_on", said.sworn_on, now, rules)
    refuse_own_supervisor(said.id, said.supervisor_id)
    if said.id == actor.id:
        raise Objection("Nobody enters themselves in the roster.")
    there = session.scalar(select(Officer).where(or_(Officer.id == said.id, Officer.badge == said.badge)))
    if there is not None:
        raise Objection(
            "This officer is in the roster already."
            if there.id == said.id
            else "Somebody else has or had this badge; badges are not given twice."
        )
    officer = Officer(
        **beginning(session, now) | {"id": said.id}, state=ROSTER.start, **said.model_dump(exclude={"id"})
    )
    session.add(officer)
    publish(session, officer, events.OfficerEntered(), actor)
    return officer


def post(session: Session, officer_id: UUID, said: PostingIn, actor: Actor, now: datetime) -> Officer:
    """Give an officer another rank, unit or supervisor.

    Raises:
        Malformed: they would supervise themselves.
        Objection: they have left, or the actor is the officer.
    """
    refuse_own_supervisor(officer_id, said.supervisor_id)
    officer = load(session, officer_id)
    ROSTER.advance(officer, "change", actor, now)
    officer.rank, officer.unit, officer.supervisor_id = said.rank, said.unit, said.supervisor_id
    publish(session, officer, events.OfficerPosted(), actor)
    return officer


def depart(
    session: Session, officer_id: UUID, said: DepartureIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Officer:
    """Note that an officer has left the agency; their cases go on.

    Raises:
        Malformed: the day is still to come, or before they were sworn in.
        Objection: they have left already, or the actor is the officer.
    """
    refuse_future("left_on", said.left_on, now, rules)
    officer = load(session, officer_id)
    ROSTER.advance(officer, "note departure", actor, now)
    if said.left_on < officer.sworn_on:
        raise Malformed(f"left_on is {said.left_on}, before the officer was sworn in on {officer.sworn_on}.")
    officer.leaving, officer.left_on = said.leaving, said.left_on
    publish(session, officer, events.OfficerDeparted(leaving=said.leaving, left_on=said.left_on), actor, said.because)
    return officer


def take_back(session: Session, officer_id: UUID, said: ReturnIn, actor: Actor, now: datetime) -> Officer:
    """Note that an officer who had left serves again.

    Raises:
        Objection: they have not left, or the actor is the officer.
    """
    officer = load(session, officer_id)
    ROSTER.advance(officer, "note return", actor, now)
    officer.leaving = officer.left_on = None
    publish(session, officer, events.OfficerReturned(), actor, said.because)
    return officer


def load(session: Session, officer_id: UUID) -> Officer:
    """Return the officer, locked until the commit.

    Raises:
        NotFound: the roster does not have them.
    """
    return cases.load(session, Officer, "officer", officer_id, lambda _: True)


def refuse_own_supervisor(officer_id: UUID, supervisor_id: UUID | None) -> None:
    """Refuse an officer as their own supervisor.

    Raises:
        Malformed: they would be.
    """
    if officer_id == supervisor_id:
        raise Malformed("An officer is not their own supervisor; leave supervisor_id out if they have none.")
