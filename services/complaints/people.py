"""The people in a complaint: how they are written down and sealed, and what is known of them now."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints.models import Complaint, Party, PartyCorrection
from services.complaints.shapes.people import CorrectionIn, PartyIn, PartyOut
from shared.errors import Malformed, NotFound, Objection
from shared.events.complaints import PartyRole
from shared.vault import Vault, WrongVaultKeyError

SEALED = ("name", "contact")
"""What could tell who somebody is; sealed."""
DESCRIBING = ("description", "unit", "vehicle", "badge")
"""What tells which officer it was; kept as it was written, so that investigators find them by it."""
OF_AGE = (PartyRole.COMPLAINANT, PartyRole.ACCUSED_OFFICER, PartyRole.UNKNOWN_OFFICER)
"""Who is not asked whether they are under age."""
IN_THE_ROSTER = (PartyRole.ACCUSED_OFFICER, PartyRole.WITNESS)
"""Of whom an id in the roster can be given at once."""

Said = PartyIn | CorrectionIn


def written_down(session: Session, complaint: Complaint, said: PartyIn, vault: Vault) -> Party:
    """Return somebody as one of the people in a complaint, with name and contact sealed.

    Raises:
        Malformed: what is said does not belong to somebody in this role.
    """
    refuse_impossible(said)
    party = Party(
        id=uuid4(),
        complaint_id=complaint.id,
        agency=complaint.agency,
        role=said.role,
        position=len(complaint.parties),
        minor=said.minor,
        officer_id=said.officer_id,
    )
    particulars(session, party, said, vault)
    return party


def particulars(session: Session, row: Party | PartyCorrection, said: Said, vault: Vault) -> None:
    """Write on a row what is said of somebody; what names them is sealed for this row alone."""
    for name in DESCRIBING:
        setattr(row, name, getattr(said, name))
    for name in SEALED:
        text = getattr(said, name)
        if text is not None:
            setattr(row, f"sealed_{name}", vault.seal(session, row.complaint_id, place(row, name), text))


def place(row: Party | PartyCorrection, name: str) -> str:
    """Return where a sealed value belongs; it opens nowhere else."""
    return f"{row.__tablename__}.{name}:{row.id}"


def refuse_impossible(said: PartyIn) -> None:
    """Refuse what is not said of somebody in this role.

    Raises:
        Malformed: says what to leave out, or what is missing.
    """
    refuse_unfit(said.role, said, minor=said.minor)
    if said.minor and said.role in OF_AGE:
        raise Malformed(f"Of a party of the role {said.role} it is not asked whether they are a minor; leave it out.")
    if said.officer_id is not None and said.role not in IN_THE_ROSTER:
        raise Malformed("Only of an accused officer and of a witness an officer_id is given at once; leave it out.")
    if said.role is PartyRole.ACCUSED_OFFICER and said.officer_id is None:
        raise Malformed("An accused officer is known by officer_id; add who is not known yet as an unknown officer.")
    if said.role is PartyRole.UNKNOWN_OFFICER and not fields_of(said, DESCRIBING) and said.name is None:
        raise Malformed("Say something by which this officer can be found: appearance, unit, vehicle, badge or name.")


def refuse_unfit(role: PartyRole, said: Said, *, minor: bool) -> None:
    """Refuse a description of anybody but an unknown officer, and how to reach a minor.

    Raises:
        Malformed: says what to leave out.
    """
    described = fields_of(said, DESCRIBING)
    if described and role is not PartyRole.UNKNOWN_OFFICER:
        raise Malformed(f"Only an unknown officer is described; leave {described[0]} out.")
    if minor and said.contact is not None:
        raise Malformed(
            "Of a minor no contact is taken; leave it out. They are reached through whoever complains for them."
        )


def fields_of(said: Said, names: Sequence[str]) -> list[str]:
    """Return those of the names of which something is said."""
    return [name for name in names if getattr(said, name) is not None]


def party_of(complaint: Complaint, party_id: UUID) -> Party:
    """Return one of the people in a complaint.

    Raises:
        NotFound: there is no such party in it.
    """
    found = next((party for party in complaint.parties if party.id == party_id), None)
    if found is None:
        raise NotFound("There is no such party in this complaint.")
    return found


def corrections(session: Session, complaint: Complaint) -> dict[UUID, list[PartyCorrection]]:
    """Return what was corrected of each of the people in a complaint, in the order in which it was."""
    found = select(PartyCorrection).where(PartyCorrection.complaint_id == complaint.id)
    of: dict[UUID, list[PartyCorrection]] = {party.id: [] for party in complaint.parties}
    for correction in session.scalars(found.order_by(PartyCorrection.position)):
        of[correction.party_id].append(correction)
    return of


def known(party: Party, corrected: Iterable[PartyCorrection], column: str) -> tuple[Party | PartyCorrection, Any]:
    """Return what a column of a party says now, and the row that says so: the latest of those that say anything."""
    rows: Sequence[Party | PartyCorrection] = (party, *corrected)
    return next(((row, value) for row in reversed(rows) if (value := getattr(row, column)) is not None), (party, None))


def as_known(party: Party, corrected: Sequence[PartyCorrection]) -> PartyOut:
    """Return what staff see of somebody: what is sealed of them stays sealed."""
    described = {name: known(party, corrected, name)[1] for name in DESCRIBING}
    return PartyOut(
        id=party.id,
        role=party.role,
        minor=party.minor,
        named=known(party, corrected, "sealed_name")[1] is not None,
        reachable=known(party, corrected, "sealed_contact")[1] is not None,
        officer_id=party.officer_id,
        corrections=len(corrected),
        **described,
    )


def opened(session: Session, party: Party, corrected: Sequence[PartyCorrection], vault: Vault) -> dict[str, str | None]:
    """Return the name and the contact of somebody.

    Raises:
        Objection: what is sealed does not open any more.
    """
    texts: dict[str, str | None] = {}
    for name in SEALED:
        row, sealed = known(party, corrected, f"sealed_{name}")
        texts[name] = None if sealed is None else _open(session, row, name, sealed, vault)
    return texts


def _open(session: Session, row: Party | PartyCorrection, name: str, sealed: bytes, vault: Vault) -> str:
    try:
        return vault.open(session, row.complaint_id, place(row, name), sealed)
    except WrongVaultKeyError:
        raise Objection(
            "What was sealed here does not open any more: the key of its case was destroyed, or this installation "
            "has another vault key. Nobody can read it."
        ) from None
