"""How a complaint is decided by several people, and what is found against the agency itself."""

from typing import ClassVar

from shared.events.complaints.words import TOPIC, Finding, FindingCount
from shared.events.event import Audience, Code, Event, Fact, Oversight, Public


class VoteCount(Fact):
    """So many members of the panel were for this finding of one allegation."""

    allegation: int
    """Its place in the complaint, from 1."""
    category: Code
    finding: Finding
    votes: int


class VoteCast(Event):
    """A member of the panel has voted; how is told when the panel has decided."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.vote_cast.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    cast: Oversight[int]
    """How many members have voted now."""
    members: Oversight[int]


class PanelVoted(Event):
    """The panel has come to its findings."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.panel_voted.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    votes: Oversight[tuple[VoteCount, ...]]
    tied: Oversight[int]
    """Allegations of which the policy said what a tie means."""


class AgencyFound(Event):
    """What an officer was accused of is found to be a failure of the agency: each calls for a recommendation."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.agency_found.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    failures: Public[tuple[FindingCount, ...]]
