"""How complaints from the time before this system come in."""

import hashlib
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.complaints.commands.filing import EARLIEST, LETTER, allegation, refuse_unknown
from services.complaints.findings import counts, gravest
from services.complaints.models import Complaint, State
from services.complaints.shapes import LegacyIn
from shared.actors import Actor
from shared.cases import beginning, next_number
from shared.errors import Malformed, Objection
from shared.events.complaints import ComplaintImported, Severity
from shared.occasion import occasion
from shared.outbox import publish
from shared.policy.agency import AgencyRules


def enter_legacy(
    session: Session, legacy: LegacyIn, actor: Actor, now: datetime, rules: AgencyRules
) -> tuple[Complaint, bool]:
    """Enter a legacy record, closed if it has findings, and return it and whether it is new. Twice is once.

    Nothing follows from it: no discipline case is opened for what was decided before.

    Raises:
        Malformed: dates that cannot be, an unknown category, or findings for some allegations only.
        Objection: the id was entered before with another content.
    """
    refuse_impossible(legacy, now.astimezone(ZoneInfo(rules.agency.timezone)).date())
    refuse_unknown([entry.category for entry in legacy.allegations], rules)
    digest = content_digest(legacy)
    _wait_for_the_same_id(session, legacy.legacy_id)
    before = session.scalar(select(Complaint).where(Complaint.legacy_id == legacy.legacy_id))
    if before is not None:
        if before.legacy_digest != digest:
            raise Objection(f"The record {legacy.legacy_id!r} was entered before with another content.")
        return before, False
    complaint = _entered(session, legacy, digest, now)
    session.add(complaint)
    event = ComplaintImported(
        received_on=legacy.received_on,
        precision=legacy.precision,
        findings=counts((entry.category, entry.finding) for entry in legacy.allegations),
        outcome=complaint.outcome,
    )
    publish(session, complaint, event, actor)
    return complaint, True


def content_digest(legacy: LegacyIn) -> bytes:
    """Return the digest by which a record is known again; a field that is added later and absent leaves it alone."""
    return hashlib.sha256(legacy.model_dump_json(exclude_none=True).encode()).digest()


def _wait_for_the_same_id(session: Session, legacy_id: str) -> None:
    """Let requests with one id follow each other, so that the second finds what the first entered."""
    name = f"legacy {occasion(session).agency} {legacy_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _entered(session: Session, legacy: LegacyIn, digest: bytes, now: datetime) -> Complaint:
    outcome = gravest(entry.finding for entry in legacy.allegations)
    complaint = Complaint(
        **beginning(session, now),
        number=next_number(session, LETTER, legacy.received_on.year),
        state=State.CLOSED if outcome else State.RECEIVED,
        channel=legacy.channel,
        language="en",
        narrative="",
        received_on=legacy.received_on,
        precision=legacy.precision,
        incident_on=legacy.incident_on,
        place=legacy.place,
        outcome=outcome,
        legacy_id=legacy.legacy_id,
        legacy_digest=digest,
    )
    complaint.allegations = [
        allegation(complaint, position, category=entry.category, severity=Severity.MEDIUM, finding=entry.finding)
        for position, entry in enumerate(legacy.allegations)
    ]
    return complaint


def refuse_impossible(legacy: LegacyIn, today: date) -> None:
    """Refuse dates that cannot be and findings that are not whole.

    Raises:
        Malformed: says which date or finding.
    """
    for name in ("received_on", "incident_on", "closed_on"):
        day = getattr(legacy, name)
        if day is not None and not EARLIEST <= day <= today:
            raise Malformed(f"{name} is {day}, which is before {EARLIEST} or still to come.")
    if legacy.closed_on is not None and legacy.closed_on < legacy.received_on:
        raise Malformed(f"The record was closed on {legacy.closed_on}, before it was received on {legacy.received_on}.")
    if legacy.incident_on is not None and legacy.precision == "day" and legacy.incident_on > legacy.received_on:
        raise Malformed(f"The complaint was received on {legacy.received_on}, before the incident.")
    pending = sum(entry.finding is None for entry in legacy.allegations)
    if pending not in (0, len(legacy.allegations)):
        raise Malformed("Some allegations have a finding and some are pending; enter the record once it is decided.")
    if legacy.closed_on is not None and pending:
        raise Malformed("The record is closed and has no finding.")
