"""What can be asked about the evidence in complaints."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.models import Arrival
from services.complaints.queries import reading
from services.complaints.shapes.evidence import (
    CustodyOut,
    DepositOut,
    DepositsOut,
    EvidenceChainOut,
    EvidenceListOut,
    EvidenceOut,
)
from shared import custody
from shared.actors import Actor
from shared.custody import KeptFile
from shared.events.complaints import EvidenceKind
from shared.sniffing import TYPES
from shared.vault import Vault


def evidence(session: Session, complaint_id: UUID, actor: Actor, vault: Vault) -> EvidenceListOut:
    """Return the files of a complaint, as far as the actor may know of them.

    Raises:
        NotFound: the complaint does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    files = custody.files_of_case(session, complaint.id, walled=wall.opens_to(session, complaint, actor))
    return EvidenceListOut(evidence=[EvidenceOut(**_line(session, file, vault)) for file in files])


def chain(session: Session, complaint_id: UUID, file_id: UUID, actor: Actor, vault: Vault) -> EvidenceChainOut:
    """Return one file of a complaint with its chain of custody.

    Raises:
        NotFound: the complaint or the file does not exist, or the actor may not know that it does.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    opened = wall.opens_to(session, complaint, actor)
    file = custody.file_of_case(session, complaint.id, file_id, walled=opened)
    entries = [CustodyOut.model_validate(entry) for entry in custody.chain(session, file.id)]
    return EvidenceChainOut(**_line(session, file, vault), custody=entries)


def deposits(session: Session, code: str, vault: Vault) -> DepositsOut:
    """Return the files that were handed in with a receipt code.

    Raises:
        NotFound: no case opens with it.
    """
    complaint = reading.tracked(session, code)
    files = custody.received_by(session, complaint.id, Arrival.RECEIPT_CODE)
    return DepositsOut(deposits=[deposit(session, file, vault) for file in files])


def deposit(session: Session, file: KeptFile, vault: Vault) -> DepositOut:
    """Return a file as whoever handed it in with the receipt code sees it."""
    return DepositOut(
        name=custody.name_of(session, file, vault),
        media=file.media,
        size=file.size,
        sha256=file.sha256.hex(),
        received_at=file.kept_at,
    )


def _line(session: Session, file: KeptFile, vault: Vault) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": custody.name_of(session, file, vault),
        "kind": EvidenceKind(TYPES[file.media].kind),
        "media": file.media,
        "size": file.size,
        "sha256": file.sha256.hex(),
        "compelled": file.walled,
        "received_at": file.kept_at,
    }
