"""Evidence as it is handed in, listed and read."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.complaints.models import Arrival
from shared.custody import Deed
from shared.events.complaints import EvidenceKind
from shared.sniffing import Media
from shared.words import Line, Shape, Text


class EvidenceForm(Shape):
    """What staff say of a file."""

    channel: Arrival = Field(description="how the file came to the agency")
    because: Text | None = Field(None, description="what it is to show, and where it comes from")
    compelled: bool = Field(False, description="holds what an officer was compelled to say, such as a recording of it")


class DepositForm(Shape):
    """What whoever holds the receipt code says of a file."""

    because: Text | None = Field(None, description="what it is to show")


class EvidenceReadingIn(Shape):
    """Why a file is read, or a copy of it leaves the unit."""

    because: Text
    handed_to: Line | None = Field(None, description="who gets a copy; absent when nobody does")


class EvidenceOut(Shape):
    """A file of a complaint."""

    id: UUID
    name: str
    kind: EvidenceKind
    media: Media
    size: int = Field(description="in bytes")
    sha256: str
    compelled: bool
    received_at: datetime


class CustodyOut(Shape):
    """An entry of a file's chain of custody."""

    deed: Deed
    at: datetime
    by: UUID
    roles: str
    channel: str | None
    handed_to: str | None
    why: str


class EvidenceChainOut(EvidenceOut):
    """A file of a complaint with its chain of custody."""

    custody: list[CustodyOut]


class EvidenceListOut(Shape):
    """The files of a complaint."""

    evidence: list[EvidenceOut]


class DepositOut(Shape):
    """A file as whoever handed it in with the receipt code sees it."""

    name: str
    media: Media
    size: int = Field(description="in bytes")
    sha256: str = Field(description="with it anybody can check that this very file was kept")
    received_at: datetime


class DepositsOut(Shape):
    """The files that were handed in with the receipt code."""

    deposits: list[DepositOut]
