"""The wall around what officers were compelled to say: nothing of it reaches a prosecution.

Garrity v. New Jersey, 385 U.S. 493 (1967): what an officer said under the threat of dismissal may not be used against
them in a criminal case. So whoever works on the criminal side never reads it, and whoever knows it stays away.
"""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.complaints.models import ACCUSED, Allegation, Complaint, Part, PartTaken, Party
from shared.actors import Actor, Role
from shared.errors import Objection
from shared.events.complaints import Classification

OPENED_BY = (Role.INVESTIGATOR, Role.COMMANDER, Role.ADJUDICATOR)
"""Roles whose work is judging the complaint; an investigator only where they are assigned."""


def opens_to(session: Session, complaint: Complaint, actor: Actor) -> bool:
    """Whether the actor may know what an officer was compelled to say in this complaint, which they may see."""
    judges = actor.has(*OPENED_BY) and (
        actor.id == complaint.investigator_id or actor.has(Role.COMMANDER, Role.ADJUDICATOR)
    )
    return judges and not is_criminal(complaint) and not on_the_criminal_side(session, complaint, actor.id)


def is_criminal(complaint: Complaint) -> bool:
    """Whether the complaint itself is the criminal side."""
    return complaint.classification is Classification.CRIMINAL


def on_the_criminal_side(session: Session, complaint: Complaint, person_id: UUID) -> bool:
    """Whether somebody was named to the criminal side, or has worked on a criminal complaint about the same officer."""
    if complaint.took(person_id, Part.CRIMINAL_SIDE):
        return True
    return _took_elsewhere(session, complaint, person_id, (Part.INVESTIGATED, Part.REVIEWED), criminal=True)


def hides_quotes(session: Session, complaint: Complaint, actor: Actor) -> bool:
    """Whether reasons and findings are blank for the actor, because they quote what officers were compelled to say.

    They are for whoever works on the criminal side; only a criminal complaint that never held any of it hides nothing.
    """
    holds_none = all(one.part is not Part.KNOWS_COMPELLED for one in complaint.taken)
    return not (is_criminal(complaint) and holds_none) and on_the_criminal_side(session, complaint, actor.id)


def refuse_across(session: Session, complaint: Complaint, person_id: UUID) -> None:
    """Refuse to let somebody work on one side of the wall who knows the other.

    Raises:
        Objection: says which side they know.
    """
    if complaint.took(person_id, Part.CRIMINAL_SIDE):
        raise Objection("Whoever works on the criminal side of a complaint cannot work on it; choose somebody else.")
    knows = (Part.KNOWS_COMPELLED,)
    here = complaint.took(person_id, Part.KNOWS_COMPELLED)
    if is_criminal(complaint) and (here or _took_elsewhere(session, complaint, person_id, knows, criminal=False)):
        raise Objection(
            "Whoever knows what an accused officer was compelled to say cannot work on a criminal complaint about them;"
            " choose somebody else."
        )


def refuse_crime_beside(complaint: Complaint) -> None:
    """Refuse to make a complaint the criminal side that holds what an officer was compelled to say.

    Raises:
        Objection: it does.
    """
    if is_criminal(complaint) and any(one.part is Part.KNOWS_COMPELLED for one in complaint.taken):
        raise Objection(
            "This complaint holds what an officer was compelled to say, and cannot become the criminal side;"
            " file the crime as a complaint of its own and link the two."
        )


def _took_elsewhere(
    session: Session, complaint: Complaint, person_id: UUID, parts: tuple[Part, ...], *, criminal: bool
) -> bool:
    """Whether somebody took one of these parts in another complaint, criminal or not, about the same officer."""
    accused = complaint.accused_ids
    alleged = select(Allegation.complaint_id).where(Allegation.officer_id.in_(accused))
    named = select(Party.complaint_id).where(Party.officer_id.in_(accused), Party.role.in_(ACCUSED))
    found = (
        select(PartTaken.person_id)
        .join(Complaint, Complaint.id == PartTaken.complaint_id)
        .where(PartTaken.person_id == person_id, PartTaken.part.in_(parts), Complaint.id != complaint.id)
        .where(or_(Complaint.id.in_(alleged), Complaint.id.in_(named)))
        .where(Complaint.classification.is_not_distinct_from(Classification.CRIMINAL) == criminal)
    )
    return session.scalar(found.limit(1)) is not None
