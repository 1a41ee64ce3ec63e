"""The routes of discipline."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.discipline import queries
from services.discipline.commands import ending, hearing, roster, rulings
from services.discipline.models import Service, State
from services.discipline.queries import Filters, shown
from services.discipline.shapes import (
    AppealIn,
    DecisionIn,
    DepartureIn,
    DisciplineOut,
    DisciplinesOut,
    HearingIn,
    ImplementationIn,
    NoticeIn,
    OfficerIn,
    OfficerOut,
    PostingIn,
    RangeIn,
    ReturnIn,
    RosterOut,
    RulingIn,
    StatementIn,
)
from services.discipline.sight import READERS, SEE_ROSTER
from services.discipline.workflow import DISCIPLINE, KEEPING, ROSTER
from shared.access import CurrentActor, Rules, reads, takes
from shared.app import CaseRoute
from shared.clock import Now
from shared.db import Tx
from shared.pages import Cursor, Limit

router = APIRouter(prefix="/agencies/{agency}/discipline", route_class=CaseRoute, tags=["discipline"])


def asked(state: State | None = None, officer_id: UUID | None = None) -> Filters:
    """Read which cases are asked for."""
    return Filters(state, officer_id)


@router.get("", dependencies=[reads("staff list cases, officers their own", *READERS)])
def cases(
    filters: Annotated[Filters, Depends(asked)], tx: Tx, actor: CurrentActor, limit: Limit = 50, after: Cursor = None
) -> DisciplinesOut:
    """List discipline cases, the newest first."""
    return queries.cases(tx, actor, filters, limit, after)


@router.get("/roster", dependencies=[reads("staff look officers up", *SEE_ROSTER)])
def officers(
    tx: Tx, actor: CurrentActor, state: Service | None = None, limit: Limit = 50, after: Cursor = None
) -> RosterOut:
    """List the officers of the agency, those entered last first."""
    return queries.roster(tx, actor, state, limit, after)


@router.post("/roster", status_code=201, dependencies=[reads("records and administrators keep the roster", *KEEPING)])
def enter_officer(said: OfficerIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> OfficerOut:
    """Enter an officer in the roster."""
    return OfficerOut.model_validate(roster.enter(tx, said, actor, now, rules))


@router.get("/roster/{officer_id}", dependencies=[reads("staff look officers up", *SEE_ROSTER)])
def officer(officer_id: UUID, tx: Tx, actor: CurrentActor) -> OfficerOut:
    """Return one officer of the roster."""
    return queries.officer(tx, officer_id, actor)


@router.post("/roster/{officer_id}/posting", dependencies=[takes(ROSTER, "change")])
def post_officer(officer_id: UUID, said: PostingIn, tx: Tx, actor: CurrentActor, now: Now) -> OfficerOut:
    """Give an officer another rank, unit or supervisor."""
    return OfficerOut.model_validate(roster.post(tx, officer_id, said, actor, now))


@router.post("/roster/{officer_id}/departure", dependencies=[takes(ROSTER, "note departure")])
def note_departure(
    officer_id: UUID, said: DepartureIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> OfficerOut:
    """Note that an officer has left; their cases go on."""
    return OfficerOut.model_validate(roster.depart(tx, officer_id, said, actor, now, rules))


@router.post("/roster/{officer_id}/return", dependencies=[takes(ROSTER, "note return")])
def note_return(officer_id: UUID, said: ReturnIn, tx: Tx, actor: CurrentActor, now: Now) -> OfficerOut:
    """Note that an officer who had left serves again."""
    return OfficerOut.model_validate(roster.take_back(tx, officer_id, said, actor, now))


@router.get("/{case_id}", dependencies=[reads("staff read cases, officers their own", *READERS)])
def case(case_id: UUID, tx: Tx, actor: CurrentActor) -> DisciplineOut:
    """Return one discipline case."""
    return queries.case(tx, case_id, actor)


@router.post("/{case_id}/range", dependencies=[takes(DISCIPLINE, "compute range")])
def find_range(case_id: UUID, said: RangeIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> DisciplineOut:
    """Compute the range from the matrix that was in force on the day of the incident."""
    return shown(rulings.find_range(tx, case_id, said, actor, now, rules), actor)


@router.post("/{case_id}/proposal", dependencies=[takes(DISCIPLINE, "propose")])
def propose(case_id: UUID, proposal: RulingIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> DisciplineOut:
    """Recommend a sanction, with reasons."""
    return shown(rulings.propose(tx, case_id, proposal, actor, now, rules), actor)


@router.post("/{case_id}/notice", dependencies=[takes(DISCIPLINE, "serve notice")])
def serve_notice(case_id: UUID, notice: NoticeIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> DisciplineOut:
    """Record that the officer was given notice of the charges and an explanation of the evidence."""
    return shown(hearing.serve_notice(tx, case_id, notice, actor, now, rules), actor)


@router.post("/{case_id}/response", dependencies=[takes(DISCIPLINE, "respond")])
def respond(case_id: UUID, said: StatementIn, tx: Tx, actor: CurrentActor, now: Now) -> DisciplineOut:
    """Respond to the notice, as the officer concerned."""
    return shown(hearing.respond(tx, case_id, said, actor, now), actor)


@router.post("/{case_id}/response-waiver", dependencies=[takes(DISCIPLINE, "waive response")])
def waive_response(case_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> DisciplineOut:
    """Waive the response, as the officer concerned."""
    return shown(hearing.waive_response(tx, case_id, actor, now), actor)


@router.post("/{case_id}/response-lapse", dependencies=[takes(DISCIPLINE, "lapse response")])
def lapse_response(case_id: UUID, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> DisciplineOut:
    """Record that the day to respond by has passed."""
    return shown(hearing.lapse_response(tx, case_id, actor, now, rules), actor)


@router.post("/{case_id}/hearing", dependencies=[takes(DISCIPLINE, "hold hearing")])
def hold_hearing(case_id: UUID, held: HearingIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> DisciplineOut:
    """Record a hearing that was held."""
    return shown(hearing.hold_hearing(tx, case_id, held, actor, now, rules), actor)


@router.post("/{case_id}/decision", dependencies=[takes(DISCIPLINE, "decide")])
def decide(case_id: UUID, decision: DecisionIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> DisciplineOut:
    """Decide on a sanction, with reasons."""
    return shown(rulings.decide(tx, case_id, decision, actor, now, rules), actor)


@router.post("/{case_id}/appeal", dependencies=[takes(DISCIPLINE, "appeal")])
def appeal(case_id: UUID, said: AppealIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> DisciplineOut:
    """Appeal the decision, as the officer concerned."""
    return shown(ending.appeal(tx, case_id, said, actor, now, rules), actor)


@router.post("/{case_id}/appeal-waiver", dependencies=[takes(DISCIPLINE, "waive appeal")])
def waive_appeal(case_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> DisciplineOut:
    """Waive the appeal, as the officer concerned."""
    return shown(ending.waive_appeal(tx, case_id, actor, now), actor)


@router.post("/{case_id}/appeal-decision", dependencies=[takes(DISCIPLINE, "decide appeal")])
def decide_appeal(
    case_id: UUID, decision: RulingIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> DisciplineOut:
    """Decide the appeal, with reasons."""
    return shown(rulings.decide_appeal(tx, case_id, decision, actor, now, rules), actor)


@router.post("/{case_id}/finality", dependencies=[takes(DISCIPLINE, "make final")])
def make_final(case_id: UUID, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> DisciplineOut:
    """Make the decision final."""
    return shown(ending.make_final(tx, case_id, actor, now, rules), actor)


@router.post("/{case_id}/implementation", dependencies=[takes(DISCIPLINE, "implement")])
def implement(
    case_id: UUID, done: ImplementationIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> DisciplineOut:
    """Record that the sanction has taken effect."""
    return shown(ending.implement(tx, case_id, done, actor, now, rules), actor)


@router.post("/{case_id}/completion", dependencies=[takes(DISCIPLINE, "complete")])
def complete(case_id: UUID, tx: Tx, actor: CurrentActor, now: Now) -> DisciplineOut:
    """Record that nothing more is to be done."""
    return shown(ending.complete(tx, case_id, actor, now), actor)
