"""How a complaint comes into being."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.complaints.models import Allegation, Complaint, Party, PartyRole
from services.complaints.receipts import Receipt, new_receipt
from services.complaints.shapes import ComplainantIn, FilingForm, FilingIn
from services.complaints.workflow import COMPLAINT
from shared.actors import Actor, Role
from shared.cases import beginning, next_number
from shared.errors import Forbidden, Malformed
from shared.events.complaints import Channel, ComplaintReceived, Precision, Severity
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.vault import Vault

LETTER = "C"
"""What a complaint's number begins with."""
EARLIEST = date(1900, 1, 1)
"""No incident and no record is older."""
OPEN_CHANNELS = (Channel.WEB, Channel.THIRD_PARTY)
"""The channels that need no member of staff in between."""


def form_filing(form: FilingForm) -> FilingIn:
    """Return what a web form says as a filing."""
    named = form.name or form.contact
    return FilingIn(
        narrative=form.narrative,
        language=form.language,
        categories=form.category,
        incident_on=form.incident_on,
        place=form.place,
        officers=form.officer,
        complainant=ComplainantIn(name=form.name, contact=form.contact) if named else None,
    )


def file(
    session: Session, filing: FilingIn, actor: Actor, now: datetime, rules: AgencyRules, vault: Vault
) -> tuple[Complaint, Receipt]:
    """Register a complaint and return it with the receipt code, which is not kept.

    Raises:
        Forbidden: the channel belongs to intake.
        Malformed: no channel, an unknown category, or an incident that has not happened yet.
    """
    if filing.channel is Channel.NOT_RECORDED:
        raise Malformed("Only legacy records do without a channel; say how the complaint reached the agency.")
    if filing.channel not in OPEN_CHANNELS and not actor.has(Role.INTAKE):
        raise Forbidden(f"Only intake files a complaint that came by {filing.channel}; file it by web.")
    today = now.astimezone(ZoneInfo(rules.agency.timezone)).date()
    refuse_unknown(filing.categories, rules)
    if filing.incident_on and not EARLIEST <= filing.incident_on <= today:
        when = "still to come" if filing.incident_on > today else f"before {EARLIEST}"
        raise Malformed(f"The incident is said to have happened on {filing.incident_on}, which is {when}.")
    receipt = new_receipt()
    complaint = begun(session, now, received_on=today, filing=filing)
    complaint.receipt_locator, complaint.receipt_hash = receipt.locator, receipt.hashed()
    complaint.allegations = [
        allegation(complaint, position, category=category, severity=Severity.MEDIUM)
        for position, category in enumerate(filing.categories)
    ]
    complaint.parties = parties(session, complaint, filing, vault)
    complaint.number = next_number(session, LETTER, today.year)  # last, since others wait for theirs until the commit
    session.add(complaint)
    anonymous = filing.complainant is None
    event = ComplaintReceived(channel=filing.channel, categories=tuple(filing.categories), anonymous=anonymous)
    publish(session, complaint, event, actor)
    return complaint, receipt


def begun(session: Session, now: datetime, received_on: date, filing: FilingIn) -> Complaint:
    """Return a complaint at the start of its life, still without a number."""
    return Complaint(
        **beginning(session, now),
        state=COMPLAINT.start,
        channel=filing.channel,
        language=filing.language,
        narrative=filing.narrative,
        received_on=received_on,
        precision=Precision.DAY,
        incident_on=filing.incident_on,
        place=filing.place,
    )


def allegation(complaint: Complaint, position: int, **said: Any) -> Allegation:  # noqa: ANN401 - columns
    """Return one allegation of `complaint`, at its place among the others."""
    return Allegation(id=uuid4(), complaint_id=complaint.id, agency=complaint.agency, position=position, **said)


def parties(session: Session, complaint: Complaint, filing: FilingIn, vault: Vault) -> list[Party]:
    """Return the people in a filing; the complainant's name and contact are sealed."""
    people = [_party(complaint, PartyRole.UNKNOWN_OFFICER, description=officer) for officer in filing.officers]
    if filing.complainant is not None:
        people.append(_complainant(session, complaint, filing.complainant, vault))
    return people


def _party(complaint: Complaint, role: PartyRole, **said: Any) -> Party:  # noqa: ANN401 - columns
    return Party(id=uuid4(), complaint_id=complaint.id, agency=complaint.agency, role=role, **said)


def _complainant(session: Session, complaint: Complaint, said: ComplainantIn, vault: Vault) -> Party:
    party = _party(complaint, PartyRole.COMPLAINANT)

    def sealed(column: str, text: str | None) -> bytes | None:
        return vault.seal(session, complaint.id, place(column, party.id), text) if text else None

    party.sealed_name = sealed("name", said.name)
    party.sealed_contact = sealed("contact", said.contact)
    return party


def place(column: str, party_id: UUID) -> str:
    """Return where a party's sealed value belongs; it opens nowhere else."""
    return f"party.{column}:{party_id}"


def refuse_unknown(categories: list[str], rules: AgencyRules) -> None:
    """Refuse a category that the agency's taxonomy does not have.

    Raises:
        Malformed: names the category and those there are.
    """
    unknown = next((category for category in categories if category not in rules.taxonomy.categories), None)
    if unknown is not None:
        raise Malformed(f"The category {unknown!r} is not known; there is {', '.join(rules.taxonomy.categories)}.")
