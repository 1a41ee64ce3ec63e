"""The life of a complaint."""

from datetime import datetime

from services.complaints.accompanying import ACCOMPANYING, DATES, TALK, TELLING
from services.complaints.models import Complaint, Part, State
from services.complaints.objections import (
    accused,
    concerns_head,
    conflicted,
    decided_it_before,
    declared_a_conflict,
    ended_inside,
    harm_is_referred,
    not_for_a_supervisor,
    not_for_mediation,
    not_to_be_investigated,
)
from services.complaints.turns import HERE, JUDGING, OPEN, TURNS
from shared.actors import Actor, Role
from shared.letters import Letter, life
from shared.workflow import Workflow, step

__all__ = ["COMPLAINT", "LETTER", "OPEN", "TELLING", "accused"]


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


STANDING = frozenset(row.verb for row in (*DATES, *TALK))
"""What is said and entered about a complaint while it stands where it stands."""


class Life(Workflow[Complaint]):
    """The life of a complaint, which also keeps when it last went on.

    A complaint goes on when its state changes, or when staff work on it. What is said to whoever complained, what they
    say or bring themselves, and what is entered about dates leaves it standing, however often it is done.
    """

    def advance(self, case: Complaint, verb: str, actor: Actor, now: datetime) -> None:
        """Take a step, or raise the reason why not.

        Raises:
            Forbidden: the actor's roles do not admit them.
            Objection: the complaint's state or the procedure stands against it.
        """
        before = case.state
        super().advance(case, verb, actor, now)
        if case.state is not before or not (verb in STANDING or actor.has(Role.COMPLAINANT)):
            case.moved_at = now


LETTER: Workflow[Letter] = life(
    writers=TELLING,
    approvers=(Role.COMMANDER, Role.ADJUDICATOR),
    posters=(Role.INTAKE, Role.LIAISON),
)

COMPLAINT = Life(
    "complaint",
    start=State.RECEIVED,
    steps=(
        step("classify", State.RECEIVED, to=State.CLASSIFIED, by=Role.INTAKE, unless=accused),
        step(
            "assign",
            State.CLASSIFIED,
            State.REOPENED,
            to=State.INVESTIGATING,
            by=Role.COMMANDER,
            unless=(accused, concerns_head, not_to_be_investigated),
        ),
        step(
            "reassign",
            State.INVESTIGATING,
            to=State.INVESTIGATING,
            by=Role.COMMANDER,
            unless=(accused, concerns_head),
        ),
        step(
            "hand to supervisor",
            State.CLASSIFIED,
            State.REOPENED,
            State.SUPERVISOR_ACTION,
            to=State.SUPERVISOR_ACTION,
            by=Role.COMMANDER,
            unless=(accused, concerns_head, not_for_a_supervisor),
        ),
        step(
            "submit",
            State.INVESTIGATING,
            to=State.UNDER_REVIEW,
            by=Role.INVESTIGATOR,
            unless=(accused, not_the_investigator, concerns_head, conflicted),
        ),
        step(
            "submit",
            State.SUPERVISOR_ACTION,
            to=State.UNDER_REVIEW,
            by=Role.SUPERVISOR,
            unless=(accused, not_the_investigator, concerns_head, declared_a_conflict),
        ),
        step(
            "return",
            State.UNDER_REVIEW,
            to=State.INVESTIGATING,
            by=(Role.COMMANDER, Role.ADJUDICATOR),
            unless=(*JUDGING, investigated_it),
        ),
        step(
            "return to supervisor",
            State.UNDER_REVIEW,
            to=State.SUPERVISOR_ACTION,
            by=(Role.COMMANDER, Role.ADJUDICATOR),
            unless=(*JUDGING, investigated_it),
        ),
        step(
            "review",
            State.UNDER_REVIEW,
            to=State.UNDER_REVIEW,
            by=Role.COMMANDER,
            unless=(*JUDGING, investigated_it, decided_it_before),
        ),
        *(
            step(
                verb,
                State.UNDER_REVIEW,
                to=to,
                by=Role.ADJUDICATOR,
                unless=(*JUDGING, judged_it_before, not_reviewed),
            )
            for verb, to in (
                ("decide", State.DECIDED),
                ("vote on", State.UNDER_REVIEW),
                ("conclude the vote on", State.DECIDED),
            )
        ),
        step(
            "send to mediation",
            State.CLASSIFIED,
            to=State.IN_MEDIATION,
            by=(Role.COMMANDER, Role.LIAISON),
            unless=(accused, concerns_head, not_for_mediation, harm_is_referred),
        ),
        step("settle by mediation", State.IN_MEDIATION, to=State.DECIDED, by=Role.HOUSE),
        step("take back from mediation", State.IN_MEDIATION, to=State.CLASSIFIED, by=Role.HOUSE),
        *(
            step(
                "refer harm",
                state,
                to=state,
                by=(Role.COMMANDER, Role.LIAISON),
                unless=(accused, harm_is_referred),
            )
            for state in (*HERE, State.DECIDED)
        ),
        step(
            "withdraw",
            *OPEN,
            to=State.WITHDRAWN,
            by=(Role.INTAKE, Role.COMPLAINANT),
            unless=(accused, ended_inside, conflicted),
        ),
        step("close", State.DECIDED, to=State.CLOSED, by=(Role.ADJUDICATOR, Role.RECORDS), unless=accused),
        *TURNS,
        *ACCOMPANYING,
    ),
)
