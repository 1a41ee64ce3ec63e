"""The routes of complaints."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Header, Response

from services.complaints import queries
from services.complaints.commands import filing as filings
from services.complaints.commands import legacy as legacies
from services.complaints.commands import steps
from services.complaints.models import Complaint, State
from services.complaints.receipts import Receipt
from services.complaints.shapes import (
    AssignmentIn,
    ClassificationIn,
    ComplaintOut,
    ComplaintsOut,
    EnteredOut,
    FiledOut,
    FilingForm,
    FilingIn,
    FindingsIn,
    HarmReferralIn,
    LegacyIn,
    ReasonIn,
    TrackingOut,
)
from services.complaints.sight import HOLDER, READERS
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.actors import Role
from shared.app import CaseRoute
from shared.clock import Now
from shared.db import Tx
from shared.pages import Cursor, Limit
from shared.vault import SealedBy

router = APIRouter(prefix="/agencies/{agency}/complaints", route_class=CaseRoute, tags=["complaints"])

ReceiptCode = Annotated[str, Header(max_length=64, description="the code that was shown when the complaint was filed")]
ANYONE = reads("anyone may complain", Role.PUBLIC)
BY_RECEIPT = reads("whoever holds the receipt code", Role.COMPLAINANT)


def filed(complaint: Complaint, receipt: Receipt) -> FiledOut:
    """Return what whoever complained takes home."""
    return FiledOut(
        id=complaint.id, number=complaint.number, receipt_code=receipt.code, public_ref=complaint.public_ref
    )


@router.post("", status_code=201, dependencies=[ANYONE])
def file(filing: FilingIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules, vault: SealedBy) -> FiledOut:
    """File a complaint; named or anonymous, with or without an account."""
    return filed(*filings.file(tx, filing, actor, now, rules, vault))


@router.post("/form", status_code=201, dependencies=[ANYONE])
def file_form(
    form: Annotated[FilingForm, Form()], tx: Tx, actor: CurrentActor, now: Now, rules: Rules, vault: SealedBy
) -> FiledOut:
    """File a complaint from a web form."""
    return filed(*filings.file(tx, filings.form_filing(form), actor, now, rules, vault))


@router.post("/legacy", status_code=201, dependencies=[reads("records enters legacy complaints", Role.RECORDS)])
def enter_legacy(
    legacy: LegacyIn, response: Response, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> EnteredOut:
    """Enter a complaint from the time before this system; 200 when it was entered before."""
    complaint, new = legacies.enter_legacy(tx, legacy, actor, now, rules)
    response.status_code = 201 if new else 200
    return EnteredOut.model_validate(complaint)


@router.get("", dependencies=[reads("staff list the complaints they may see", *READERS)])
def complaints(
    tx: Tx, actor: CurrentActor, state: State | None = None, limit: Limit = 50, after: Cursor = None
) -> ComplaintsOut:
    """List complaints, the newest first."""
    return queries.complaints(tx, actor, state, limit, after)


@router.get("/track", dependencies=[BY_RECEIPT])
def track(receipt_code: ReceiptCode, tx: Tx) -> TrackingOut:
    """Say where the complaint is: stages, never people."""
    complaint = queries.tracked(tx, receipt_code)
    return TrackingOut(
        number=complaint.number,
        stage=complaint.state,
        received_on=complaint.received_on,
        outcome=complaint.outcome,
        harm_referred_to=complaint.harm_referred_to,
    )


@router.post("/track/withdrawal", dependencies=[BY_RECEIPT])
def withdraw_by_receipt(receipt_code: ReceiptCode, reason: ReasonIn, tx: Tx, now: Now) -> TrackingOut:
    """Withdraw the complaint that the receipt code opens."""
    complaint = queries.tracked(tx, receipt_code)
    steps.withdraw(tx, complaint.id, reason, HOLDER, now)
    return track(receipt_code, tx)


@router.get("/{complaint_id}", dependencies=[reads("staff read the complaints they may see", *READERS)])
def complaint(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> ComplaintOut:
    """Return one complaint."""
    return ComplaintOut.model_validate(queries.complaint(tx, complaint_id, actor))


@router.post("/{complaint_id}/classification", dependencies=[takes(COMPLAINT, "classify")])
def classify(
    complaint_id: UUID, classification: ClassificationIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Say what the complaint is about and how it is dealt with."""
    return ComplaintOut.model_validate(steps.classify(tx, complaint_id, classification, actor, now, rules))


@router.post("/{complaint_id}/assignment", dependencies=[takes(COMPLAINT, "assign")])
def assign(complaint_id: UUID, assignment: AssignmentIn, tx: Tx, actor: CurrentActor, now: Now) -> ComplaintOut:
    """Give the case to an investigator."""
    return ComplaintOut.model_validate(steps.assign(tx, complaint_id, assignment, actor, now))


@router.post("/{complaint_id}/investigation", dependencies=[takes(COMPLAINT, "submit")])
def submit(complaint_id: UUID, findings: FindingsIn, tx: Tx, actor: CurrentActor, now: Now) -> ComplaintOut:
    """Submit the investigation with a recommended finding for every allegation."""
    return ComplaintOut.model_validate(steps.submit(tx, complaint_id, findings, actor, now))


@router.post("/{complaint_id}/return", dependencies=[takes(COMPLAINT, "return")])
def return_to_investigator(complaint_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> ComplaintOut:
    """Send the investigation back."""
    return ComplaintOut.model_validate(steps.return_to_investigator(tx, complaint_id, reason, actor, now))


@router.post("/{complaint_id}/review", dependencies=[takes(COMPLAINT, "review")])
def review(complaint_id: UUID, findings: FindingsIn, tx: Tx, actor: CurrentActor, now: Now) -> ComplaintOut:
    """Review the investigation."""
    return ComplaintOut.model_validate(steps.review(tx, complaint_id, findings, actor, now))


@router.post("/{complaint_id}/decision", dependencies=[takes(COMPLAINT, "decide")])
def decide(complaint_id: UUID, findings: FindingsIn, tx: Tx, actor: CurrentActor, now: Now) -> ComplaintOut:
    """Decide: a finding for every allegation, with reasons."""
    return ComplaintOut.model_validate(steps.decide(tx, complaint_id, findings, actor, now))


@router.post("/{complaint_id}/harm-referral", dependencies=[takes(COMPLAINT, "refer harm")])
def refer_harm(complaint_id: UUID, referral: HarmReferralIn, tx: Tx, actor: CurrentActor, now: Now) -> ComplaintOut:
    """Refer the harm to reconciliation."""
    return ComplaintOut.model_validate(steps.refer_harm(tx, complaint_id, referral, actor, now))


@router.post("/{complaint_id}/withdrawal", dependencies=[takes(COMPLAINT, "withdraw")])
def withdraw(complaint_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> ComplaintOut:
    """Withdraw the complaint at the complainant's wish."""
    return ComplaintOut.model_validate(steps.withdraw(tx, complaint_id, reason, actor, now))


@router.post("/{complaint_id}/closure", dependencies=[takes(COMPLAINT, "close")])
def close(complaint_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now) -> ComplaintOut:
    """Close a decided complaint."""
    return ComplaintOut.model_validate(steps.close(tx, complaint_id, reason, actor, now))
