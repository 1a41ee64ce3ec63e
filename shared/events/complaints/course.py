"""Turns that a complaint takes: to another track, to somebody outside, into another one, to an early end, and back."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.complaints.words import TOPIC, Classification, PartOfOfficer, Track
from shared.events.event import Audience, Code, Event, Oversight, Public


class Priority(StrEnum):
    """How soon a complaint is dealt with."""

    ROUTINE = "routine"
    URGENT = "urgent"
    IMMEDIATE = "immediate"


class LinkKind(StrEnum):
    """What a complaint has to do with another one, or with a claim in court."""

    DUPLICATE = "duplicate"
    SAME_INCIDENT = "same incident"
    CIVIL_CLAIM = "civil claim"


class ClosureGround(StrEnum):
    """Why a complaint ends without an answer to what it alleges. That an officer has left is no ground."""

    ANSWERED = "answered at contact"
    NO_ALLEGATION = "nothing alleged that would be misconduct"
    ANOTHER_AGENCY = "not about this agency"
    TOO_LITTLE_KNOWN = "too little information"
    UNREACHABLE = "complainant cannot be reached"
    TOO_OLD = "too long ago"


class ReopeningGround(StrEnum):
    """What has come up after the end."""

    NEW_EVIDENCE = "new evidence"
    NEW_WITNESS = "new witness"
    COURT_OUTCOME = "outcome in court"
    FAULTY_PROCEDURE = "faulty procedure"


class ComplaintReclassified(Event):
    """A complaint is now held to be about something else, or is dealt with in another way."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.reclassified.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    classification: Public[Classification]
    track: Public[Track]
    classification_before: Oversight[Classification | None]
    track_before: Oversight[Track | None]
    downgraded: Oversight[bool]
    """Whether it is taken less seriously than before."""


class ComplaintPrioritised(Event):
    """It was said how soon the complaint is to be dealt with."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.prioritised.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    priority: Oversight[Priority]


class AllegationAdded(Event):
    """The complaint alleges more than was known."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.allegation_added.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    category: Oversight[Code]
    officer_id: UUID | None


class OfficerNamed(Event):
    """It is known now against whom an allegation goes."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.officer_named.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    category: Oversight[Code]
    officer_id: UUID


class HeadAccused(Event):
    """The complaint turns out to be about the head of the agency: nobody inside may deal with it."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.head_accused.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT


class ComplaintLinked(Event):
    """The complaint belongs together with another one, or with a claim in court."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.linked.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    kind: Oversight[LinkKind]
    other_id: UUID | None


class ClosedAsDuplicate(Event):
    """The complaint says what another one says already, and goes on in that one."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.closed_as_duplicate.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    other_id: UUID


class ClosedAdministratively(Event):
    """The complaint ended without an answer to what it alleges."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.closed_administratively.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    declined: Public[bool]
    """Whether it was not taken up at all."""
    ground: Oversight[ClosureGround]


class ReferredOut(Event):
    """The complaint was given to somebody outside the agency."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.referred_out.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    about_head: Oversight[bool]


class ReferralReturned(Event):
    """The complaint is back from outside."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.referral_returned.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    with_findings: Oversight[bool]


class ClosedAsReferred(Event):
    """The complaint stays with those outside, and has ended here."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.closed_as_referred.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class MediationFailed(Event):
    """The complaint was not mediated and goes its ordinary way again."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.mediation_failed.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class ComplaintReopened(Event):
    """A complaint that had ended is dealt with again; what was found before stays beside what will be found."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.reopened.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    ground: Public[ReopeningGround]


class OfficerLeft(Event):
    """An officer whom the complaint concerns has left the agency; it goes on."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.officer_left.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    part: Oversight[PartOfOfficer]
    officer_id: UUID
    left_on: date


class DisciplineNoted(Event):
    """It is known here that discipline has cases from this complaint, and whether all of them are final."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.discipline_noted.v1"

    cases: int
    final: bool
