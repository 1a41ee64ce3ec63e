"""What discipline's tests are made of."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from shared.events.complaints import Charge, ComplaintDecided, Finding, FindingCount, Severity
from shared.events.envelope import Envelope
from tests.make import AGENCY

DECIDED_AT = datetime(2026, 3, 3, 15, tzinfo=UTC)
INCIDENT = date(2025, 5, 4)


def today() -> date:
    """Return the day that it is in Rivertown."""
    return datetime.now(ZoneInfo("America/New_York")).date()


def in_days(days: int) -> str:
    """Return the day in so many days, as it is written on the wire."""
    return (today() + timedelta(days=days)).isoformat()


def make_charge(officer_id: UUID | None = None, category: str = "discourtesy") -> Charge:
    """Return a sustained charge."""
    return Charge(allegation_id=uuid4(), officer_id=officer_id or uuid4(), category=category, severity=Severity.MEDIUM)


def make_decided(*charges: Charge, incident_on: date | None = INCIDENT) -> ComplaintDecided:
    """Return a decided complaint that is sustained with these charges, or not sustained without any."""
    outcome = Finding.SUSTAINED if charges else Finding.NOT_SUSTAINED
    return ComplaintDecided(
        findings=(FindingCount(category="discourtesy", finding=outcome, count=max(1, len(charges))),),
        outcome=outcome,
        days_open=30,
        changed=0,
        charges=charges,
        incident_on=incident_on,
    )


def make_envelope(complaint_id: UUID, agency: str = AGENCY) -> Envelope:
    """Return the outside of that event."""
    return Envelope(
        id=uuid4(),
        type=ComplaintDecided.name,
        source="/accord/complaints",
        time=DECIDED_AT,
        subject=str(complaint_id),
        agency=agency,
        sequence=6,
    )


def make_ruling(kind: str | None = "written reprimand", days: int | None = None, **over: Any) -> dict[str, Any]:
    """Return a ruling with reasons."""
    sanction = None if kind is None else {"kind": kind, "days": days}
    return {"sanction": sanction, "because": "The recording shows it.", **over}


def make_decision(kind: str | None = "written reprimand", days: int | None = None, **over: Any) -> dict[str, Any]:
    """Return a decision that can be appealed for thirty days."""
    return make_ruling(kind, days, **{"appeal_by": in_days(30), **over})
