"""The life of a complaint."""

from services.complaints.models import Complaint, Part, State
from shared.actors import Actor, Role
from shared.workflow import Workflow, step


def accused(complaint: Complaint, actor: Actor) -> str | None:
    """Whoever is accused takes no step on the complaint."""
    is_accused = any(allegation.officer_id == actor.id for allegation in complaint.allegations)
    return "whoever is accused in a complaint takes no step on it" if is_accused else None


def not_the_investigator(complaint: Complaint, actor: Actor) -> str | None:
    """Only the assigned investigator speaks for the investigation."""
    return None if actor.id == complaint.investigator_id else "only the assigned investigator submits the investigation"


def investigated_it(complaint: Complaint, actor: Actor) -> str | None:
    """Investigator and reviewer are two people, also after the case has changed hands."""
    investigated = complaint.took(actor.id, Part.INVESTIGATED)
    return "whoever investigated a complaint may not review it" if investigated else None


def judged_it_before(complaint: Complaint, actor: Actor) -> str | None:
    """Whoever decides has never investigated or reviewed the complaint."""
    if complaint.took(actor.id, Part.INVESTIGATED):
        return "whoever investigated a complaint may not decide it"
    return "whoever reviewed a complaint may not decide it" if complaint.took(actor.id, Part.REVIEWED) else None


def not_reviewed(complaint: Complaint, _: Actor) -> str | None:
    """A decision follows a review."""
    return "the investigation has not been reviewed yet" if complaint.reviewer_id is None else None


def harm_is_referred(complaint: Complaint, _: Actor) -> str | None:
    """The same harm is referred once."""
    return "the harm has been referred already" if complaint.harm_referred_to else None


OPEN = (State.RECEIVED, State.CLASSIFIED, State.INVESTIGATING, State.UNDER_REVIEW)

COMPLAINT: Workflow[Complaint] = Workflow(
    "complaint",
    start=State.RECEIVED,
    steps=(
        step("classify", State.RECEIVED, to=State.CLASSIFIED, by=Role.INTAKE, unless=accused),
        step("assign", State.CLASSIFIED, to=State.INVESTIGATING, by=Role.COMMANDER, unless=accused),
        step("reassign", State.INVESTIGATING, to=State.INVESTIGATING, by=Role.COMMANDER, unless=accused),
        step(
            "submit",
            State.INVESTIGATING,
            to=State.UNDER_REVIEW,
            by=Role.INVESTIGATOR,
            unless=(accused, not_the_investigator),
        ),
        step(
            "return",
            State.UNDER_REVIEW,
            to=State.INVESTIGATING,
            by=(Role.COMMANDER, Role.ADJUDICATOR),
            unless=(accused, investigated_it),
        ),
        step(
            "review",
            State.UNDER_REVIEW,
            to=State.UNDER_REVIEW,
            by=Role.COMMANDER,
            unless=(accused, investigated_it),
        ),
        step(
            "decide",
            State.UNDER_REVIEW,
            to=State.DECIDED,
            by=Role.ADJUDICATOR,
            unless=(accused, judged_it_before, not_reviewed),
        ),
        *(
            step(
                "refer harm",
                state,
                to=state,
                by=(Role.COMMANDER, Role.LIAISON),
                unless=(accused, harm_is_referred),
            )
            for state in (State.CLASSIFIED, State.INVESTIGATING, State.UNDER_REVIEW, State.DECIDED)
        ),
        step("withdraw", *OPEN, to=State.WITHDRAWN, by=(Role.INTAKE, Role.COMPLAINANT), unless=accused),
        step("close", State.DECIDED, to=State.CLOSED, by=(Role.ADJUDICATOR, Role.RECORDS), unless=accused),
    ),
)
