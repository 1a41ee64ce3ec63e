"""The life of a commendation."""

from services.recognition.models import Commendation, State
from shared.actors import Actor, Role
from shared.workflow import Objects, Workflow, step


def nominated_it(commendation: Commendation, actor: Actor) -> str | None:
    """Whoever nominates leaves the judgement to others."""
    return "whoever nominated somebody may not take this step" if commendation.nominator_id == actor.id else None


def receives_it(commendation: Commendation, actor: Actor) -> str | None:
    """Whoever is honoured takes no step on it."""
    return "whoever is nominated takes no step on the nomination" if commendation.officer_id == actor.id else None


def not_the_nominator(commendation: Commendation, actor: Actor) -> str | None:
    """A nomination belongs to whoever made it."""
    return None if commendation.nominator_id == actor.id else "only whoever nominated may withdraw the nomination"


def is_identified(commendation: Commendation, _: Actor) -> str | None:
    """The recipient is found once."""
    known = commendation.officer_id is not None or commendation.civilian
    return "it is known already who is to receive this" if known else None


def nobody_identified(commendation: Commendation, actor: Actor) -> str | None:
    """Facts are verified about a known recipient."""
    if is_identified(commendation, actor):
        return None
    return "nobody has identified the officer yet; identify the officer first"


def no_majority(commendation: Commendation, _: Actor) -> str | None:
    """The chief approves what the board has voted for."""
    in_favour = (commendation.yes or 0) > (commendation.no or 0)
    return None if in_favour else "the board has not voted in favour; deny it, with reasons"


def not_held_from(state: State) -> Objects:
    """Whatever is released goes on from where it was held."""

    def objects(commendation: Commendation, _: Actor) -> str | None:
        return None if commendation.held_from == state else f"it was not held while it was {state}"

    return objects


def release_verb(state: State | None) -> str:
    """Return the step that releases what was held in `state`."""
    return f"release as {state or State.NOMINATED}"


APART = (nominated_it, receives_it)
UNDER_WAY = (State.NOMINATED, State.VERIFIED, State.BEFORE_BOARD, State.VOTED, State.APPROVED)
HOLDERS = (Role.RECORDS, Role.ADJUDICATOR)

COMMENDATION: Workflow[Commendation] = Workflow(
    "commendation",
    start=State.NOMINATED,
    steps=(
        step("identify", State.NOMINATED, to=State.NOMINATED, by=Role.SUPERVISOR, unless=(*APART, is_identified)),
        step("verify", State.NOMINATED, to=State.VERIFIED, by=Role.SUPERVISOR, unless=(*APART, nobody_identified)),
        step(
            "submit",
            State.VERIFIED,
            to=State.BEFORE_BOARD,
            by=(Role.AWARD_BOARD, Role.RECORDS),
            unless=receives_it,
        ),
        step("vote on", State.BEFORE_BOARD, to=State.BEFORE_BOARD, by=Role.AWARD_BOARD, unless=receives_it),
        step("close the vote on", State.BEFORE_BOARD, to=State.VOTED, by=Role.AWARD_BOARD, unless=APART),
        step("approve", State.VOTED, to=State.APPROVED, by=Role.ADJUDICATOR, unless=(*APART, no_majority)),
        step("deny", State.NOMINATED, to=State.DENIED, by=(Role.SUPERVISOR, Role.ADJUDICATOR), unless=APART),
        step("deny", State.VERIFIED, State.VOTED, to=State.DENIED, by=Role.ADJUDICATOR, unless=APART),
        step(
            "present",
            State.APPROVED,
            to=State.PRESENTED,
            by=(Role.ADJUDICATOR, Role.SUPERVISOR),
            unless=receives_it,
        ),
        step(
            "withdraw",
            *(state for state in UNDER_WAY if state is not State.APPROVED),
            State.ON_HOLD,
            to=State.WITHDRAWN,
            by=(Role.SUPERVISOR, Role.OFFICER),
            unless=not_the_nominator,
        ),
        step("hold", *UNDER_WAY, to=State.ON_HOLD, by=HOLDERS, unless=APART),
        *(
            step(release_verb(state), State.ON_HOLD, to=state, by=HOLDERS, unless=(*APART, not_held_from(state)))
            for state in UNDER_WAY
        ),
        step("rescind", State.PRESENTED, to=State.RESCINDED, by=Role.ADJUDICATOR, unless=APART),
    ),
)
