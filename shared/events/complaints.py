"""What the complaints service tells."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.event import Audience, Code, Event, Fact, Oversight, Public

TOPIC = "accord.complaints"


class Channel(StrEnum):
    """How a complaint reached the agency."""

    WEB = "web"
    PHONE = "phone"
    MAIL = "mail"
    EMAIL = "e-mail"
    IN_PERSON = "in person"
    THIRD_PARTY = "third party"
    STAFF = "staff-internal"
    BODY_CAMERA = "body-camera review"
    CIVIL_CLAIM = "civil claim"
    NOT_RECORDED = "not recorded"
    """Legacy records only: the tables that agencies publish do not say."""


class Classification(StrEnum):
    """What a complaint is about."""

    MISCONDUCT = "misconduct"
    CRIMINAL = "criminal"
    SERVICE = "service"
    POLICY = "policy"
    INQUIRY = "inquiry"
    INCIDENT_REVIEW = "incident review"
    COMMUNITY_IMPACT = "community impact"


class Track(StrEnum):
    """How a complaint is dealt with."""

    CONTACT_LOG = "contact log"
    SUPERVISOR_ACTION = "supervisor action"
    EXPEDITED = "expedited"
    FULL_INVESTIGATION = "full investigation"
    MEDIATION = "mediation"


class Severity(StrEnum):
    """How grave an allegation is if it is true."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Finding(StrEnum):
    """What was found of an allegation, from the gravest to the least; a complaint rolls up to its gravest."""

    SUSTAINED = "sustained"
    PARTIALLY_SUSTAINED = "partially sustained"
    """Legacy records only: they do not say which part."""
    POLICY_FAILURE = "policy failure"
    SUPERVISION_FAILURE = "supervision failure"
    TRAINING_FAILURE = "training failure"
    NOT_SUSTAINED = "not sustained"
    EXONERATED = "exonerated"
    UNFOUNDED = "unfounded"
    MEDIATED = "mediated"
    OFFICER_UNIDENTIFIED = "officer unidentified"
    REFERRED = "referred"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    ADMINISTRATIVELY_CLOSED = "administratively closed"


class RepairProcess(StrEnum):
    """How harm can be repaired."""

    MEDIATION = "mediation"
    RESTORATIVE_CIRCLE = "restorative circle"
    CONFERENCE = "restorative conference"
    CONVERSATION = "facilitated conversation"
    LISTENING_SESSION = "listening session"


class Precision(StrEnum):
    """How exactly a legacy record tells a date."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class FindingCount(Fact):
    """So many allegations of a category with a finding; None while there is no finding."""

    category: Code
    finding: Finding | None
    count: int


class Charge(Fact):
    """A sustained allegation against an officer."""

    allegation_id: UUID
    officer_id: UUID
    category: Code
    severity: Severity


class ComplaintReceived(Event):
    """A complaint was filed and has a case number."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.received.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    channel: Public[Channel]
    categories: Public[tuple[Code, ...]]
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
