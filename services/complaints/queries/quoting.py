"""What is told of a complaint with its reasons, and without them to whoever may not know what they quote."""

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.models import Complaint
from services.complaints.shapes.cases import ComplaintOut
from shared.actors import Actor
from shared.words import Shape

WORDS = frozenset({"because", "recommended_because", "reviewed_because", "finding_because", "outcome"})
"""What people write in their own words about a step or a finding, and what those outside said of a referral."""

S = TypeVar("S", bound=Shape)


def shown(session: Session, complaint: Complaint, actor: Actor) -> ComplaintOut:
    """Return a complaint as staff see it, its reasons blank to whoever works on the criminal side."""
    said = ComplaintOut.model_validate(complaint)
    return said.model_copy(update={"allegations": quoted(session, complaint, actor, said.allegations)})


def quoted(session: Session, complaint: Complaint, actor: Actor, told: Iterable[S]) -> list[S]:
    """Return what is told of a complaint, its reasons blank to whoever works on the criminal side."""
    if not wall.hides_quotes(session, complaint, actor):
        return list(told)
    return [one.model_copy(update=dict.fromkeys(WORDS & type(one).model_fields.keys(), "")) for one in told]
