"""The rows of a complaint's workflow for the turns that it may take beside being investigated, reviewed and decided."""

from services.complaints.models import State
from services.complaints.objections import (
    accused,
    concerns_head,
    conflicted,
    conflicted_on_the_way_out,
    investigated_and_closes,
    not_about_head,
)
from shared.actors import Role
from shared.workflow import Step, step

IN_HAND = (State.CLASSIFIED, State.SUPERVISOR_ACTION, State.INVESTIGATING, State.REOPENED)
"""Where it can still be said anew what a complaint is about."""

HERE = (*IN_HAND, State.UNDER_REVIEW)
"""Where the agency deals with it itself."""

OPEN = (State.RECEIVED, *HERE, State.REFERRED_OUT, State.IN_MEDIATION)
"""Where it has not ended."""

DIRECTING = (Role.INTAKE, Role.COMMANDER)
"""Who says which way a complaint goes."""

DECLARING = (*DIRECTING, Role.INVESTIGATOR, Role.SUPERVISOR, Role.ADJUDICATOR, Role.LIAISON)
"""Who declares conflicts of interest."""

JUDGING = (accused, concerns_head, conflicted)
"""What keeps people from dealing with a complaint at all."""

OUTSIDE: tuple[Step, ...] = (
    step("refer out", *HERE, to=State.REFERRED_OUT, by=DIRECTING, unless=(accused, conflicted_on_the_way_out)),
    *(
        step(verb, State.REFERRED_OUT, to=to, by=DIRECTING, unless=JUDGING)
        for verb, to in (
            ("take back", State.CLASSIFIED),
            ("take over findings of", State.UNDER_REVIEW),
            ("leave with the authority", State.CLOSED),
        )
    ),
    step(
        "record the outside decision on",
        State.REFERRED_OUT,
        to=State.DECIDED,
        by=DIRECTING,
        unless=(accused, not_about_head),
    ),
)

EARLY_ENDS: tuple[Step, ...] = (
    step(
        "close administratively",
        *HERE,
        to=State.CLOSED,
        by=(Role.COMMANDER, Role.ADJUDICATOR),
        unless=(*JUDGING, investigated_and_closes),
    ),
    step("close as duplicate", State.RECEIVED, *HERE, to=State.CLOSED, by=DIRECTING, unless=JUDGING),
)

REOPENING: tuple[Step, ...] = (
    step(
        "reopen",
        State.DECIDED,
        State.CLOSED,
        State.WITHDRAWN,
        to=State.REOPENED,
        by=Role.ADJUDICATOR,
        unless=(accused, conflicted),
    ),
)

SAID_ANEW: tuple[Step, ...] = (
    *(step("reclassify", state, to=state, by=DIRECTING, unless=(accused, conflicted)) for state in IN_HAND),
    step(
        "move to another track",
        State.SUPERVISOR_ACTION,
        State.INVESTIGATING,
        to=State.CLASSIFIED,
        by=DIRECTING,
        unless=(accused, conflicted),
    ),
    *(
        step("add allegations to", state, to=state, by=(*DIRECTING, Role.INVESTIGATOR), unless=(accused, conflicted))
        for state in IN_HAND
    ),
    *(step("link", state, to=state, by=(*DIRECTING, Role.INVESTIGATOR), unless=accused) for state in State),
)

CONFLICTS: tuple[Step, ...] = (
    *(step("declare a conflict with", state, to=state, by=DECLARING, unless=accused) for state in OPEN),
    *(
        step(
            "override a conflict with",
            state,
            to=state,
            by=(Role.COMMANDER, Role.ADJUDICATOR),
            unless=(accused, conflicted),
        )
        for state in OPEN
    ),
)

TURNS = (*OUTSIDE, *EARLY_ENDS, *REOPENING, *SAID_ANEW, *CONFLICTS)
