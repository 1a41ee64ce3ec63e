"""The commendation as it is spoken of over the wire."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from services.recognition.models import Choice, State
from shared.events.event import Code
from shared.events.recognition import Criterion
from shared.words import Line, Shape, Text


class NominationIn(Shape):
    """A nomination by a supervisor or a peer, of an officer or of somebody outside the agency."""

    officer_id: UUID | None = Field(None, description="the officer's id in the roster")
    civilian: Line | None = Field(None, description="the name of a recipient outside the agency; it is sealed")
    award: Code
    criterion: Criterion
    deed_on: date
    incident: Line | None = Field(None, description="the agency's own reference, if there is one")
    statement: Text = Field(description="what was done, and what it meant")
    late_because: Text | None = Field(None, description="why the nomination comes late, when it does")

    @model_validator(mode="after")
    def one_recipient(self) -> Self:
        """Refuse two recipients, or none."""
        if (self.officer_id is None) == (self.civilian is None):
            raise ValueError("name one recipient: officer_id for an officer, or civilian for somebody else")
        return self


class SenderIn(Shape):
    """Whoever says thank you, as far as they wish to say."""

    name: Line | None = None
    contact: Line | None = Field(None, description="a telephone number, e-mail or postal address")


class ThanksIn(Shape):
    """A thank-you from the public."""

    statement: Text = Field(description="what the officer did, in the sender's words")
    officer: Line = Field(description="the officer as the sender describes them: a name, a badge, a car, a place")
    criterion: Criterion = Criterion.SERVICE
    deed_on: date | None = None
    sender: SenderIn | None = Field(None, description="absent for an anonymous thank-you")


class ThanksForm(Shape):
    """A thank-you as a web form sends it; all but the first two fields may be left empty."""

    statement: Text
    officer: Line
    criterion: Criterion = Criterion.SERVICE
    deed_on: date | None = None
    name: Line | None = None
    contact: Line | None = None


class ThankedOut(Shape):
    """What whoever said thank you may quote when they ask about it."""

    id: UUID
    number: str
    public_ref: str


class IdentificationIn(Shape):
    """Which officer the public thanks."""

    officer_id: UUID
    deed_on: date | None = Field(None, description="needed when the thank-you does not say; otherwise it corrects it")


class ReasonIn(Shape):
    """Why a step is taken."""

    because: Text


class BallotIn(Shape):
    """A ballot; a recusal names the conflict."""

    choice: Choice
    because: Text | None = None

    @model_validator(mode="after")
    def recusal_names_the_conflict(self) -> Self:
        """Refuse a recusal that does not say why."""
        if self.choice is Choice.RECUSED and self.because is None:
            raise ValueError("a recusal says in `because` what the conflict is")
        return self


class PresentationIn(Shape):
    """How the award was presented; the name is published only with the recipient's consent."""

    consent_to_publish_name: bool
    name: Line | None = Field(None, description="the recipient's name as they want it published")

    @model_validator(mode="after")
    def name_only_with_consent(self) -> Self:
        """Refuse a name without consent, and consent without a name."""
        if self.consent_to_publish_name != (self.name is not None):
            raise ValueError("give the name exactly when the recipient consents to its publication")
        return self


class CommendationOut(Shape):
    """A commendation as the agency sees it; identities stay sealed, and ballots are only counted."""

    id: UUID
    number: str
    agency: str
    version: int
    state: State
    public_ref: str
    award: str
    criterion: Criterion
    nominated_on: date
    deed_on: date | None
    incident: str | None
    statement: str
    late_because: str | None
    from_public: bool
    nominator_id: UUID | None
    officer_id: UUID | None
    officer_described: str | None
    civilian: bool
    verifier_id: UUID | None
    ballots_cast: int
    yes: int | None
    no: int | None
    approver_id: UUID | None
    presented_at: datetime | None
    name_published: bool | None
    held_from: State | None


class CommendationLine(Shape):
    """A commendation in a list."""

    id: UUID
    number: str
    state: State
    award: str
    criterion: Criterion
    nominated_on: date
    from_public: bool


class CommendationsOut(Shape):
    """One page of a list."""

    commendations: list[CommendationLine]
    next: str | None = Field(description="cursor of the next page, or null on the last one")
