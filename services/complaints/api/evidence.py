"""The routes of evidence. A file goes up as a form and comes back as an attachment; it is never shown by a server."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from services.complaints.api.tracking import BY_RECEIPT, ReceiptCode
from services.complaints.commands import evidence as commands
from services.complaints.commands.evidence import Wanted
from services.complaints.models import Arrival
from services.complaints.queries import evidence as queries
from services.complaints.queries.reading import tracked
from services.complaints.shapes.evidence import (
    DepositForm,
    DepositOut,
    DepositsOut,
    EvidenceChainOut,
    EvidenceForm,
    EvidenceListOut,
    EvidenceReadingIn,
)
from services.complaints.sight import HOLDER, READERS
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, reads, takes
from shared.actors import Role
from shared.app import FileRoute
from shared.clock import Now
from shared.custody import KeptFile, KeptIn
from shared.db import Tx, first_ask
from shared.files import Content, KeptBy
from shared.openapi import form_with_file
from shared.sniffing import TYPES
from shared.uploads import Upload, received
from shared.vault import SealedBy

router = APIRouter(prefix="/agencies/{agency}/complaints", route_class=FileRoute, tags=["complaints"])

MAY_READ = (Role.INTAKE, Role.INVESTIGATOR, Role.COMMANDER, Role.ADJUDICATOR, Role.AUDITOR)
"""Who reads evidence itself, in complaints that they may see."""

ATTACHMENT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
"""Whatever a file turns out to be, a browser saves it and runs nothing of it."""


async def deposited(request: Request, receipt_code: ReceiptCode, files: KeptBy) -> AsyncIterator[Upload[EvidenceForm]]:
    """Yield the file of whoever holds the receipt code, once it is there and known to be welcome."""
    await first_ask(request, lambda session: commands.refuse_early(session, tracked(session, receipt_code).id, HOLDER))
    async with received(request, files, DepositForm) as upload:
        said = EvidenceForm(channel=Arrival.RECEIPT_CODE, because=upload.said.because)
        yield Upload(upload.draft, upload.name, upload.media, said)


async def brought(
    request: Request, complaint_id: UUID, actor: CurrentActor, files: KeptBy
) -> AsyncIterator[Upload[EvidenceForm]]:
    """Yield the file that staff bring, once it is there and known to be welcome."""
    await first_ask(request, lambda session: commands.refuse_early(session, complaint_id, actor))
    async with received(request, files, EvidenceForm) as upload:
        commands.refuse_by_channel(upload)
        yield upload


Deposited = Annotated[Upload[EvidenceForm], Depends(deposited, scope="function")]
Brought = Annotated[Upload[EvidenceForm], Depends(brought, scope="function")]
"""These come before the transaction: while a file arrives, none is open."""


async def wanted(file_id: UUID, said: EvidenceReadingIn) -> Wanted:
    """Return which file is to be read, and why."""
    return Wanted(file_id, said)


@router.post("/track/evidence", status_code=201, dependencies=[BY_RECEIPT], openapi_extra=form_with_file(DepositForm))
def deposit(upload: Deposited, receipt_code: ReceiptCode, tx: Tx, now: Now, keeping: KeptIn) -> DepositOut:
    """Hand in a file as evidence."""
    file = commands.add_evidence(tx, tracked(tx, receipt_code).id, upload, HOLDER, now, keeping)
    return queries.deposit(tx, file, keeping.vault)


@router.get("/track/evidence", dependencies=[BY_RECEIPT])
def deposits(receipt_code: ReceiptCode, tx: Tx, vault: SealedBy) -> DepositsOut:
    """Return the files that were handed in with the receipt code."""
    return queries.deposits(tx, receipt_code, vault)


@router.post(
    "/{complaint_id}/evidence",
    status_code=201,
    dependencies=[takes(COMPLAINT, commands.VERB)],
    openapi_extra=form_with_file(EvidenceForm),
)
def add_evidence(
    complaint_id: UUID, upload: Brought, tx: Tx, actor: CurrentActor, now: Now, keeping: KeptIn
) -> EvidenceChainOut:
    """Bring a file as evidence."""
    file = commands.add_evidence(tx, complaint_id, upload, actor, now, keeping)
    return queries.chain(tx, complaint_id, file.id, actor, keeping.vault)


@router.get("/{complaint_id}/evidence", dependencies=[reads("staff read the complaints they may see", *READERS)])
def evidence(complaint_id: UUID, tx: Tx, actor: CurrentActor, vault: SealedBy) -> EvidenceListOut:
    """List the files of a complaint."""
    return queries.evidence(tx, complaint_id, actor, vault)


@router.get(
    "/{complaint_id}/evidence/{file_id}", dependencies=[reads("staff read the complaints they may see", *READERS)]
)
def chain(complaint_id: UUID, file_id: UUID, tx: Tx, actor: CurrentActor, vault: SealedBy) -> EvidenceChainOut:
    """Return a file's chain of custody."""
    return queries.chain(tx, complaint_id, file_id, actor, vault)


@router.post(
    "/{complaint_id}/evidence/{file_id}/reading",
    response_class=StreamingResponse,
    responses={200: {"description": "the file", "content": {"application/octet-stream": {}}}},
    dependencies=[reads("staff read evidence, for a reason that is kept", *MAY_READ)],
)
def read_evidence(
    complaint_id: UUID,
    asked: Annotated[Wanted, Depends(wanted)],
    tx: Tx,
    actor: CurrentActor,
    now: Now,
    keeping: KeptIn,
) -> StreamingResponse:
    """Return a file, for a reason; that it was read or copied out is in its chain of custody for good."""
    return attachment(*commands.read_evidence(tx, complaint_id, asked, actor, now, keeping))


def attachment(file: KeptFile, name: str, content: Content) -> StreamingResponse:
    """Return a file as something to be saved."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = ATTACHMENT | {"Content-Disposition": disposition, "Content-Length": str(file.size)}
    return StreamingResponse(content.parts(), headers=headers, media_type=TYPES[file.media].content_type)
