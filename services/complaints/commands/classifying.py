"""What a complaint is about, said anew."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.commands.assigning import take_from
from services.complaints.commands.filing import allegation, refuse_unknown
from services.complaints.commands.loading import load
from services.complaints.commands.reasons import note_reason
from services.complaints.models import Allegation, Complaint, State
from services.complaints.shapes.course import OfficerIn, ReclassificationIn
from services.complaints.shapes.steps import AllegationIn
from services.complaints.workflow import COMPLAINT
from shared.actors import Actor
from shared.errors import Malformed, NotFound, Objection
from shared.events import complaints as events
from shared.events.complaints import Classification, Track
from shared.outbox import publish
from shared.policy.agency import AgencyRules

GRAVITY: Mapping[Classification, int] = {Classification.CRIMINAL: 2, Classification.MISCONDUCT: 1}
"""How seriously a complaint is taken for what it is about; anything else counts nothing."""
EFFORT: Mapping[Track, int] = {
    Track.FULL_INVESTIGATION: 3,
    Track.EXPEDITED: 2,
    Track.MEDIATION: 1,
    Track.SUPERVISOR_ACTION: 1,
    Track.CONTACT_LOG: 0,
}
"""How seriously a complaint is taken for how it is dealt with."""
IN_HAND_ON: Mapping[Track, State] = {
    Track.EXPEDITED: State.INVESTIGATING,
    Track.FULL_INVESTIGATION: State.INVESTIGATING,
    Track.SUPERVISOR_ACTION: State.SUPERVISOR_ACTION,
}
"""Where a complaint is while somebody deals with it on this track."""
IN_HAND = frozenset(IN_HAND_ON.values())
Kind = tuple[Classification | None, Track | None]
"""What a complaint is about and how it is dealt with; None before anybody has said so."""


def reclassify(
    session: Session, complaint_id: UUID, said: ReclassificationIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Say anew what the complaint is about, how soon and how it is dealt with; another way takes it from who has it.

    Raises:
        Malformed: it is taken less seriously than before, without reasons.
        Objection: nothing changes, or it would become a criminal matter beside what an officer was compelled to say.
    """
    complaint = load(session, complaint_id, actor)
    moves = _moves(complaint, said.track)
    COMPLAINT.advance(complaint, "move to another track" if moves else "reclassify", actor, now)
    before = complaint.classification, complaint.track
    lower = is_lower(before, (said.classification, said.track))
    if lower and said.because is None:
        raise Malformed("This takes the complaint less seriously than before; say why ('because').")
    changed = before != (said.classification, said.track)
    if not changed and complaint.priority is said.priority:
        raise Objection("The complaint is classified so already.")
    complaint.classification, complaint.track = said.classification, said.track
    wall.refuse_crime_beside(complaint)
    if complaint.investigator_id is not None and not moves:
        wall.refuse_across(session, complaint, complaint.investigator_id)
    if changed:
        event = events.ComplaintReclassified(
            classification=said.classification,
            track=said.track,
            classification_before=before[0],
            track_before=before[1],
            downgraded=lower,
        )
        publish(session, complaint, event, actor, why=said.because or "")
    _prioritise(session, complaint, said, actor)
    notice_head(session, complaint, actor, rules)
    if moves:
        take_from(session, complaint, now)
    if said.because is not None:
        note_reason(session, complaint, "reclassify", said.because, actor, now)
    return complaint


def _moves(complaint: Complaint, track: Track) -> bool:
    """Whether another track takes a complaint from whoever deals with it."""
    stays = track is complaint.track or IN_HAND_ON.get(track) is complaint.state
    return complaint.state in IN_HAND and not stays


def is_lower(before: Kind, after: Kind) -> bool:
    """Whether a complaint is taken less seriously, for what it is about or for how it is dealt with."""
    gravity = [GRAVITY.get(kind, 0) if kind else 0 for kind, _ in (before, after)]
    effort = [EFFORT[track] if track else 0 for _, track in (before, after)]
    return gravity[1] < gravity[0] or effort[1] < effort[0]


def _prioritise(session: Session, complaint: Complaint, said: ReclassificationIn, actor: Actor) -> None:
    if said.priority is not complaint.priority:
        complaint.priority = said.priority
        publish(session, complaint, events.ComplaintPrioritised(priority=said.priority), actor)


def add_allegation(
    session: Session, complaint_id: UUID, said: AllegationIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Add what the complaint turns out to allege too.

    Raises:
        Malformed: the category is not known.
        Objection: the actor is the one accused.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "add allegations to", actor, now)
    refuse_unknown([said.category], rules)
    _refuse_oneself(said.officer_id, actor)
    complaint.allegations.append(allegation(complaint, len(complaint.allegations), **said.model_dump()))
    event = events.AllegationAdded(category=said.category, officer_id=said.officer_id)
    publish(session, complaint, event, actor)
    notice_head(session, complaint, actor, rules)
    return complaint


def name_officer(
    session: Session, complaint_id: UUID, said: OfficerIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Say against whom an allegation goes, now that it is known.

    Raises:
        NotFound: the complaint has no such allegation.
        Objection: an officer is named already, or the actor is the one accused.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "add allegations to", actor, now)
    named = next((one for one in complaint.allegations if one.id == said.allegation_id), None)
    if named is None:
        raise NotFound("There is no such allegation in this complaint.")
    if named.officer_id is not None:
        raise Objection("An officer is named in this allegation already; add another allegation.")
    _refuse_oneself(said.officer_id, actor)
    named.officer_id = said.officer_id
    publish(session, complaint, events.OfficerNamed(category=named.category, officer_id=said.officer_id), actor)
    notice_head(session, complaint, actor, rules)
    return complaint


def _refuse_oneself(officer_id: UUID | None, actor: Actor) -> None:
    if officer_id == actor.id:
        raise Objection("Whoever is accused in a complaint takes no step on it; somebody else has to write that down.")


def notice_head(session: Session, complaint: Complaint, actor: Actor, rules: AgencyRules) -> None:
    """Note, and tell oversight, that a complaint is about the head of the agency."""
    if not complaint.about_head and any(complaint.accuses(head) for head in rules.agency.heads):
        complaint.about_head = True
        publish(session, complaint, events.HeadAccused(), actor)


def officers(allegations: Iterable[Allegation]) -> tuple[UUID, ...]:
    """Return the accused officers who are known, each once, in a fixed order."""
    return tuple(sorted({judged.officer_id for judged in allegations if judged.officer_id is not None}))
