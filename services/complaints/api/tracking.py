"""The routes for whoever holds the receipt code."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request

from services.complaints.api import routes
from services.complaints.commands import asking, steps, talk
from services.complaints.conversations import ADDITIONS, MESSAGES
from services.complaints.queries import reading
from services.complaints.queries.talk import said_to_holder
from services.complaints.queries.tracking import tracking
from services.complaints.receipts import WrongReceipt, read_receipt
from services.complaints.shapes.steps import ReasonIn
from services.complaints.shapes.talk import (
    AdditionIn,
    ConsentIn,
    FeedbackIn,
    MessageIn,
    MessagesOut,
    ReviewRequestIn,
)
from services.complaints.shapes.tracking import TrackingOut
from services.complaints.sight import HOLDER
from shared.access import Rules, reads
from shared.actors import Role
from shared.clock import Now
from shared.db import Tx
from shared.office import AtOffice
from shared.throttling import Guesses

router = routes()


async def code_that_was_sent(
    request: Request,
    receipt_code: Annotated[
        str, Header(max_length=64, description="the code that was shown when the complaint was filed")
    ],
) -> AsyncIterator[str]:
    """Yield the receipt code; one that opens nothing is counted, and too many of them have to wait.

    Raises:
        TooMany: too many wrong codes were tried.
    """
    guesses: Guesses = request.app.state.guesses
    locator = read_receipt(receipt_code).locator
    guesses.refuse(locator)
    try:
        yield receipt_code
    except WrongReceipt:
        guesses.wrong(locator)
        raise


ReceiptCode = Annotated[str, Depends(code_that_was_sent, scope="function")]
"""The receipt code that a request carries."""


BY_RECEIPT = reads("whoever holds the receipt code", Role.COMPLAINANT)


@router.get("/track", dependencies=[BY_RECEIPT])
def track(receipt_code: ReceiptCode, tx: Tx, office: AtOffice) -> TrackingOut:
    """Say where the complaint is: stages, never people."""
    return tracking(tx, reading.tracked(tx, receipt_code), office)


@router.post("/track/withdrawal", dependencies=[BY_RECEIPT])
def withdraw_by_receipt(
    receipt_code: ReceiptCode, reason: ReasonIn, tx: Tx, now: Now, rules: Rules, office: AtOffice
) -> TrackingOut:
    """Withdraw the complaint that the receipt code opens."""
    complaint = reading.tracked(tx, receipt_code)
    return tracking(tx, steps.withdraw(tx, complaint.id, reason, HOLDER, now, rules), office)


@router.get("/track/messages", dependencies=[BY_RECEIPT])
def read_messages(receipt_code: ReceiptCode, tx: Tx, now: Now, office: AtOffice) -> MessagesOut:
    """Return the messages between the agency and whoever complained, and note that they were read."""
    return said_to_holder(tx, reading.tracked(tx, receipt_code), MESSAGES, now, office)


@router.post("/track/messages", status_code=201, dependencies=[BY_RECEIPT])
def write_message(receipt_code: ReceiptCode, message: MessageIn, tx: Tx, now: Now, office: AtOffice) -> MessagesOut:
    """Write to the agency."""
    complaint = talk.hear(tx, reading.tracked(tx, receipt_code).id, message, now, office)
    return said_to_holder(tx, complaint, MESSAGES, now, office)


@router.get("/track/additions", dependencies=[BY_RECEIPT])
def read_additions(receipt_code: ReceiptCode, tx: Tx, now: Now, office: AtOffice) -> MessagesOut:
    """Return what was added to the complaint after it was filed."""
    return said_to_holder(tx, reading.tracked(tx, receipt_code), ADDITIONS, now, office)


@router.post("/track/additions", status_code=201, dependencies=[BY_RECEIPT])
def add_by_receipt(receipt_code: ReceiptCode, addition: AdditionIn, tx: Tx, now: Now, office: AtOffice) -> MessagesOut:
    """Add to the complaint; what was said before stays as it is."""
    complaint = talk.add(tx, reading.tracked(tx, receipt_code).id, addition, HOLDER, now, office)
    return said_to_holder(tx, complaint, ADDITIONS, now, office)


@router.post("/track/mediation", dependencies=[BY_RECEIPT])
def answer_about_mediation(
    receipt_code: ReceiptCode, answer: ConsentIn, tx: Tx, now: Now, office: AtOffice
) -> TrackingOut:
    """Consent to mediation or not, or change one's mind before the harm is referred."""
    complaint = reading.tracked(tx, receipt_code)
    return tracking(tx, asking.answer_about_mediation(tx, complaint.id, answer, now), office)


@router.post("/track/feedback", status_code=201, dependencies=[BY_RECEIPT])
def give_feedback(receipt_code: ReceiptCode, feedback: FeedbackIn, tx: Tx, now: Now, office: AtOffice) -> TrackingOut:
    """Say at the end how one was treated; only counts of it are published."""
    complaint = reading.tracked(tx, receipt_code)
    return tracking(tx, asking.give_feedback(tx, complaint.id, feedback, now, office), office)


@router.post("/track/review", status_code=201, dependencies=[BY_RECEIPT])
def request_review(
    receipt_code: ReceiptCode, request: ReviewRequestIn, tx: Tx, now: Now, office: AtOffice
) -> TrackingOut:
    """Request a review of the decision, with a reason."""
    complaint = reading.tracked(tx, receipt_code)
    return tracking(tx, asking.request_review(tx, complaint.id, request, now, office), office)
