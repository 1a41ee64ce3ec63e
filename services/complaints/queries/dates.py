"""What agency and board see of the dates of a complaint: the same, and nothing else of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints.models import Complaint
from services.complaints.shapes.dates import AcknowledgedOut, DatesOut, DueIn, DueOut
from services.complaints.sight import may_see_dates
from shared import agreement, audit, timelimits
from shared.actors import Actor
from shared.agreement import RECEIVED, Acknowledged
from shared.errors import NotFound
from shared.events.complaints import Side
from shared.occasion import note_case
from shared.policy.agency import AgencyRules


def by_reference(session: Session, public_ref: str, actor: Actor) -> Complaint:
    """Return the complaint that the public calls so; board and agency know it by the same name.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    found = session.scalar(select(Complaint).where(Complaint.public_ref == public_ref))
    if found is None or not may_see_dates(found, actor):
        raise NotFound("There is no such complaint here.")
    note_case(session, found)
    return found


def dates(session: Session, public_ref: str, actor: Actor, rules: AgencyRules) -> DatesOut:
    """Return the dates of a complaint, and what both sides have said about them.

    Raises:
        NotFound: there is no such complaint, or the actor may not know of it.
    """
    complaint = by_reference(session, public_ref, actor)
    audit.record(session, actor, "read dates", (complaint.id, complaint.version))
    said = agreement.acknowledgements(session, complaint.id)
    return DatesOut(
        public_ref=complaint.public_ref,
        stage=complaint.state,
        received_on=complaint.received_on,
        limits=_explained(session, complaint, rules),
        acknowledged=[_out(one) for one in said],
        agreed=_agreed(agreement.record_of(session, complaint.id, complaint.received_on), said),
    )


def _explained(session: Session, complaint: Complaint, rules: AgencyRules) -> list[DueOut]:
    tolls = timelimits.ledger(session, complaint.id)
    return [
        DueOut(
            limit=limit.code,
            due_on=limit.due_on,
            explained=timelimits.explained(limit, tolls, rules),
        )
        for limit in timelimits.running_limits(session, complaint.id)
    ]


def _out(said: Acknowledged) -> AcknowledgedOut:
    limits: dict[str, Any] = {code: day for code, day in said.dates.items() if code != RECEIVED}
    return AcknowledgedOut(
        side=said.side,
        at=said.at,
        received_on=said.dates[RECEIVED],
        limits=[DueIn(limit=code, due_on=day) for code, day in limits.items()],
        disputed=said.disputed,
    )


def _agreed(record: dict[str, date | None], said: Sequence[Acknowledged]) -> bool:
    """Whether the last word of each side is the record as it is now."""
    last = {side: next((one for one in said if one.side is side), None) for side in Side}
    return all(one is not None and not agreement.differing(record, agreement.read(one)) for one in last.values())
