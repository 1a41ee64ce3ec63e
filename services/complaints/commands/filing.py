"""How a complaint comes into being."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from services.complaints.models import Allegation, Complaint
from services.complaints.people import written_down
from services.complaints.receipts import Receipt, new_receipt
from services.complaints.shapes.intake import ComplainantIn, FilingForm, FilingIn
from services.complaints.shapes.people import AffectedIn, OfficerIn, PartyIn, WitnessIn
from services.complaints.workflow import COMPLAINT
from shared import timelimits
from shared.actors import Actor, Role
from shared.cases import beginning, next_number
from shared.errors import Forbidden, Malformed
from shared.events.complaints import (
    Behalf,
    Channel,
    ComplaintReceived,
    PartyRole,
    Precision,
    SaidOfThemselves,
    Severity,
)
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone
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
    of_a_minor = form.on_behalf_of is Behalf.MINOR
    said = SaidOfThemselves(race=form.race, gender=form.gender, age_band=form.age_band)
    return FilingIn(
        narrative=form.narrative,
        language=form.language,
        categories=form.category,
        incident_on=form.incident_on,
        place=form.place,
        officers=form_officers(form),
        complainant=ComplainantIn(name=form.name, contact=form.contact) if named else None,
        on_behalf_of=form.on_behalf_of,
        affected=[AffectedIn(name=name, minor=of_a_minor, in_custody=form.in_custody) for name in form.affected],
        witnesses=[WitnessIn(name=name) for name in form.witness],
        of_themselves=said if said != SaidOfThemselves() else None,
    )


def form_officers(form: FilingForm) -> list[OfficerIn]:
    """Return the officers of a web form; the fields for one officer are about the first of them."""
    first = OfficerIn(appearance=next(iter(form.officer), None), unit=form.unit, vehicle=form.vehicle, badge=form.badge)
    there = first.model_dump(exclude_none=True)
    return [*([first] if there else []), *(OfficerIn(appearance=officer) for officer in form.officer[1:])]


def file(
    session: Session, filing: FilingIn, actor: Actor, now: datetime, rules: AgencyRules, vault: Vault
) -> tuple[Complaint, Receipt]:
    """Register a complaint and return it with the receipt code, which is not kept.

    Raises:
        Forbidden: the channel belongs to intake.
        Malformed: no channel, an unknown category or language, an incident that has not happened yet, or people of
            whom something is said that does not fit.
    """
    refuse_channel(filing.channel, actor)
    today = rules.today(now)
    refuse_unknown(filing.categories, rules)
    refuse_untimely(filing.incident_on, today)
    receipt = new_receipt()
    complaint = begun(session, now, today, filing, language_of(filing, rules))
    complaint.receipt_locator, complaint.receipt_hash = receipt.locator, receipt.hashed()
    complaint.allegations = [
        allegation(complaint, position, category=category, severity=Severity.MEDIUM)
        for position, category in enumerate(filing.categories)
    ]
    for said in people_in(filing, complaint.on_behalf_of):
        complaint.parties.append(written_down(session, complaint, said, vault))
    timelimits.begin(session, complaint, Milestone.RECEIVED, today, rules)
    complaint.number = next_number(session, LETTER, today.year)  # last, since others wait for theirs until the commit
    session.add(complaint)
    anonymous = filing.complainant is None
    event = ComplaintReceived(
        channel=filing.channel, categories=tuple(filing.categories), said=filing.of_themselves, anonymous=anonymous
    )
    publish(session, complaint, event, actor)
    return complaint, receipt


def refuse_channel(channel: Channel, actor: Actor) -> None:
    """Refuse a channel by which nobody complains, or by which the actor cannot.

    Raises:
        Malformed: it is none.
        Forbidden: it belongs to intake.
    """
    if channel is Channel.NOT_RECORDED:
        raise Malformed("Only legacy records do without a channel; say how the complaint reached the agency.")
    if channel not in OPEN_CHANNELS and not actor.has(Role.INTAKE):
        raise Forbidden("Only intake files a complaint that came by {channel}; file it by web.", channel=str(channel))


def refuse_untimely(incident_on: date | None, today: date) -> None:
    """Refuse an incident that has not happened yet where the agency is, or happened too long ago for anybody to tell.

    Raises:
        Malformed: says why.
    """
    if incident_on is not None and incident_on > today:
        raise Malformed("The incident is said to have happened on {day}, which is still to come.", day=incident_on)
    if incident_on is not None and incident_on < EARLIEST:
        said = "The incident is said to have happened on {day}, which is before {earliest}."
        raise Malformed(said, day=incident_on, earliest=EARLIEST)


def language_of(filing: FilingIn, rules: AgencyRules) -> str:
    """Return the language of a filing: the agency's first one when it does not say.

    Raises:
        Malformed: the agency does not take complaints in it.
    """
    spoken: list[str] = [*rules.agency.languages]
    language = filing.language or spoken[0]
    if language not in spoken:
        said = "The agency takes complaints in {spoken}; {language!r} is not one of its languages."
        raise Malformed(said, spoken=", ".join(spoken), language=language)
    return language


def behalf_of(filing: FilingIn) -> Behalf:
    """Return for whom somebody complains.

    Raises:
        Malformed: a third party says that they complain for themselves, or none of the affected people is the minor.
    """
    third_party = filing.channel is Channel.THIRD_PARTY
    behalf = filing.on_behalf_of or (Behalf.ANOTHER if third_party else Behalf.THEMSELVES)
    if third_party and behalf is Behalf.THEMSELVES:
        raise Malformed("A third party complains for another person; say so in on_behalf_of, or file it by web.")
    if behalf is Behalf.MINOR and filing.affected and not any(person.minor for person in filing.affected):
        raise Malformed("Say which of the affected people is the minor; no name is needed.")
    return behalf


def begun(session: Session, now: datetime, received_on: date, filing: FilingIn, language: str) -> Complaint:
    """Return a complaint at the start of its life, still without a number."""
    return Complaint(
        **beginning(session, now),
        moved_at=now,
        state=COMPLAINT.start,
        channel=filing.channel,
        language=language,
        narrative=filing.narrative,
        received_on=received_on,
        precision=Precision.DAY,
        incident_on=filing.incident_on,
        place=filing.place,
        on_behalf_of=behalf_of(filing),
    )


def allegation(complaint: Complaint, position: int, **said: Any) -> Allegation:  # noqa: ANN401 - columns
    """Return one allegation of `complaint`, at its place among the others."""
    said |= {"received_on": complaint.received_on, "opened_at": complaint.opened_at}
    return Allegation(id=uuid4(), complaint_id=complaint.id, agency=complaint.agency, position=position, **said)


def people_in(filing: FilingIn, behalf: Behalf | None) -> Iterator[PartyIn]:
    """Yield the people in a filing; a minor for whom somebody complains is there even if nothing is said of them."""
    if filing.complainant is not None:
        yield PartyIn(role=PartyRole.COMPLAINANT, name=filing.complainant.name, contact=filing.complainant.contact)
    minor_alone = behalf is Behalf.MINOR and not filing.affected
    for affected in [AffectedIn(minor=True)] if minor_alone else filing.affected:
        role = PartyRole.IN_CUSTODY if affected.in_custody else PartyRole.AFFECTED
        yield PartyIn(role=role, name=affected.name, contact=affected.contact, minor=affected.minor)
    for witness in filing.witnesses:
        yield PartyIn(role=PartyRole.WITNESS, **witness.model_dump())
    for officer in filing.officers:
        described = officer.model_dump(exclude={"appearance"})
        yield PartyIn(role=PartyRole.UNKNOWN_OFFICER, description=officer.appearance, **described)


def refuse_unknown(categories: list[str], rules: AgencyRules) -> None:
    """Refuse a category that the agency's taxonomy does not have.

    Raises:
        Malformed: names the category and those there are.
    """
    unknown = next((category for category in categories if category not in rules.taxonomy.categories), None)
    if unknown is not None:
        known = ", ".join(rules.taxonomy.categories)
        raise Malformed("The category {category!r} is not known; there is {known}.", category=unknown, known=known)
