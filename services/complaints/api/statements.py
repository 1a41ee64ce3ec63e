"""The routes of interviews and statements, and of the wall around what officers were compelled to say."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.complaints.api import routes
from services.complaints.commands import statements as commands
from services.complaints.commands.statements import Office
from services.complaints.queries import quoting
from services.complaints.queries import statements as queries
from services.complaints.shapes.cases import ComplaintOut
from services.complaints.shapes.statements import (
    CriminalSideIn,
    NoticeIn,
    NoticesOut,
    StatementIn,
    StatementOut,
    StatementsOut,
    StatementTextOut,
)
from services.complaints.shapes.steps import ReasonIn
from services.complaints.sight import READERS
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.actors import Role
from shared.clock import Now
from shared.db import Tx
from shared.vault import SealedBy

router = routes()

READ_COMPLAINTS = reads("staff read the complaints they may see", *READERS)
MAY_READ = (Role.INTAKE, Role.INVESTIGATOR, Role.COMMANDER, Role.ADJUDICATOR, Role.AUDITOR)
"""Who reads statements, in complaints that they may see."""


async def office_of(rules: Rules, vault: SealedBy) -> Office:
    """Return what statements are taken under."""
    return Office(rules, vault)


OfficeIn = Annotated[Office, Depends(office_of)]


@router.post("/{complaint_id}/interview-notices", status_code=201, dependencies=[takes(COMPLAINT, "investigate")])
def announce_interview(
    complaint_id: UUID, notice: NoticeIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> NoticesOut:
    """Note that an officer was told when they will be interviewed."""
    commands.announce_interview(tx, complaint_id, notice, actor, now, rules)
    return queries.notices(tx, complaint_id, actor)


@router.get("/{complaint_id}/interview-notices", dependencies=[READ_COMPLAINTS])
def notices(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> NoticesOut:
    """List the notices of interviews."""
    return queries.notices(tx, complaint_id, actor)


@router.post("/{complaint_id}/statements", status_code=201, dependencies=[takes(COMPLAINT, "investigate")])
def take_statement(
    complaint_id: UUID, said: StatementIn, tx: Tx, actor: CurrentActor, now: Now, office: OfficeIn
) -> StatementOut:
    """Keep what somebody said, sealed."""
    statement = commands.take_statement(tx, complaint_id, said, actor, now, office)
    return StatementOut.model_validate(statement)


@router.get("/{complaint_id}/statements", dependencies=[READ_COMPLAINTS])
def statements(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> StatementsOut:
    """List the statements that the caller may know of, without what was said."""
    return queries.statements(tx, complaint_id, actor)


@router.post(
    "/{complaint_id}/statements/{statement_id}/reading",
    dependencies=[reads("staff read statements, for a reason that is kept", *MAY_READ)],
)
def read_statement(
    complaint_id: UUID, statement_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, vault: SealedBy
) -> StatementTextOut:
    """Return what was said, for a reason; that it was read is noted for good."""
    statement, text = commands.read_statement(tx, complaint_id, statement_id, reason.because, actor, vault)
    return StatementTextOut(**StatementOut.model_validate(statement).model_dump(), text=text)


@router.post("/{complaint_id}/criminal-side", dependencies=[takes(COMPLAINT, "name the criminal side of")])
def name_criminal_side(
    complaint_id: UUID, named: CriminalSideIn, tx: Tx, actor: CurrentActor, now: Now
) -> ComplaintOut:
    """Name somebody who works on the criminal side of the same matter; they see nothing of this one any more."""
    return quoting.shown(tx, commands.name_criminal_side(tx, complaint_id, named, actor, now), actor)
