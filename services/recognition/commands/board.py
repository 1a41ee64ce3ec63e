"""What the awards board does."""

from collections import Counter
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from services.recognition.commands.steps import load
from services.recognition.models import Ballot, Choice, Commendation
from services.recognition.shapes import BallotIn
from services.recognition.workflow import COMMENDATION, nominated_it
from shared.actors import Actor
from shared.errors import Objection
from shared.events.recognition import BallotCast, CommendationSubmitted, CommendationVoted
from shared.outbox import publish
from shared.policy.agency import AgencyRules


def submit(session: Session, commendation_id: UUID, actor: Actor, now: datetime) -> Commendation:
    """Put a verified nomination before the board."""
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "submit", actor, now)
    publish(session, commendation, CommendationSubmitted(), actor)
    return commendation


def cast(
    session: Session, commendation_id: UUID, ballot: BallotIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Commendation:
    """Vote as a member of the board, once, or recuse oneself.

    Raises:
        Objection: the member has cast a ballot, or nominated; or as many ballots are cast as the board has members.
    """
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "vote on", actor, now)
    refuse_ballot(commendation, ballot, actor, rules)
    commendation.ballots.append(
        Ballot(
            id=uuid4(),
            agency=commendation.agency,
            member_id=actor.id,
            choice=ballot.choice,
            because=ballot.because,
            cast_at=now,
        )
    )
    publish(session, commendation, BallotCast(), actor, why=ballot.because or "")
    return commendation


def refuse_ballot(commendation: Commendation, ballot: BallotIn, actor: Actor, rules: AgencyRules) -> None:
    """Refuse a second ballot, a vote on one's own nomination, and more ballots than the board has members.

    Raises:
        Objection: says which.
    """
    if any(cast.member_id == actor.id for cast in commendation.ballots):
        raise Objection("You have cast your ballot on this commendation already; a ballot is not changed.")
    if ballot.choice is not Choice.RECUSED and nominated_it(commendation, actor):
        raise Objection("Whoever nominated does not vote on the nomination; recuse yourself.")
    if commendation.ballots_cast >= rules.awards.board_members:
        raise Objection(f"All {rules.awards.board_members} members of the board have cast their ballots.")


def close_vote(
    session: Session, commendation_id: UUID, actor: Actor, now: datetime, rules: AgencyRules
) -> Commendation:
    """End the vote and count it. A recusal does not count towards the quorum; a tie is no majority.

    Raises:
        Objection: fewer than the quorum of the agency's pack have voted.
    """
    commendation = load(session, commendation_id, actor)
    COMMENDATION.advance(commendation, "close the vote on", actor, now)
    count = Counter(ballot.choice for ballot in commendation.ballots)
    voted = count[Choice.YES] + count[Choice.NO]
    if voted < rules.awards.quorum:
        raise Objection(f"The board's quorum is {rules.awards.quorum} and {voted} have voted; recusals do not count.")
    commendation.yes, commendation.no = count[Choice.YES], count[Choice.NO]
    event = CommendationVoted(yes=commendation.yes, no=commendation.no, recused=count[Choice.RECUSED])
    publish(session, commendation, event, actor)
    return commendation
