"""Complaints that belong together."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.complaints.commands.loading import load
from services.complaints.models import Complaint, Link
from services.complaints.shapes.course import LinkIn
from services.complaints.sight import may_see
from services.complaints.workflow import COMPLAINT
from shared.actors import Actor
from shared.errors import Malformed, NotFound, Objection
from shared.events import complaints as events
from shared.events.complaints import LinkKind
from shared.outbox import publish


def link(session: Session, complaint_id: UUID, said: LinkIn, actor: Actor, now: datetime) -> Complaint:
    """Say that a complaint is about the same incident as another one, or about the matter of a civil claim.

    Raises:
        NotFound: the actor may not know of the other complaint.
        Malformed: it is not said with what it is linked, or a duplicate, which is closed.
        Objection: they are linked so already.
    """
    if said.kind is LinkKind.DUPLICATE:
        raise Malformed("A duplicate is not only linked; close the complaint as a duplicate of the other one.")
    if (said.other_id is None) is (said.claim is None):
        raise Malformed("Say either which complaint it belongs to ('other_id') or which claim in court ('claim').")
    if said.kind is LinkKind.SAME_INCIDENT and said.other_id is None:
        raise Malformed("Only a complaint is about the same incident; name it ('other_id').")
    if said.other_id is None:
        complaint = load(session, complaint_id, actor)
        others = []
    else:
        complaint, other = both(session, complaint_id, said.other_id, actor)
        others = [other]
    COMPLAINT.advance(complaint, "link", actor, now)
    add_link(session, complaint, Link(kind=said.kind, other_id=said.other_id, claim=said.claim), actor, now)
    for other in others:
        publish(session, other, events.ComplaintLinked(kind=said.kind, other_id=complaint.id), actor, at=now)
    publish(session, complaint, events.ComplaintLinked(kind=said.kind, other_id=said.other_id), actor)
    return complaint


def both(session: Session, complaint_id: UUID, other_id: UUID, actor: Actor) -> tuple[Complaint, Complaint]:
    """Return two complaints, locked in one order everywhere, so that two who link them do not wait in a circle.

    Raises:
        NotFound: there is no such complaint, or the actor may not know of it.
        Objection: they are one.
    """
    if complaint_id == other_id:
        raise Objection("This is the same complaint; name another one.")
    pair = select(Complaint.id).where(Complaint.id.in_((complaint_id, other_id)))
    session.execute(pair.order_by(Complaint.id).with_for_update())
    complaint = load(session, complaint_id, actor)
    other = session.get(Complaint, other_id)
    if other is None or not may_see(other, actor):
        raise NotFound("There is no such other complaint here.")
    return complaint, other


def add_link(session: Session, complaint: Complaint, new: Link, actor: Actor, now: datetime) -> None:
    """Keep a link; it is visible from both ends.

    Raises:
        Objection: there is such a link already.
    """
    if any(
        (one.kind, one.claim) == (new.kind, new.claim) for one in links_between(session, complaint.id, new.other_id)
    ):
        raise Objection("They are linked so already.")
    new.complaint_id, new.agency = complaint.id, complaint.agency
    new.linked_by, new.linked_at = actor.id, now
    session.add(new)


def links_between(session: Session, complaint_id: UUID, other_id: UUID | None) -> list[Link]:
    """Return the links between two complaints, whoever made them; without another one, those to claims in court."""
    if other_id is None:
        found = select(Link).where(Link.complaint_id == complaint_id, Link.other_id.is_(None))
    else:
        there = (Link.complaint_id == complaint_id) & (Link.other_id == other_id)
        back = (Link.complaint_id == other_id) & (Link.other_id == complaint_id)
        found = select(Link).where(or_(there, back))
    return list(session.scalars(found))
