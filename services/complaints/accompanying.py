"""The rows of a complaint's workflow for what is done about it while it goes its way, and does not change its state."""

from services.complaints.models import State
from services.complaints.objections import (
    accused,
    facilitator_asks,
    harm_is_referred,
    not_assigned,
    took_part,
)
from services.complaints.turns import OPEN
from shared.actors import Role
from shared.workflow import Step, step

TELLING = (Role.INTAKE, Role.INVESTIGATOR, Role.COMMANDER, Role.LIAISON)
"""Who speaks with whoever complained."""

EXPLAINING = (Role.INTAKE, Role.INVESTIGATOR, Role.SUPERVISOR, Role.COMMANDER, Role.ADJUDICATOR)
"""Who can know why nothing happens."""

BOTH_SIDES = (Role.COMMANDER, Role.OVERSIGHT)
"""Who says on which dates the agency and the board rely."""

WRITING = (Role.INTAKE, Role.INVESTIGATOR, Role.COMMANDER)
"""Who writes down the people in a complaint."""

ENDED = (State.DECIDED, State.CLOSED)

DATES: tuple[Step, ...] = (
    *(step("move limits of", state, to=state, by=Role.COMMANDER, unless=accused) for state in OPEN),
    *(
        step("tell the complainant of", state, to=state, by=(*TELLING, Role.CLOCK), unless=accused)
        for state in (*OPEN, *ENDED)
    ),
    *(step("explain the delay of", state, to=state, by=EXPLAINING, unless=accused) for state in OPEN),
    *(step("acknowledge the dates of", state, to=state, by=BOTH_SIDES, unless=accused) for state in State),
)

INVESTIGATION: tuple[Step, ...] = (
    *(
        step("add evidence to", state, to=state, by=(*WRITING, Role.COMPLAINANT), unless=accused)
        for state in (*OPEN, *ENDED)
    ),
    step(
        "investigate",
        State.INVESTIGATING,
        to=State.INVESTIGATING,
        by=Role.INVESTIGATOR,
        unless=(accused, not_assigned),
    ),
    step(
        "keep tasks of",
        State.INVESTIGATING,
        to=State.INVESTIGATING,
        by=(Role.INVESTIGATOR, Role.COMMANDER),
        unless=accused,
    ),
    *(step("name the criminal side of", state, to=state, by=Role.COMMANDER, unless=accused) for state in OPEN),
)

PEOPLE: tuple[Step, ...] = (
    *(step("add parties to", state, to=state, by=WRITING, unless=accused) for state in OPEN),
    *(step("identify an officer in", state, to=state, by=WRITING, unless=accused) for state in OPEN),
    *(
        step("correct parties of", state, to=state, by=(*WRITING, Role.LIAISON), unless=accused)
        for state in (*OPEN, *ENDED)
    ),
)

TALK: tuple[Step, ...] = (
    *(
        step(verb, state, to=state, by=roles, unless=accused)
        for verb, roles in (("write to the complainant of", TELLING), ("write about", (Role.COMPLAINANT,)))
        for state in State
    ),
    *(
        step(verb, state, to=state, by=roles, unless=unless)
        for verb, roles, unless in (
            ("add to", (Role.INTAKE, Role.COMPLAINANT), (accused,)),
            ("name a contact for", (Role.INTAKE, Role.COMMANDER, Role.LIAISON), (accused,)),
            ("ask about mediation of", (Role.COMMANDER, Role.LIAISON), (accused, harm_is_referred)),
            ("answer about mediation of", (Role.COMPLAINANT,), (facilitator_asks,)),
        )
        for state in OPEN
    ),
    *(
        step(verb, state, to=state, by=roles, unless=unless)
        for verb, roles, unless in (
            ("release the reasons of", (Role.ADJUDICATOR, Role.COMMANDER), (accused,)),
            ("request a review of", (Role.COMPLAINANT,), ()),
            ("answer the request to review", (Role.COMMANDER, Role.ADJUDICATOR), (accused, took_part)),
        )
        for state in ENDED
    ),
    *(step("give feedback on", state, to=state, by=Role.COMPLAINANT) for state in (*ENDED, State.WITHDRAWN)),
)

ACCOMPANYING = (*DATES, *INVESTIGATION, *PEOPLE, *TALK)
