"""What is said between staff and whoever complained: that it was, never what."""

from typing import ClassVar

from shared.events.complaints.words import TOPIC, Duty
from shared.events.event import Audience, Code, Event, Oversight, Public


class ComplainantWrote(Event):
    """Whoever complained has written to the agency."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.complainant_wrote.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT


class StaffWrote(Event):
    """The agency has written to whoever complained."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.staff_wrote.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    answered: Oversight[int]
    """Messages that no longer wait for an answer."""


class MessagesSettled(Event):
    """Somebody has said why messages of whoever complained need no answer."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.messages_settled.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    settled: Oversight[int]


class ComplaintAddedTo(Event):
    """Something was added to what a complaint says."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.added_to.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT


class ContactNamed(Event):
    """Whoever complained can see which office answers for their case."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.contact_named.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    contact: Oversight[Code]


class ReasonsReleased(Event):
    """Whoever complained can read the reasons of the decision."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.reasons_released.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT


class MediationAsked(Event):
    """Whoever complained was asked whether they consent to mediation."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.mediation_asked.v1"


class MediationAnswered(Event):
    """Whoever complained has said whether they consent to mediation."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.mediation_answered.v1"

    consents: bool


class FeedbackGiven(Event):
    """Whoever complained has said how they were treated; what, is published in counts only."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.feedback_given.v1"


class ReviewRequested(Event):
    """Whoever complained has requested a review of the decision."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.review_requested.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC


class ReviewAnswered(Event):
    """The request for a review was answered, with reasons."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.review_answered.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    granted: Public[bool]


class LetterDrafted(Event):
    """A letter to whoever complained was drafted."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.letter_drafted.v1"

    letter: Code


class LetterApproved(Event):
    """A second person stands behind a letter."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.letter_approved.v1"

    letter: Code


class LetterDiscarded(Event):
    """A letter that was drafted will not be sent."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.letter_discarded.v1"

    letter: Code


class LetterPutBack(Event):
    """A letter that had failed is sent again."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.letter_put_back.v1"

    letter: Code


class LetterSent(Event):
    """A letter to whoever complained has left."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.letter_sent.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    letter: Oversight[Code]
    keeps: Oversight[Duty | None]
    tries: int


class LetterFailed(Event):
    """A letter could not be delivered by e-mail."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.letter_failed.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    letter: Oversight[Code]
    tries: int
