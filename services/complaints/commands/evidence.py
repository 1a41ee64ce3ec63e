"""Evidence is handed in, read, and copied out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.commands.loading import load
from services.complaints.models import Arrival, Complaint, Part
from services.complaints.shapes.evidence import EvidenceForm, EvidenceReadingIn
from services.complaints.sight import may_see
from services.complaints.workflow import COMPLAINT
from shared import audit, custody
from shared.actors import Actor
from shared.cases import look_up
from shared.custody import Deed, Keeping, KeptFile
from shared.errors import Malformed, NotFound, Objection
from shared.events.complaints import EvidenceAdded, EvidenceKind
from shared.files import Content
from shared.outbox import publish
from shared.sniffing import TYPES
from shared.uploads import Upload

VERB = "add evidence to"
MOST_BY_RECEIPT = 50
"""Files that are taken with one receipt code, which anybody can get."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that somebody would like to read, and why."""

    file_id: UUID
    said: EvidenceReadingIn


def refuse_early(session: Session, complaint_id: UUID, actor: Actor) -> None:
    """Refuse whoever may not add evidence, before their file is waited for.

    Raises:
        NotFound: there is no such complaint, or the actor may not know of it.
        Forbidden: the actor's roles do not admit them.
        Objection: the complaint's state or the procedure stands against it.
    """
    complaint = look_up(session, Complaint, "complaint", complaint_id)
    if not may_see(complaint, actor):
        raise NotFound("There is no such complaint here.")
    if (refusal := COMPLAINT.objection(complaint, VERB, actor)) is not None:
        raise refusal


def refuse_by_channel(upload: Upload[EvidenceForm]) -> None:
    """Refuse staff who say that a file came with a receipt code.

    Raises:
        Malformed: it did not.
    """
    if upload.said.channel is Arrival.RECEIPT_CODE:
        raise Malformed("Only whoever holds the receipt code hands a file in with it; say how it came to you.")


def add_evidence(
    session: Session, complaint_id: UUID, upload: Upload[EvidenceForm], actor: Actor, now: datetime, keeping: Keeping
) -> KeptFile:
    """Keep a file that has arrived as evidence, and begin its chain of custody.

    Raises:
        Objection: the complaint has this very file, or too many that came with the receipt code; or the file holds
            what an officer was compelled to say, and the actor is on the other side of the wall.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, VERB, actor, now)
    said = upload.said
    if said.channel is Arrival.RECEIPT_CODE:
        _refuse_too_many(session, complaint)
    if said.compelled:
        _refuse_beyond_the_wall(session, complaint, actor)
        complaint.note(actor.id, Part.KNOWS_COMPELLED)
    file = custody.keep(session, complaint, upload, keeping, now, walled=said.compelled)
    custody.note(session, file, Deed.RECEIVED, actor, now, channel=said.channel, why=said.because or "")
    kind = EvidenceKind(TYPES[upload.media].kind)
    publish(session, complaint, EvidenceAdded(kind=kind, count=custody.count(session, complaint.id)), actor)
    return file


def _refuse_too_many(session: Session, complaint: Complaint) -> None:
    if len(custody.received_by(session, complaint.id, Arrival.RECEIPT_CODE)) >= MOST_BY_RECEIPT:
        said = "{most} files were handed in with this receipt code; ask the unit how to bring more to it."
        raise Objection(said, most=MOST_BY_RECEIPT)


def _refuse_beyond_the_wall(session: Session, complaint: Complaint, actor: Actor) -> None:
    if wall.is_criminal(complaint):
        raise Objection("A criminal complaint takes nothing that an officer was compelled to say.")
    if not wall.opens_to(session, complaint, actor):
        raise Objection("Only whoever judges the complaint, and no crime, adds what an officer was compelled to say.")


def read_evidence(
    session: Session, complaint_id: UUID, wanted: Wanted, actor: Actor, now: datetime, keeping: Keeping
) -> tuple[KeptFile, str, Content]:
    """Return a file, its name and what is in it; that it was read or copied out is in its chain of custody.

    Raises:
        NotFound: the complaint has no such file, or it is behind the wall.
        Objection: a copy of what an officer was compelled to say was to be handed out.
    """
    complaint = load(session, complaint_id, actor)
    opened = wall.opens_to(session, complaint, actor)
    file = custody.file_of_case(session, complaint.id, wanted.file_id, walled=opened)
    said = wanted.said
    if file.walled and said.handed_to is not None:
        raise Objection("What an officer was compelled to say is handed out to nobody.")
    if file.walled:
        complaint.note(actor.id, Part.KNOWS_COMPELLED)
    content = custody.content_of(session, file, keeping)
    deed = Deed.READ if said.handed_to is None else Deed.COPIED_OUT
    custody.note(session, file, deed, actor, now, handed_to=said.handed_to, why=said.because)
    audit.record(session, actor, f"{deed} evidence", (complaint.id, complaint.version), said.because)
    return file, custody.name_of(session, file, keeping.vault), content
