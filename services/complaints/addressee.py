"""To whom letters about a complaint go, and how their name and contact come out of the vault."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from services.complaints.models import Complaint, Party, PartyCorrection
from services.complaints.people import corrections, known, opened
from shared.events.complaints import PartyRole
from shared.vault import Vault


class Addressee(NamedTuple):
    """Whoever complained, unsealed: for the moment in which a letter leaves."""

    name: str
    """Empty where none was given."""
    contact: str


def reachable(session: Session, complaint: Complaint) -> tuple[Party, Sequence[PartyCorrection]] | None:
    """Return whoever complained, if they said how to reach them, with what was corrected since; nothing is unsealed."""
    corrected = corrections(session, complaint)
    people = [party for party in complaint.parties if party.role is PartyRole.COMPLAINANT]
    found = (party for party in people if known(party, corrected[party.id], "sealed_contact")[1] is not None)
    return next(((party, corrected[party.id]) for party in found), None)


def unsealed(session: Session, complaint: Complaint, vault: Vault) -> Addressee | None:
    """Take name and contact of whoever complained out of the vault; the caller notes it in the audit.

    Raises:
        Objection: what is sealed does not open any more.
    """
    found = reachable(session, complaint)
    if found is None:
        return None
    texts = opened(session, *found, vault)
    return Addressee(texts["name"] or "", texts["contact"] or "")
