"""How complaints from the time before this system come in, one by one or many at once."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session, raiseload

from services.complaints.commands.filing import EARLIEST, LETTER, refuse_unknown
from services.complaints.findings import counts, gravest
from services.complaints.models import Allegation, Complaint, PastStep, State
from services.complaints.past import PastLimit, past_limits, refuse_impossible_past
from services.complaints.shapes.legacy import Answer, LegacyIn, OutcomeOut
from shared.actors import Actor
from shared.cases import beginning, next_numbers
from shared.errors import Malformed, Objection, Refusal
from shared.events.complaints import ComplaintImported, HeadAccused, Priority, Severity
from shared.occasion import occasion
from shared.outbox import publish, publish_all
from shared.policy.agency import AgencyRules
from shared.tables import plain
from shared.timelimits import TimeLimit
from shared.together import insert_all


class Entry(NamedTuple):
    """A record that is new here, with what comes of it."""

    legacy: LegacyIn
    complaint: Complaint
    limits: Sequence[PastLimit]


def enter_legacy(
    session: Session, legacy: LegacyIn, actor: Actor, now: datetime, rules: AgencyRules
) -> tuple[Complaint, bool]:
    """Enter a legacy record, closed if it has findings, and return it and whether it is new. Twice is once.

    Nothing follows from it: no discipline case is opened for what was decided before, and time limits that had passed
    are told with the record and not each for itself.

    Raises:
        Malformed: dates that cannot be, an unknown category, or findings for some allegations only.
        Objection: the id was entered before with another content, or whoever enters it is accused in it.
    """
    refuse_unsound(legacy, actor, rules, rules.today(now))
    _wait(session, [legacy.legacy_id])
    before = _known(session, [legacy.legacy_id]).get(legacy.legacy_id)
    if before is not None:
        refuse_other_content(before, legacy)
        return before, False
    entry = _entry(session, legacy, now, rules)
    publish(session, entry.complaint, imported(entry, rules.today(now)), actor)
    _tell_of_heads(session, [entry], actor)
    _keep(session, [entry], rules.today(now))
    return entry.complaint, True


def enter_legacies(
    session: Session, records: Sequence[LegacyIn], actor: Actor, now: datetime, rules: AgencyRules
) -> list[OutcomeOut]:
    """Enter each of these records that holds up, in one transaction, and return what became of each, in their order."""
    today = rules.today(now)
    sound = [_sound(session, legacy, actor, now, rules) for legacy in records]
    _wait(session)
    known = _known(session, [legacy.legacy_id for legacy in records])
    new: dict[str, Entry] = {}
    outcomes = []
    for legacy, entry in zip(records, sound, strict=True):
        outcome = entry if isinstance(entry, OutcomeOut) else _outcome(legacy, known, new)
        if isinstance(entry, Entry) and outcome.answer is Answer.ENTERED:
            new[legacy.legacy_id] = entry
        outcomes.append(outcome)
    entries = list(new.values())
    publish_all(session, [(entry.complaint, imported(entry, today)) for entry in entries], actor)
    _tell_of_heads(session, entries, actor)
    _keep(session, entries, today)
    numbers = {entry.legacy.legacy_id: entry.complaint.number for entry in entries}
    return [_numbered(outcome, numbers) for outcome in outcomes]


def _sound(session: Session, legacy: LegacyIn, actor: Actor, now: datetime, rules: AgencyRules) -> Entry | OutcomeOut:
    """Return what would come of a record if it is new, or the refusal if it does not hold up."""
    try:
        refuse_unsound(legacy, actor, rules, rules.today(now))
    except Refusal as refusal:
        return refused(legacy, refusal)
    return _entry(session, legacy, now, rules)


def refused(legacy: LegacyIn, refusal: Refusal) -> OutcomeOut:
    """Return that a record was refused, and why."""
    return OutcomeOut(legacy_id=legacy.legacy_id, answer=Answer.REFUSED, why=refusal.detail)


def _outcome(legacy: LegacyIn, known: Mapping[str, Complaint], new: Mapping[str, Entry]) -> OutcomeOut:
    """Return what becomes of a sound record, given what was entered before and what is entered with it."""
    beside = new[legacy.legacy_id].complaint if legacy.legacy_id in new else None
    before = known.get(legacy.legacy_id, beside)
    if before is None:
        return OutcomeOut(legacy_id=legacy.legacy_id, answer=Answer.ENTERED)
    try:
        refuse_other_content(before, legacy)
    except Objection as objection:
        return refused(legacy, objection)
    number = None if before is beside else before.number
    return OutcomeOut(legacy_id=legacy.legacy_id, answer=Answer.BEFORE, number=number)


def _numbered(outcome: OutcomeOut, numbers: Mapping[str, str]) -> OutcomeOut:
    if outcome.number is not None or outcome.answer is Answer.REFUSED:
        return outcome
    return outcome.model_copy(update={"number": numbers[outcome.legacy_id]})


def content_digest(legacy: LegacyIn) -> bytes:
    """Return the digest by which a record is known again; a field that is added later and absent leaves it alone.

    What people said of themselves is not in it: it could be found out from the digest by trying every answer.
    """
    said = legacy.model_dump_json(exclude_none=True, exclude={"of_themselves"})
    return hashlib.sha256(said.encode()).digest()


def refuse_other_content(before: Complaint, legacy: LegacyIn) -> None:
    """Refuse a record that says something else than the one that has its id.

    Raises:
        Objection: the id was entered before with another content.
    """
    if before.legacy_digest != content_digest(legacy):
        raise Objection(f"The record {legacy.legacy_id!r} was entered before with another content.")


def imported(entry: Entry, today: date) -> ComplaintImported:
    """Return what is told of a record, once and for all of its past."""
    return ComplaintImported(
        received_on=entry.legacy.received_on,
        precision=entry.legacy.precision,
        findings=counts((one.category, one.finding) for one in entry.legacy.allegations),
        outcome=entry.complaint.outcome,
        days_open=entry.complaint.days_open,
        late=tuple(limit.code for limit in entry.limits if limit.is_late(today)),
        said=entry.legacy.of_themselves,
    )


def _wait(session: Session, ids: Iterable[str] = ()) -> None:
    """Let records with one id follow each other, so that the second finds what the first entered.

    Without ids, for many at once, no others are entered meanwhile: they would wait for the numbers anyway.
    """
    agency = occasion(session).agency
    all_of_them = func.hashtextextended(f"legacy {agency}", 0)
    each = [func.pg_advisory_xact_lock(func.hashtextextended(f"legacy {agency} {one}", 0)) for one in ids]
    lock = func.pg_advisory_xact_lock_shared if each else func.pg_advisory_xact_lock
    session.execute(select(lock(all_of_them), *each))


def _known(session: Session, ids: Sequence[str]) -> dict[str, Complaint]:
    """Return the records that were entered before, by their ids."""
    found = select(Complaint).where(Complaint.legacy_id.in_(ids)).options(raiseload("*"))
    return {str(complaint.legacy_id): complaint for complaint in session.scalars(found)}


def _entry(session: Session, legacy: LegacyIn, now: datetime, rules: AgencyRules) -> Entry:
    return Entry(legacy, _complaint(session, legacy, now, rules), past_limits(legacy, rules))


def _tell_of_heads(session: Session, entries: Sequence[Entry], actor: Actor) -> None:
    """Tell oversight of records that are about the head of the agency, who keeps out of them from the beginning."""
    publish_all(session, [(entry.complaint, HeadAccused()) for entry in entries if entry.complaint.about_head], actor)


def _keep(session: Session, entries: Sequence[Entry], today: date) -> None:
    """Put records in under the next numbers, with their time limits and their steps."""
    numbers = next_numbers(session, LETTER, [entry.legacy.received_on.year for entry in entries])
    for entry, number in zip(entries, numbers, strict=True):
        entry.complaint.number = number
    rows = {
        Complaint: [columns(entry.complaint) for entry in entries],
        Allegation: [row for entry in entries for row in _allegation_rows(entry)],
        TimeLimit: [row for entry in entries for row in _limit_rows(entry, today)],
        PastStep: [row for entry in entries for row in _step_rows(entry)],
    }
    for kind, those in rows.items():
        insert_all(session, plain(kind), those)


def columns(complaint: Complaint) -> dict[str, Any]:
    """Return what a complaint holds, but for what PostgreSQL draws from it."""
    return {one.name: getattr(complaint, one.name) for one in plain(Complaint).columns if one.computed is None}


def _complaint(session: Session, legacy: LegacyIn, now: datetime, rules: AgencyRules) -> Complaint:
    outcome = gravest(entry.finding for entry in legacy.allegations)
    return Complaint(
        **beginning(session, now),
        moved_at=now,
        state=State.CLOSED if outcome else State.RECEIVED,
        priority=Priority.ROUTINE,
        about_head=any(entry.officer_id in rules.agency.heads for entry in legacy.allegations),
        channel=legacy.channel,
        language="en",
        narrative="",
        received_on=legacy.received_on,
        precision=legacy.precision,
        incident_on=legacy.incident_on,
        place=legacy.place,
        outcome=outcome,
        legacy_id=legacy.legacy_id,
        legacy_digest=content_digest(legacy),
        closed_on=legacy.closed_on,
    )


def _allegation_rows(entry: Entry) -> list[dict[str, Any]]:
    complaint = entry.complaint
    return [
        {
            "id": uuid4(),
            "complaint_id": complaint.id,
            "agency": complaint.agency,
            "position": position,
            "severity": Severity.MEDIUM,
            "finding_because": one.because,
            "received_on": complaint.received_on,
            "opened_at": complaint.opened_at,
            **{name: getattr(one, name) for name in ("category", "officer_id", "finding", "found_on")},
        }
        for position, one in enumerate(entry.legacy.allegations)
    ]


def _limit_rows(entry: Entry, today: date) -> list[dict[str, Any]]:
    """Return the limits to be kept; one that was late has been told of, with the record."""
    return [
        {
            "id": uuid4(),
            "case_id": entry.complaint.id,
            "agency": entry.complaint.agency,
            "code": limit.code,
            "started_on": limit.started_on,
            "due_on": limit.due_on,
            "met_on": limit.met_on,
            "expired": limit.is_late(today),
        }
        for limit in entry.limits
    ]


def _step_rows(entry: Entry) -> list[dict[str, Any]]:
    complaint = entry.complaint
    return [
        {"complaint_id": complaint.id, "agency": complaint.agency, "step": step, "taken_on": day}
        for step, day in (entry.legacy.history or {}).items()
    ]


def refuse_unsound(legacy: LegacyIn, actor: Actor, rules: AgencyRules, today: date) -> None:
    """Refuse a record that does not hold up, or is not this actor's to enter.

    Raises:
        Malformed: says which date, category or finding.
        Objection: the actor is accused in it.
    """
    refuse_impossible(legacy, today)
    refuse_unknown([entry.category for entry in legacy.allegations], rules)
    if any(entry.officer_id == actor.id for entry in legacy.allegations):
        raise Objection("Whoever is accused in a complaint takes no step on it; somebody else has to enter it.")


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
    refuse_impossible_past(legacy, today)
