"""A complaint as it is filed."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from services.complaints.shapes.people import AffectedIn, OfficerIn, PersonIn, WitnessIn
from shared.events.complaints import AgeBand, Behalf, Channel, Gender, Race, SaidOfThemselves
from shared.events.event import Code
from shared.words import Line, Shape, Text

Language = Annotated[str, Field(pattern="^[a-z]{2}$")]
"""One of the agency's languages."""


class ComplainantIn(PersonIn):
    """Whoever complains, as far as they wish to say."""


class FilingIn(Shape):
    """A complaint as it is filed. Nothing is asked for but what happened; no oath is taken."""

    narrative: Text = Field(description="what happened, in the complainant's words")
    channel: Channel = Channel.WEB
    language: Language | None = Field(None, description="one of the agency's languages; its first one when absent")
    categories: list[Code] = Field(default_factory=list, max_length=20)
    incident_on: date | None = None
    place: Line | None = None
    officers: list[OfficerIn] = Field(
        default_factory=list, max_length=20, description="officers; a text in place of one says what they look like"
    )
    complainant: ComplainantIn | None = Field(None, description="absent for an anonymous complaint")
    on_behalf_of: Behalf | None = Field(
        None, description="for themselves when absent, for another person when it comes by a third party"
    )
    affected: list[AffectedIn] = Field(
        default_factory=list, max_length=20, description="to whom it was done, if not to whoever complains alone"
    )
    witnesses: list[WitnessIn] = Field(default_factory=list, max_length=20)
    of_themselves: SaidOfThemselves | None = Field(
        None, description="for statistics only, and only what somebody wishes to say; it is not kept with the case"
    )

    @field_validator("officers", mode="before")
    @classmethod
    def described_in_words(cls, officers: object) -> object:
        """Take a text for what an officer looks like."""
        if not isinstance(officers, list):
            return officers
        return [{"appearance": officer} if isinstance(officer, str) else officer for officer in officers]


class FilingForm(Shape):
    """A complaint as a web form sends it; every field but the narrative may be left empty."""

    narrative: Text
    language: Language | None = None
    category: list[Code] = Field(default_factory=list, max_length=20)
    incident_on: date | None = None
    place: Line | None = None
    officer: list[Line] = Field(default_factory=list, max_length=20)
    name: Line | None = None
    contact: Line | None = None
    unit: Line | None = Field(None, description="of the officer, or of the first one")
    vehicle: Line | None = Field(None, description="of the officer, or of the first one")
    badge: Line | None = Field(None, description="of the officer, or of the first one")
    on_behalf_of: Behalf | None = None
    affected: list[Line] = Field(default_factory=list, max_length=20, description="names")
    in_custody: bool = Field(default=False, description="whether the affected people are, or were, in custody")
    witness: list[Line] = Field(default_factory=list, max_length=20, description="names")
    race: Race | None = Field(None, description="of whoever complains; for statistics only, not kept with the case")
    gender: Gender | None = Field(None, description="the same")
    age_band: AgeBand | None = Field(None, description="the same")

    @field_validator("category", "officer", "affected", "witness", mode="before")
    @classmethod
    def without_blanks(cls, values: list[object]) -> list[object]:
        """Take a field that was left empty for one that was not sent; a file is refused after this."""
        return [value for value in values if not isinstance(value, str) or value.strip()]


class FiledOut(Shape):
    """What whoever complained needs to follow the case."""

    id: UUID
    number: str
    receipt_code: str = Field(description="shown once; it opens the case without an account")
    public_ref: str
    told: str = Field(description="what to do now, in the language of the complaint")
