"""How a panel decides: each member votes apart, and a majority finds."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.commands.deciding import tell_decided
from services.complaints.commands.loading import load
from services.complaints.commands.reasons import note_reason
from services.complaints.findings import matched
from services.complaints.models import Complaint, Part, Vote
from services.complaints.shapes.steps import FindingsIn, ReasonIn
from services.complaints.workflow import COMPLAINT
from shared.actors import Actor
from shared.errors import Objection
from shared.events import complaints as events
from shared.events.complaints import Finding, VoteCount
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.panel import Panel


def vote(
    session: Session, complaint_id: UUID, findings: FindingsIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Record what a member of the panel finds of every allegation, with reasons.

    Raises:
        Objection: no panel decides here, the member has voted, or all have.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "vote on", actor, now)
    wall.refuse_across(session, complaint, actor.id)
    panel = _panel(rules)
    voted = members_of(votes_that_count(session, complaint))
    if actor.id in voted:
        raise Objection("You have voted already; each member votes once.")
    if len(voted) == panel.members:
        raise Objection(f"All {panel.members} members of the panel have voted.")
    for judged, found in matched(complaint, findings.findings):
        cast = {"allegation_id": judged.id, "member_id": actor.id, "finding": found.finding, "because": found.because}
        session.add(Vote(complaint_id=complaint.id, agency=complaint.agency, **cast, cast_at=now, counts=True))
    complaint.note(actor.id, Part.DECIDED)
    publish(session, complaint, events.VoteCast(cast=len(voted) + 1, members=panel.members), actor)
    return complaint


def conclude(
    session: Session, complaint_id: UUID, reason: ReasonIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Let the finding of the majority be the final one of every allegation, with the panel's reasons.

    Raises:
        Objection: no panel decides here, too few have voted, or there is no majority and the policy is silent on ties.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "conclude the vote on", actor, now)
    panel = _panel(rules)
    votes = votes_that_count(session, complaint)
    voted = members_of(votes)
    if len(voted) < panel.quorum:
        raise Objection(f"{panel.quorum} of the panel's {panel.members} members have to vote; {len(voted)} have.")
    tied = 0
    for judged in complaint.allegations:
        mine = [one.finding for one in votes if one.allegation_id == judged.id]
        majority = found_by_majority(mine)
        tied += majority is None
        judged.finding = majority or _found_in_a_tie(panel, judged.position + 1, mine)
        judged.finding_because = reason.because
    complaint.adjudicator_id = actor.id
    publish(session, complaint, events.PanelVoted(votes=_counted(complaint, votes), tied=tied), actor)
    note_reason(session, complaint, "conclude the vote", reason.because, actor, now)
    tell_decided(session, complaint, actor, now, rules)
    return complaint


def found_by_majority(findings: Sequence[Finding]) -> Finding | None:
    """Return what more than half of the members found; None when no finding has so many votes."""
    finding, most = Counter(findings).most_common(1)[0] if findings else (None, 0)
    return finding if most > len(findings) / 2 else None


def _found_in_a_tie(panel: Panel, number: int, findings: Sequence[Finding]) -> Finding:
    if panel.tie is None:
        said = ", ".join(f"{count} for {finding}" for finding, count in sorted(Counter(findings).items()))
        way_out = "let the others vote, or send the investigation back"
        raise Objection(f"No finding on allegation {number} has a majority ({said}); {way_out}.")
    return panel.tie


def _panel(rules: AgencyRules) -> Panel:
    if rules.agency.panel is None:
        raise Objection("No panel decides in this agency; one adjudicator does.")
    return rules.agency.panel


def votes_that_count(session: Session, complaint: Complaint) -> list[Vote]:
    """Return the votes on the investigation as it stands, in the order in which they were cast."""
    found = select(Vote).where(Vote.complaint_id == complaint.id, Vote.counts)
    return list(session.scalars(found.order_by(Vote.cast_at)))


def void_votes(session: Session, complaint: Complaint) -> None:
    """Let no vote count that was cast on what is now to be done anew."""
    for one in votes_that_count(session, complaint):
        one.counts = False


def members_of(votes: Sequence[Vote]) -> frozenset[UUID]:
    """Return who has voted."""
    return frozenset(one.member_id for one in votes)


def _counted(complaint: Complaint, votes: Sequence[Vote]) -> tuple[VoteCount, ...]:
    return tuple(
        VoteCount(allegation=judged.position + 1, category=judged.category, finding=finding, votes=count)
        for judged in complaint.allegations
        for finding, count in sorted(Counter(v.finding for v in votes if v.allegation_id == judged.id).items())
    )
