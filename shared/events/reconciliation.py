"""What the reconciliation service tells: that something was done and what was agreed, never what was said."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.complaints import RepairProcess
from shared.events.event import Audience, Event, Fact, Oversight, Public, ReleasedText

TOPIC = "accord.reconciliation"


class Exclusion(StrEnum):
    """What can bar harm from being repaired by agreement."""

    FORCE = "force"
    INJURY = "injury"
    ARREST = "arrest"
    CRIMINAL = "criminal"
    PROPERTY_DAMAGE = "property damage"
    CORRUPTION = "corruption"
    DOMESTIC_VIOLENCE = "domestic violence"
    PENDING_COURT = "pending court"


class Side(StrEnum):
    """Whose side a party is on."""

    OFFICER = "officer"
    COMMUNITY = "community"


class CommitmentOwner(StrEnum):
    """Who has promised something."""

    AGENCY = "agency"
    OFFICER = "officer"
    COMMUNITY = "community"


class CommitmentKind(StrEnum):
    """What was promised, in words that name nobody."""

    APOLOGY = "apology"
    CONVERSATION = "further conversation"
    COMMUNITY_MEETING = "community meeting"
    POLICY_CHANGE = "policy change"
    PRACTICE_CHANGE = "change of practice"
    TRAINING = "training"
    REPORTING = "public reporting"
    RESTITUTION = "restitution"
    SERVICE = "service to the community"
    OTHER = "other"


class Reported(StrEnum):
    """What the agency says of a commitment."""

    IN_PROGRESS = "in progress"
    PARTIALLY_DONE = "partially done"
    DONE = "reported done"
    DECLINED = "declined"


class Verified(StrEnum):
    """What the community says of a commitment that was reported."""

    VERIFIED = "verified"
    PARTIALLY_DONE = "partially done"
    NOT_DONE = "not done"


class CommitmentFact(Fact):
    """One commitment of an agreement, without its words."""

    number: int
    """Its place in the agreement, from 1."""
    owner: CommitmentOwner
    kind: CommitmentKind
    due_on: date


class ProcessReferred(Event):
    """Harm was referred, and a process to repair it is open."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.referred.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]
    complaint_id: UUID | None


class PartyNamed(Event):
    """Somebody who is to take part was named."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.party_named.v1"

    side: Side


class ProcessScreened(Event):
    """It was examined whether the harm may be repaired in this way."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.screened.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]
    suitable: Public[bool]
    exclusions: Oversight[tuple[Exclusion, ...]]
    """All that were found."""
    barred_by: Oversight[tuple[Exclusion, ...]]
    """Those among them that bar this kind of process; empty when it is suitable."""


class ConsentGiven(Event):
    """A party consents to take part."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.consent_given.v1"

    side: Side
    complete: bool
    """Whether every party consents now."""


class ConsentRefused(Event):
    """A party does not wish to take part."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.consent_refused.v1"

    side: Side


class ConsentWithdrawn(Event):
    """A party no longer wishes to take part."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.consent_withdrawn.v1"

    side: Side


class ProcessDeclined(Event):
    """The process ended before a session, barred or without everybody's consent; the complaint goes its usual way.

    Why is not said: a refusal must not be held against whoever refused.
    """

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.declined.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]
    complaint_id: UUID | None


class ProcessReturned(Event):
    """No session could be brought about though all had consented or might have; the complaint goes its usual way."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.returned.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]
    complaint_id: UUID | None


class PartyPrepared(Event):
    """A party was prepared for the session, apart from the others."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.party_prepared.v1"

    side: Side
    complete: bool
    """Whether every party is prepared now."""


class ProcessScheduled(Event):
    """A session has a facilitator, a time and a place; the latter two are for the parties only."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.scheduled.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]
    facilitator_id: UUID


class ProcessHeld(Event):
    """The session takes place."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.held.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]


class ProcessAgreed(Event):
    """The parties have signed an agreement."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.agreed.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]
    commitments: Public[tuple[CommitmentFact, ...]]
    complaint_id: UUID | None


class ProcessEndedWithoutAgreement(Event):
    """The session took place and the parties did not agree."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.ended_without_agreement.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]
    complaint_id: UUID | None


class CommitmentReleased(Event):
    """What a commitment says was published, in words that were chosen for it."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.commitment_released.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    commitment: Public[CommitmentFact]
    text: Public[ReleasedText]


class CommitmentReported(Event):
    """The agency has told how far a commitment is."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.commitment_reported.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    commitment: Public[CommitmentFact]
    reported: Public[Reported]


class CommitmentVerified(Event):
    """The community has told whether a commitment was kept."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.commitment_verified.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    commitment: Public[CommitmentFact]
    reported: Public[Reported]
    verified: Public[Verified]


class ProcessFollowedUp(Event):
    """The parties were asked afterwards how it is going."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.followed_up.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT


class ProcessClosed(Event):
    """Every commitment is verified or declined, and nothing more is to be done."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "reconciliation.closed.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    process: Public[RepairProcess]
    verified: Public[int]
    """Commitments that were kept, as the community says."""
    declined: Public[int]
