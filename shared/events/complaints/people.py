"""The people in a complaint: added, corrected, identified, and unsealed by two people."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.complaints.words import TOPIC, PartyRole
from shared.events.event import Audience, Event, Oversight

Keeper = Literal["custodian", "adjudicator"]
"""In which role somebody answered a request to unseal."""


class PartyAdded(Event):
    """Somebody was added to the people in a complaint."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.party_added.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    party: Oversight[PartyRole]
    officer_id: UUID | None


class PartyCorrected(Event):
    """What was known of somebody in a complaint was corrected; what was said before is kept."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.party_corrected.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    party: Oversight[PartyRole]


class OfficerIdentified(Event):
    """An unknown officer is known now, and accused from now on."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.officer_identified.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    officer_id: UUID
    taken_for: UUID | None
    """Whom they were taken for before, wrongly."""
    allegations: Oversight[int]
    """How many allegations are against them therefore."""


class UnsealingAsked(Event):
    """Somebody asks to read what is sealed of a person in a complaint."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.unsealing_asked.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    party: Oversight[PartyRole]


class UnsealingApproved(Event):
    """A second person agreed that it is read."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.unsealing_approved.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    party: Oversight[PartyRole]
    by: Oversight[Keeper]


class UnsealingDenied(Event):
    """A second person did not agree; it stays sealed."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.unsealing_denied.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    party: Oversight[PartyRole]
    by: Oversight[Keeper]


class UnsealedRead(Event):
    """Whoever asked has read it."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.unsealed_read.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    party: Oversight[PartyRole]
    values: Oversight[int]
    """How many sealed values: a name, a contact, or both."""
