"""The routes by which somebody gets a complaint in hand, and of what could keep them from it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.complaints.api import routes
from services.complaints.commands import assigning
from services.complaints.commands import conflicts as conflict_commands
from services.complaints.queries import course, quoting, workload
from services.complaints.shapes.assignment import (
    AssignmentIn,
    AssignmentsOut,
    ConflictsOut,
    DeclarationIn,
    OverrideIn,
    ReportingLineIn,
    ReportingLineOut,
    ReportingLinesOut,
    SupervisorIn,
    WorkloadOut,
)
from services.complaints.shapes.cases import ComplaintOut
from services.complaints.sight import READERS
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.actors import Role
from shared.clock import Now
from shared.db import Tx

router = routes()

READING = reads("staff read the complaints they may see", *READERS)
KEEPING_LINES = reads("records keeps the lines of supervision", Role.RECORDS, Role.ADMIN)


@router.get(
    "/workload", dependencies=[reads("those who assign see who has how much", Role.COMMANDER, Role.ADJUDICATOR)]
)
def who_has_how_much(tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> WorkloadOut:
    """Say what everybody has in hand."""
    return workload.workload(tx, actor, now, rules)


@router.post("/reporting-lines", status_code=201, dependencies=[KEEPING_LINES])
def enter_line(line: ReportingLineIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> ReportingLinesOut:
    """Say by whom an officer is supervised from a day on; the line before ends."""
    lines = conflict_commands.enter_line(tx, line, actor, now, rules.today(now))
    return ReportingLinesOut(lines=[ReportingLineOut.model_validate(one) for one in lines])


@router.get("/reporting-lines", dependencies=[KEEPING_LINES])
def reporting_lines(officer_id: Annotated[UUID, Query()], tx: Tx, actor: CurrentActor) -> ReportingLinesOut:
    """Return by whom an officer was and is supervised."""
    return workload.reporting_lines(tx, officer_id, actor)


@router.post("/{complaint_id}/assignment", dependencies=[takes(COMPLAINT, "assign")])
def assign(
    complaint_id: UUID, assignment: AssignmentIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Give the case to an investigator, or to another one."""
    return quoting.shown(tx, assigning.assign(tx, complaint_id, assignment, actor, now, rules), actor)


@router.post("/{complaint_id}/supervisor", dependencies=[takes(COMPLAINT, "hand to supervisor")])
def hand_to_supervisor(
    complaint_id: UUID, given: SupervisorIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Let a supervisor deal with the complaint."""
    return quoting.shown(tx, assigning.hand_to_supervisor(tx, complaint_id, given, actor, now, rules), actor)


@router.get("/{complaint_id}/assignments", dependencies=[READING])
def assignments(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> AssignmentsOut:
    """Return everybody who had the case."""
    return course.assignments(tx, complaint_id, actor)


@router.post("/{complaint_id}/conflicts", status_code=201, dependencies=[takes(COMPLAINT, "declare a conflict with")])
def declare(complaint_id: UUID, said: DeclarationIn, tx: Tx, actor: CurrentActor, now: Now) -> ConflictsOut:
    """Declare a conflict of interest, your own or somebody else's."""
    conflict_commands.declare(tx, complaint_id, said, actor, now)
    return course.conflicts(tx, complaint_id, actor)


@router.post("/{complaint_id}/overrides", status_code=201, dependencies=[takes(COMPLAINT, "override a conflict with")])
def override(complaint_id: UUID, said: OverrideIn, tx: Tx, actor: CurrentActor, now: Now) -> ConflictsOut:
    """Let somebody deal with the complaint in spite of a conflict of interest, for reasons in writing."""
    conflict_commands.override(tx, complaint_id, said, actor, now)
    return course.conflicts(tx, complaint_id, actor)


@router.get("/{complaint_id}/conflicts", dependencies=[READING])
def conflicts(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> ConflictsOut:
    """Return the conflicts of interest that were declared and overridden."""
    return course.conflicts(tx, complaint_id, actor)
