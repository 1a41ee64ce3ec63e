"""The life of a complaint."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.complaints.words import (
    TOPIC,
    Channel,
    Charge,
    Classification,
    Finding,
    FindingCount,
    Precision,
    RepairProcess,
    SaidOfThemselves,
    Track,
)
from shared.events.event import Audience, Code, Event, Oversight, Public


class ComplaintReceived(Event):
    """A complaint was filed and has a case number."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.received.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    channel: Public[Channel]
    categories: Public[tuple[Code, ...]]
    said: Oversight[SaidOfThemselves | None] = None
    """It is not kept with the case: whoever decides it does not learn it from here (decision 0024)."""
    anonymous: bool


class ComplaintClassified(Event):
    """Intake has said what the complaint is about and how it is dealt with."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.classified.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    classification: Public[Classification]
    track: Public[Track]
    categories: Public[tuple[Code, ...]]
    officer_ids: tuple[UUID, ...]


class ComplaintAssigned(Event):
    """An investigator has the case."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.assigned.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    investigator_id: UUID


class ComplaintInvestigated(Event):
    """The investigator recommends a finding for every allegation."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.investigated.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    recommended: Oversight[tuple[FindingCount, ...]]


class ComplaintReturned(Event):
    """The reviewer sent the investigation back."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.returned.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT


class ComplaintReviewed(Event):
    """The commander has reviewed the investigation."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.reviewed.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    reviewed: Oversight[tuple[FindingCount, ...]]
    changed: Oversight[int]
    """Findings in which the reviewer departs from the investigator."""


class ComplaintDecided(Event):
    """Every allegation of a complaint has a final finding."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.decided.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    findings: Public[tuple[FindingCount, ...]]
    outcome: Public[Finding]
    days_open: Public[int]
    changed: Oversight[int]
    """Findings in which the decision departs from the review."""
    charges: tuple[Charge, ...]
    incident_on: date | None


class ComplaintClosed(Event):
    """Nothing more is to be done on the complaint."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.closed.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class ComplaintWithdrawn(Event):
    """Whoever complained has withdrawn the complaint."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.withdrawn.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class HarmReferred(Event):
    """The harm behind a complaint was referred to reconciliation."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.harm_referred.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]
    categories: tuple[Code, ...]
    officer_ids: tuple[UUID, ...]


class HarmAnswered(Event):
    """Reconciliation has told how the referred harm was dealt with."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.harm_answered.v1"

    agreed: bool


class ComplaintImported(Event):
    """A complaint from the time before this system was entered, with its findings if it has them."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.imported.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    received_on: Public[date]
    precision: Public[Precision]
    findings: Public[tuple[FindingCount, ...]]
    outcome: Public[Finding | None]
    days_open: Public[int | None] = None
    """From receipt to closing, where the record knows both days."""
    late: Public[tuple[Code, ...]] = ()
    """Time limits that were not kept, as far as the record's days tell."""
    said: Oversight[SaidOfThemselves | None] = None
    """As the record has it; to be counted only."""
