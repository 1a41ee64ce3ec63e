"""The words and facts that events about complaints are made of."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.events.event import Code, Fact

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


class Behalf(StrEnum):
    """For whom somebody complains."""

    THEMSELVES = "themselves"
    ANOTHER = "another person"
    MINOR = "a minor in their care"


class PartyRole(StrEnum):
    """What somebody has to do with a complaint."""

    COMPLAINANT = "complainant"
    AFFECTED = "affected person"
    WITNESS = "witness"
    ACCUSED_OFFICER = "accused officer"
    UNKNOWN_OFFICER = "unknown officer"
    IN_CUSTODY = "person in custody"


class PartOfOfficer(StrEnum):
    """What an officer has to do with a complaint that goes on without them."""

    ACCUSED = "accused"
    INVESTIGATING = "investigating"


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


class Duty(StrEnum):
    """What whoever complained is owed."""

    ACKNOWLEDGED = "acknowledged"
    UPDATED = "updated"
    OUTCOME_TOLD = "outcome told"
    CONTACT_NAMED = "contact named"
    """They know whom to ask about their case."""


class Means(StrEnum):
    """How somebody was told."""

    PHONE = "phone"
    MAIL = "mail"
    EMAIL = "e-mail"
    IN_PERSON = "in person"
    RECEIPT_CODE = "receipt code"


class Side(StrEnum):
    """Who relies on the dates of a case."""

    AGENCY = "agency"
    BOARD = "board"


class MovedLimit(Fact):
    """A time limit with its new due date; None while it stands still."""

    limit: Code
    due_on: date | None


class Race(StrEnum):
    """What people say of their race or ethnicity, in the words of the United States' standard of 2024 (SPD 15)."""

    AMERICAN_INDIAN = "american indian or alaska native"
    ASIAN = "asian"
    BLACK = "black or african american"
    HISPANIC = "hispanic or latino"
    MIDDLE_EASTERN = "middle eastern or north african"
    PACIFIC_ISLANDER = "native hawaiian or pacific islander"
    WHITE = "white"
    SEVERAL = "more than one"


class Gender(StrEnum):
    """What people say of their gender."""

    WOMAN = "woman"
    MAN = "man"
    NON_BINARY = "non-binary"
    OTHER = "another gender"


class AgeBand(StrEnum):
    """How old people say that they are."""

    MINOR = "under 18"
    TO_24 = "18 to 24"
    TO_34 = "25 to 34"
    TO_44 = "35 to 44"
    TO_64 = "45 to 64"
    OLDER = "65 and over"


class SaidOfThemselves(Fact):
    """What whoever complains chose to say of themselves, to be counted only; nobody is asked to."""

    race: Race | None = None
    gender: Gender | None = None
    age_band: AgeBand | None = None


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


class EvidenceKind(StrEnum):
    """What a piece of evidence is to people."""

    DOCUMENT = "document"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"


class StatementKind(StrEnum):
    """Whether somebody spoke freely or had to."""

    VOLUNTARY = "voluntary"
    COMPELLED = "compelled"
    """By an order of the agency, under the threat of discipline (Garrity v. New Jersey, 385 U.S. 493)."""


class Speaker(StrEnum):
    """Who made a statement."""

    COMPLAINANT = "complainant"
    AFFECTED_PERSON = "affected person"
    WITNESS = "witness"
    OFFICER = "officer"
