"""Who deals with a complaint, and what could keep them from it."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.complaints.words import TOPIC
from shared.events.event import Audience, Event, Oversight


class Conflict(StrEnum):
    """What keeps somebody from dealing with a complaint."""

    ACCUSED = "accused"
    SUPERVISES = "supervises the accused"
    SUPERVISED = "supervised by the accused"
    WITNESS = "witnessed the incident"
    FAMILY = "family"
    INTIMATE = "intimate"
    BUSINESS = "business or financial"
    SOCIAL = "personal or social"
    WORKING = "close working relationship"


class GivenToSupervisor(Event):
    """A supervisor is to deal with the complaint."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.given_to_supervisor.v1"
    seen_by: ClassVar[Audience] = Audience.PUBLIC

    supervisor_id: UUID


class ConflictDeclared(Event):
    """A conflict of interest of somebody with this complaint was declared."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.conflict_declared.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    conflict: Oversight[Conflict]
    person_id: UUID


class ConflictOverridden(Event):
    """Somebody stays with the complaint in spite of a conflict of interest, by the written decision of another."""

    topic: ClassVar[str] = TOPIC
    name: ClassVar[str] = "complaint.conflict_overridden.v1"
    seen_by: ClassVar[Audience] = Audience.OVERSIGHT

    conflicts: Oversight[tuple[Conflict, ...]]
    person_id: UUID
