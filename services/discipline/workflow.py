"""The life of a discipline case."""

from services.discipline.models import DisciplineCase, Officer, Service, Stage, State
from shared.actors import Actor, Role
from shared.workflow import Workflow, step


def concerned(case: DisciplineCase, actor: Actor) -> str | None:
    """Nobody takes an official step on their own case."""
    return "the officer concerned takes no such step on their own case" if actor.id == case.officer_id else None


def not_concerned(case: DisciplineCase, actor: Actor) -> str | None:
    """The officer speaks for themselves."""
    return None if actor.id == case.officer_id else "only the officer concerned can do this"


def ruled_before(case: DisciplineCase, actor: Actor) -> str | None:
    """Whoever decides has neither proposed nor, on appeal, decided."""
    ruled = {ruling.stage for ruling in case.rulings if ruling.by == actor.id}
    if Stage.RECOMMENDED in ruled:
        return "whoever proposed a sanction may not decide on it"
    return "whoever decided a case may not decide its appeal" if Stage.DECIDED in ruled else None


def appeal_is_waived(case: DisciplineCase, _: Actor) -> str | None:
    """A waiver holds."""
    return "the appeal has been waived" if case.appeal_waived else None


def themselves(officer: Officer, actor: Actor) -> str | None:
    """Nobody keeps their own entry."""
    return "nobody changes their own entry in the roster" if actor.id == officer.id else None


ANSWERED = (State.RESPONDED, State.RESPONSE_WAIVED, State.RESPONSE_LAPSED)
RANKING = (Role.COMMANDER, Role.ADJUDICATOR)
KEEPING = (Role.RECORDS, Role.ADMIN)
"""Who keeps the roster."""

DISCIPLINE: Workflow[DisciplineCase] = Workflow(
    "discipline case",
    start=State.OPENED,
    steps=(
        step("compute range", State.OPENED, to=State.RANGE_COMPUTED, by=RANKING, unless=concerned),
        step("propose", State.RANGE_COMPUTED, to=State.PROPOSED, by=RANKING, unless=concerned),
        step(
            "serve notice",
            State.PROPOSED,
            to=State.NOTICE_SERVED,
            by=(Role.COMMANDER, Role.RECORDS),
            unless=concerned,
        ),
        step("respond", State.NOTICE_SERVED, to=State.RESPONDED, by=Role.OFFICER, unless=not_concerned),
        step("waive response", State.NOTICE_SERVED, to=State.RESPONSE_WAIVED, by=Role.OFFICER, unless=not_concerned),
        step(
            "lapse response",
            State.NOTICE_SERVED,
            to=State.RESPONSE_LAPSED,
            by=(Role.CLOCK, Role.RECORDS),
            unless=concerned,
        ),
        step("hold hearing", *ANSWERED, to=State.HEARING_HELD, by=RANKING, unless=concerned),
        step(
            "decide",
            *ANSWERED,
            State.HEARING_HELD,
            to=State.DECIDED,
            by=Role.ADJUDICATOR,
            unless=(concerned, ruled_before),
        ),
        step("appeal", State.DECIDED, to=State.APPEALED, by=Role.OFFICER, unless=(not_concerned, appeal_is_waived)),
        step(
            "waive appeal", State.DECIDED, to=State.DECIDED, by=Role.OFFICER, unless=(not_concerned, appeal_is_waived)
        ),
        step(
            "decide appeal",
            State.APPEALED,
            to=State.APPEAL_DECIDED,
            by=Role.ADJUDICATOR,
            unless=(concerned, ruled_before),
        ),
        step(
            "make final",
            State.DECIDED,
            State.APPEAL_DECIDED,
            to=State.FINAL,
            by=(Role.ADJUDICATOR, Role.RECORDS, Role.CLOCK),
            unless=concerned,
        ),
        step("implement", State.FINAL, to=State.IMPLEMENTED, by=(Role.RECORDS, Role.SUPERVISOR), unless=concerned),
        step("complete", State.IMPLEMENTED, to=State.COMPLETE, by=Role.RECORDS, unless=concerned),
    ),
)

ROSTER: Workflow[Officer] = Workflow(
    "roster entry",
    start=Service.SERVING,
    steps=(
        step("change", Service.SERVING, to=Service.SERVING, by=KEEPING, unless=themselves),
        step("note departure", Service.SERVING, to=Service.DEPARTED, by=KEEPING, unless=themselves),
        step("note return", Service.DEPARTED, to=Service.SERVING, by=KEEPING, unless=themselves),
    ),
)
"""The service of an officer. No case ends with it: whoever has left is still found against, or cleared."""
