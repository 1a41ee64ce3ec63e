"""How a discipline case comes into being."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.discipline.models import Count, DisciplineCase
from services.discipline.workflow import DISCIPLINE
from shared.actors import HOUSE
from shared.cases import beginning, next_number
from shared.events.complaints import Charge
from shared.events.discipline import DisciplineOpened
from shared.inbox import Told
from shared.outbox import publish

LETTER = "D"
"""What a discipline case's number begins with."""


def not_yet_charged(session: Session, charges: Sequence[Charge]) -> list[Charge]:
    """Return the charges that no case holds yet: a complaint that is decided again brings only new ones."""
    asked = select(Count.allegation_id).where(Count.allegation_id.in_(charge.allegation_id for charge in charges))
    held = set(session.scalars(asked))
    return [charge for charge in charges if charge.allegation_id not in held]


def open_case(
    session: Session, told: Told, officer_id: UUID, charges: Sequence[Charge], incident_on: date | None
) -> DisciplineCase:
    """Open one case with all charges of a complaint against one officer."""
    year = told.rules.today(told.time).year
    case = DisciplineCase(
        **beginning(session, told.time),
        number=next_number(session, LETTER, year),
        state=DISCIPLINE.start,
        complaint_id=told.case_id,
        officer_id=officer_id,
        incident_on=incident_on,
    )
    case.counts = [count(case, position, charge) for position, charge in enumerate(charges)]
    session.add(case)
    event = DisciplineOpened(counts=len(charges), officer_id=officer_id, complaint_id=told.case_id)
    publish(session, case, event, HOUSE)
    return case


def count(case: DisciplineCase, position: int, charge: Charge) -> Count:
    """Return one count of `case`, at its place among the others."""
    return Count(
        id=uuid4(),
        case_id=case.id,
        agency=case.agency,
        position=position,
        allegation_id=charge.allegation_id,
        category=charge.category,
        severity=charge.severity,
    )
