"""What can be asked about the turns that a complaint has taken, and about who had it in hand."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.complaints.models import Assignment, Complaint, EarlierFinding, Link, Reason, Referral, State, Vote
from services.complaints.queries import reading
from services.complaints.queries.quoting import quoted
from services.complaints.shapes.assignment import (
    AssignmentOut,
    AssignmentsOut,
    ConflictsOut,
    DeclarationOut,
    OverrideOut,
)
from services.complaints.shapes.course import (
    EarlierFindingOut,
    EarlierFindingsOut,
    LinkOut,
    LinksOut,
    ReasonOut,
    ReasonsOut,
    ReferralOut,
    ReferralsOut,
)
from services.complaints.shapes.panel import VoteOut, VotesOut
from services.complaints.sight import may_see
from shared.actors import Actor
from shared.errors import NotFound
from shared.policy.agency import AgencyRules

VOTED = (State.DECIDED, State.CLOSED)
"""Where it is shown how the members of a panel voted."""


def _of(session: Session, kind: type[Any], complaint: Complaint, order: Any) -> Sequence[Any]:  # noqa: ANN401 - a column
    return session.scalars(select(kind).where(kind.complaint_id == complaint.id).order_by(order)).all()


def assignments(session: Session, complaint_id: UUID, actor: Actor) -> AssignmentsOut:
    """Return everybody who had the case, in order.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = _of(session, Assignment, complaint, Assignment.assigned_at)
    return AssignmentsOut(assignments=quoted(session, complaint, actor, map(AssignmentOut.model_validate, found)))


def conflicts(session: Session, complaint_id: UUID, actor: Actor) -> ConflictsOut:
    """Return the conflicts of interest that were declared, and those that were overridden.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    return ConflictsOut(
        declared=quoted(session, complaint, actor, map(DeclarationOut.model_validate, complaint.declared)),
        overridden=quoted(session, complaint, actor, map(OverrideOut.model_validate, complaint.overrides)),
    )


def reasons(session: Session, complaint_id: UUID, actor: Actor) -> ReasonsOut:
    """Return why the steps of a complaint were taken, in order.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = _of(session, Reason, complaint, Reason.at)
    return ReasonsOut(reasons=quoted(session, complaint, actor, map(ReasonOut.model_validate, found)))


def links(session: Session, complaint_id: UUID, actor: Actor) -> LinksOut:
    """Return everything that a complaint belongs together with, as far as the actor may know of it.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = select(Link).where(or_(Link.complaint_id == complaint.id, Link.other_id == complaint.id))
    seen = [_link(session, one, complaint, actor) for one in session.scalars(found.order_by(Link.linked_at))]
    return LinksOut(links=[one for one in seen if one is not None])


def _link(session: Session, one: Link, complaint: Complaint, actor: Actor) -> LinkOut | None:
    """Return a link as it looks from `complaint`; None when the other end may not be known of."""
    made_here = one.complaint_id == complaint.id
    other_id = one.other_id if made_here else one.complaint_id
    other = session.get(Complaint, other_id) if other_id else None
    if other is not None and not may_see(other, actor):
        return None
    return LinkOut(
        kind=one.kind,
        other_id=other_id,
        other_number=other.number if other else None,
        other_state=other.state if other else None,
        claim=one.claim,
        made_here=made_here,
    )


def referrals(session: Session, complaint_id: UUID, actor: Actor) -> ReferralsOut:
    """Return everybody outside to whom a complaint was given, in order.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = _of(session, Referral, complaint, Referral.referred_at)
    return ReferralsOut(referrals=quoted(session, complaint, actor, map(ReferralOut.model_validate, found)))


def earlier_findings(session: Session, complaint_id: UUID, actor: Actor) -> EarlierFindingsOut:
    """Return what was found before each reopening, in order.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = _of(session, EarlierFinding, complaint, EarlierFinding.reopened_at)
    return EarlierFindingsOut(findings=quoted(session, complaint, actor, map(EarlierFindingOut.model_validate, found)))


def votes(session: Session, complaint_id: UUID, actor: Actor, rules: AgencyRules) -> VotesOut:
    """Return how far the panel is, and, once it has decided, how its members voted.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does, or no panel decides in the agency.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    if rules.agency.panel is None:
        raise NotFound("No panel decides in this agency.")
    cast = _of(session, Vote, complaint, Vote.cast_at)
    return VotesOut(
        members=rules.agency.panel.members,
        quorum=rules.agency.panel.quorum,
        cast=len({one.member_id for one in cast if one.counts}),
        votes=quoted(
            session, complaint, actor, (VoteOut.model_validate(one) for one in cast if complaint.state in VOTED)
        ),
    )
