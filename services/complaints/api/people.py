"""The routes of the people in a complaint, and by which two people unseal who somebody is."""

from uuid import UUID

from fastapi import Depends, Response

from services.complaints.api import routes
from services.complaints.commands import parties, unsealing
from services.complaints.queries import people
from services.complaints.shapes.people import CorrectionIn, IdentificationIn, PartiesOut, PartyIn
from services.complaints.shapes.unsealing import AnswerIn, UnsealedOut, UnsealingIn, UnsealingsOut
from services.complaints.sight import KEEPERS, READERS
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.actors import Role
from shared.clock import Now
from shared.db import Tx
from shared.office import AtOffice
from shared.unsealing import ASKING, UNSEALING
from shared.vault import SealedBy

router = routes()

READ_PEOPLE = reads("staff read the people of complaints they may see, and custodians of any", *READERS, Role.CUSTODIAN)
READ_REQUESTS = reads("who keeps what is sealed reads who asked for it", *KEEPERS)


@router.get("/unsealings", dependencies=[READ_REQUESTS])
def unanswered(tx: Tx, actor: CurrentActor) -> UnsealingsOut:
    """List the requests to unseal that wait for a second person, the oldest first."""
    return people.unanswered(tx, actor)


@router.get("/{complaint_id}/parties", dependencies=[READ_PEOPLE])
def list_parties(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> PartiesOut:
    """Return the people in a complaint; names and contacts stay sealed."""
    return people.parties(tx, complaint_id, actor)


@router.post("/{complaint_id}/parties", status_code=201, dependencies=[takes(COMPLAINT, "add parties to")])
def add_party(
    complaint_id: UUID, party: PartyIn, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice
) -> PartiesOut:
    """Add somebody to the people in a complaint."""
    parties.add(tx, complaint_id, party, actor, now, office)
    return people.parties(tx, complaint_id, actor)


@router.post(
    "/{complaint_id}/parties/corrections", status_code=201, dependencies=[takes(COMPLAINT, "correct parties of")]
)
def correct_party(
    complaint_id: UUID, correction: CorrectionIn, tx: Tx, actor: CurrentActor, now: Now, vault: SealedBy
) -> PartiesOut:
    """Write down what is known better of somebody; what was said before is kept."""
    parties.correct(tx, complaint_id, correction, actor, now, vault)
    return people.parties(tx, complaint_id, actor)


@router.post("/{complaint_id}/parties/identification", dependencies=[takes(COMPLAINT, "identify an officer in")])
def identify_officer(
    complaint_id: UUID, identification: IdentificationIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> PartiesOut:
    """Say which officer an unknown one is."""
    parties.identify(tx, complaint_id, identification, actor, now, rules)
    return people.parties(tx, complaint_id, actor)


@router.get("/{complaint_id}/unsealings", dependencies=[READ_REQUESTS])
def unsealings(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> UnsealingsOut:
    """Return every request to unseal in a complaint, with its answer."""
    return people.unsealings(tx, complaint_id, actor)


@router.post("/{complaint_id}/unsealings", status_code=201, dependencies=[reads("custodians ask to unseal", *ASKING)])
def ask_to_unseal(complaint_id: UUID, wanted: UnsealingIn, tx: Tx, actor: CurrentActor, now: Now) -> UnsealingsOut:
    """Ask to read the name and the contact of somebody, with the reason."""
    unsealing.ask(tx, complaint_id, wanted, actor, now)
    return people.unsealings(tx, complaint_id, actor)


@router.post("/{complaint_id}/unsealings/approval", dependencies=[takes(UNSEALING, "approve")])
def approve_unsealing(complaint_id: UUID, answer: AnswerIn, tx: Tx, actor: CurrentActor, now: Now) -> UnsealingsOut:
    """Agree, as the second person, that it is read."""
    unsealing.approve(tx, complaint_id, answer, actor, now)
    return people.unsealings(tx, complaint_id, actor)


@router.post("/{complaint_id}/unsealings/denial", dependencies=[takes(UNSEALING, "deny")])
def deny_unsealing(complaint_id: UUID, answer: AnswerIn, tx: Tx, actor: CurrentActor, now: Now) -> UnsealingsOut:
    """Refuse, as the second person, that it is read."""
    unsealing.deny(tx, complaint_id, answer, actor, now)
    return people.unsealings(tx, complaint_id, actor)


async def kept_nowhere(response: Response) -> None:
    """Let no answer be kept on its way from which something sealed could be read later."""
    response.headers["Cache-Control"] = "no-store"


@router.get(
    "/{complaint_id}/unsealings/{unsealing_id}",
    dependencies=[takes(UNSEALING, "read what answers"), Depends(kept_nowhere)],
)
def read_unsealed(
    complaint_id: UUID, unsealing_id: UUID, tx: Tx, actor: CurrentActor, now: Now, vault: SealedBy
) -> UnsealedOut:
    """Read what was unsealed, as long as it may be read."""
    return unsealing.read(tx, complaint_id, unsealing_id, actor, now, vault)
