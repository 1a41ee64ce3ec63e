"""How agency and board come to rely on the same dates."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.complaints.commands.loading import load_by_reference
from services.complaints.models import Complaint
from services.complaints.shapes.dates import AcknowledgementIn
from services.complaints.workflow import COMPLAINT
from shared import agreement
from shared.actors import Actor
from shared.agreement import RECEIVED
from shared.errors import Malformed
from shared.events.complaints import DatesAcknowledged, DatesDisputed
from shared.outbox import publish


def acknowledge_dates(
    session: Session, public_ref: str, said: AcknowledgementIn, actor: Actor, now: datetime
) -> Complaint:
    """Write down on which dates one side relies; what differs from the record is told as a dispute.

    Raises:
        NotFound: there is no such complaint, or the actor is accused in it.
        Objection: the actor speaks for both sides.
        Malformed: a time limit stands there twice.
    """
    complaint = load_by_reference(session, public_ref, actor)
    COMPLAINT.advance(complaint, "acknowledge the dates of", actor, now)
    dates = {RECEIVED: said.received_on, **{due.limit: due.due_on for due in said.limits}}
    if len(dates) != len(said.limits) + 1:
        raise Malformed("A time limit stands there twice; give one date for each.")
    disputed = agreement.differing(agreement.record_of(session, complaint.id, complaint.received_on), dates)
    entry = agreement.entry(complaint, actor, now, dates, disputed)
    session.add(entry)
    event = DatesDisputed(side=entry.side, dates=tuple(disputed)) if disputed else DatesAcknowledged(side=entry.side)
    publish(session, complaint, event, actor)
    return complaint
