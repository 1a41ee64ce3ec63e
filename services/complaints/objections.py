"""What stands against a step because of the complaint's course: its track, its accused, and who has had it in hand."""

from services.complaints.conflicts import SAID, standing_conflicts
from services.complaints.models import Complaint, Part
from shared.actors import Actor, Role
from shared.events.complaints import Conflict, Track

INVESTIGATED = (Track.EXPEDITED, Track.FULL_INVESTIGATION)
"""The tracks on which an investigator works."""


def accused(complaint: Complaint, actor: Actor) -> str | None:
    """Whoever is accused takes no step on the complaint."""
    return "whoever is accused in a complaint takes no step on it" if complaint.accuses(actor.id) else None


def conflicted(complaint: Complaint, actor: Actor) -> str | None:
    """Whoever has a conflict of interest does not judge, unless a second person has overridden it in writing."""
    return _kept_out(standing_conflicts(complaint, actor.id))


def keeps_from_printing(complaint: Complaint, actor: Actor) -> str | None:
    """A letter that is printed names whoever complained; a witness learns it from no letter, overridden or not."""
    if complaint.has_witness(actor.id):
        return "whoever is a witness in a complaint prints no letter in it; somebody else has to"
    return conflicted(complaint, actor)


def conflicted_on_the_way_out(complaint: Complaint, actor: Actor) -> str | None:
    """A conflict keeps nobody from leading out what accuses the head of the agency, with whom everybody has one."""
    return None if complaint.about_head else conflicted(complaint, actor)


def declared_a_conflict(complaint: Complaint, actor: Actor) -> str | None:
    """A supervisor acts on those whom they supervise; any other conflict keeps them from it too."""
    kinds = standing_conflicts(complaint, actor.id)
    return _kept_out(tuple(kind for kind in kinds if kind is not Conflict.SUPERVISES))


def _kept_out(kinds: tuple[Conflict, ...]) -> str | None:
    if not kinds:
        return None
    return f"whoever {SAID[kinds[0]]} takes no part in dealing with it, unless a second person overrides that"


def concerns_head(complaint: Complaint, _: Actor) -> str | None:
    """Nobody inside deals with a complaint about the head of the agency."""
    sentence = "a complaint about the head of the agency goes to the outside authority; nobody inside deals with it"
    return sentence if complaint.about_head else None


def ended_inside(complaint: Complaint, actor: Actor) -> str | None:
    """Whoever complained about the head of the agency may withdraw it; nobody inside does that for them."""
    return None if actor.has(Role.COMPLAINANT) else concerns_head(complaint, actor)


def not_about_head(complaint: Complaint, _: Actor) -> str | None:
    """Only what accuses the head of the agency is decided outside."""
    sentence = "only a complaint about the head of the agency is decided outside; this one is reviewed and decided here"
    return None if complaint.about_head else sentence


def not_to_be_investigated(complaint: Complaint, _: Actor) -> str | None:
    """An investigator works on two tracks, and after a mediation that did not come about."""
    if complaint.track is None:
        return "the complaint has not been classified; reclassify it first"
    if complaint.track is Track.MEDIATION and complaint.harm_agreed is not None:
        return None
    return None if complaint.track in INVESTIGATED else _another_track(complaint, "investigated")


def not_for_a_supervisor(complaint: Complaint, _: Actor) -> str | None:
    """A supervisor deals with what is on their track."""
    fits = complaint.track is Track.SUPERVISOR_ACTION
    return None if fits else _another_track(complaint, "given to a supervisor")


def not_for_mediation(complaint: Complaint, _: Actor) -> str | None:
    """Mediation is a track of its own."""
    return None if complaint.track is Track.MEDIATION else _another_track(complaint, "mediated")


def _another_track(complaint: Complaint, done: str) -> str:
    return f"a complaint on the track {str(complaint.track)!r} is not {done}; reclassify it first"


def investigated_and_closes(complaint: Complaint, actor: Actor) -> str | None:
    """Nobody ends their own investigation."""
    investigated = complaint.took(actor.id, Part.INVESTIGATED)
    return "whoever investigated a complaint may not close it administratively" if investigated else None


def decided_it_before(complaint: Complaint, actor: Actor) -> str | None:
    """Whoever decided does not review what comes after."""
    return "whoever decided a complaint may not review it" if complaint.took(actor.id, Part.DECIDED) else None


def harm_is_referred(complaint: Complaint, _: Actor) -> str | None:
    """The same harm is referred once."""
    return "the harm has been referred already" if complaint.harm_referred_to else None


def not_assigned(complaint: Complaint, actor: Actor) -> str | None:
    """Only the assigned investigator investigates."""
    return None if actor.id == complaint.investigator_id else "only the assigned investigator investigates a complaint"


def facilitator_asks(complaint: Complaint, _: Actor) -> str | None:
    """Once the harm is referred, consent is given and taken back with whoever leads the process, until it starts."""
    referred = (
        "the harm has been referred; whoever leads it asks you again, and you can take consent back until it starts"
    )
    return referred if complaint.harm_referred_to else None


def took_part(complaint: Complaint, actor: Actor) -> str | None:
    """A request for a review is answered by somebody who has taken no part in the case."""
    involved = actor.id in (complaint.investigator_id, complaint.reviewer_id, complaint.adjudicator_id)
    if involved or any(complaint.took(actor.id, part) for part in (Part.INVESTIGATED, Part.REVIEWED, Part.DECIDED)):
        return "whoever investigated, reviewed or decided a complaint does not answer the request to review it"
    return None
