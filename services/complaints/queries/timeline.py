"""The whole history of a complaint: what was done, by whom and why, from the audit, which is never changed."""

from inspect import cleandoc
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.models import Complaint
from services.complaints.queries import reading
from services.complaints.shapes.timeline import DeedOut, HistoryWanted, TimelineOut
from services.complaints.sight import KEEPERS
from shared.actors import Actor, Role
from shared.audit import AuditRow
from shared.errors import Forbidden
from shared.events.complaints import (
    TOPIC,
    EvidenceAdded,
    StatementTaken,
    UnsealedRead,
    UnsealingApproved,
    UnsealingAsked,
    UnsealingDenied,
)
from shared.events.event import CATALOGUE
from shared.outbox import OutboxRow

UNSEALING = frozenset(event.name for event in (UnsealingAsked, UnsealingApproved, UnsealingDenied, UnsealedRead))
"""Deeds whose reasons say who asked to read which name, and what for."""
GATHERED = frozenset({StatementTaken.name, EvidenceAdded.name})
"""Deeds whose facts tell whether there is something that an officer was compelled to say."""
STATEMENT, EVIDENCE = " statement", " evidence"
READ = (STATEMENT, EVIDENCE)
"""How the names of deeds end by which such things were read."""
A_STATEMENT = "read statement"
"""What is told of such a deed where its name would tell that the statement was compelled."""


def timeline(session: Session, complaint_id: UUID, actor: Actor, wanted: HistoryWanted) -> TimelineOut:
    """Return a page of the complaint's history; auditors also see who read it, if they wish.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
        Forbidden: reads were asked for by somebody who is no auditor.
    """
    if wanted.reads and not actor.has(Role.AUDITOR):
        raise Forbidden("Who read a complaint is for auditors; ask for its history without reads.")
    complaint = reading.complaint(session, complaint_id, actor)
    told = and_(
        OutboxRow.case_id == AuditRow.case_id,
        OutboxRow.version == AuditRow.case_version,
        OutboxRow.type == AuditRow.deed,
        OutboxRow.topic == TOPIC,
    )
    deeds = select(AuditRow, OutboxRow.payload).outerjoin(OutboxRow, told).where(AuditRow.case_id == complaint.id)
    if not wanted.reads:
        deeds = deeds.where(AuditRow.state.is_not(None))
    if wanted.after is not None:
        deeds = deeds.where(AuditRow.id > wanted.after)
    found = session.execute(deeds.order_by(AuditRow.id).limit(wanted.limit + 1)).all()
    page = found[: wanted.limit]
    following = page[-1][0].id if len(found) > len(page) else None
    eyes = _eyes(session, complaint, actor)
    deeds_told = [_deed(row, facts, hidden=eyes.hides(row.deed)) for row, facts in page]
    return TimelineOut(deeds=deeds_told, next=following)


class Eyes(NamedTuple):
    """What somebody may not know of the history of a complaint that they may see."""

    on_the_criminal_side: bool
    beyond_the_wall: bool
    """Whether they may know what officers were compelled to say."""
    keeps: bool
    """Whether they are asked whether something sealed is read."""

    def hides(self, deed: str) -> bool:
        """Whether why it was done, and what exactly it was, stays hidden from them."""
        gathered = deed in GATHERED or deed.endswith(READ)
        unsealed = deed in UNSEALING
        return self.on_the_criminal_side or (unsealed and not self.keeps) or (gathered and not self.beyond_the_wall)


def _eyes(session: Session, complaint: Complaint, actor: Actor) -> Eyes:
    opened = wall.opens_to(session, complaint, actor)
    return Eyes(wall.hides_quotes(session, complaint, actor), opened, actor.has(*KEEPERS))


def _deed(row: AuditRow, facts: dict[str, Any] | None, *, hidden: bool) -> DeedOut:
    """Return one deed; of what is hidden it is told that it was done, when and by whom."""
    if hidden:
        deed = A_STATEMENT if row.deed.endswith(STATEMENT) else row.deed
        return _told(row, deed, "", None)
    return _told(row, row.deed, row.why, facts)


def _told(row: AuditRow, deed: str, why: str, facts: dict[str, Any] | None) -> DeedOut:
    return DeedOut(
        at=row.at,
        deed=deed,
        told=sentence(deed),
        by=row.actor_id,
        roles=row.roles.split(),
        why=why,
        version=row.case_version,
        state=row.state,
        facts=facts,
    )


def sentence(deed: str) -> str:
    """Return what a deed was, as the event's own words say it."""
    event = CATALOGUE.get(deed)
    return cleandoc(event.__doc__ or deed).splitlines()[0] if event else f"Somebody did: {deed}."
