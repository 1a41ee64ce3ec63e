"""The people in a complaint."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from shared.events.complaints import PartyRole
from shared.words import Line, PersonId, Shape, Text, without_control_characters

Passage = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000),
    AfterValidator(without_control_characters),
]
"""A description of up to 1,000 characters."""


class PersonIn(Shape):
    """Somebody, as far as it is wished to say who."""

    name: Line | None = None
    contact: Line | None = Field(None, description="a telephone number, e-mail or postal address")


class AffectedIn(PersonIn):
    """Somebody to whom it was done."""

    minor: bool = Field(default=False, description="under age; of a minor no contact is taken")
    in_custody: bool = False


class WitnessIn(PersonIn):
    """Somebody who saw or heard it."""

    minor: bool = Field(default=False, description="under age; of a minor no contact is taken")


class OfficerIn(Shape):
    """An officer as somebody describes them."""

    name: Line | None = None
    appearance: Passage | None = None
    unit: Line | None = Field(None, description="precinct, patrol or squad")
    vehicle: Line | None = Field(None, description="number or licence plate of the car, or a part of it")
    badge: Line | None = Field(None, description="the number of the badge, or a part of it")


class PartyIn(Shape):
    """Somebody who is added to a complaint."""

    role: PartyRole
    name: Line | None = None
    contact: Line | None = None
    minor: bool = False
    description: Passage | None = Field(None, description="what an unknown officer looks like")
    unit: Line | None = None
    vehicle: Line | None = None
    badge: Line | None = None
    officer_id: PersonId | None = Field(None, description="of an accused officer, or a witness: the id in the roster")


class CorrectionIn(Shape):
    """What is known better of a party; what is left out stands as it was."""

    party_id: UUID
    because: Text
    name: Line | None = None
    contact: Line | None = None
    description: Passage | None = None
    unit: Line | None = None
    vehicle: Line | None = None
    badge: Line | None = None


class IdentificationIn(Shape):
    """Which officer an unknown one is."""

    party_id: UUID
    officer_id: PersonId = Field(description="the officer's id in the roster")
    allegations: list[UUID] = Field(
        default_factory=list, max_length=100, description="ids of the allegations that are against this officer"
    )
    because: Text


class PartyOut(Shape):
    """Somebody in a complaint; who they are stays sealed."""

    id: UUID
    role: PartyRole
    minor: bool
    named: bool = Field(description="whether a name is sealed")
    reachable: bool = Field(description="whether a contact is sealed")
    description: str | None
    unit: str | None
    vehicle: str | None
    badge: str | None
    officer_id: UUID | None
    corrections: int = Field(description="how often what was known was corrected")


class PartiesOut(Shape):
    """The people in a complaint."""

    parties: list[PartyOut]
