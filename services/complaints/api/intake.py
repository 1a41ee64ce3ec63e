"""The routes by which complaints come in."""

from typing import Annotated

from fastapi import Form, Response

from services.complaints.api import routes
from services.complaints.commands import filing as filings
from services.complaints.commands import legacy as legacies
from services.complaints.models import Complaint
from services.complaints.receipts import Receipt
from services.complaints.shapes.intake import FiledOut, FilingForm, FilingIn
from services.complaints.shapes.legacy import EnteredOut, LegaciesIn, LegacyIn, OutcomesOut
from shared.access import CurrentActor, Rules, reads
from shared.actors import Role
from shared.clock import Now
from shared.db import Tx
from shared.tongues import told
from shared.vault import SealedBy

router = routes()


ANYONE = reads("anyone may complain", Role.PUBLIC)


KEEP = (
    "Your complaint has the number {number}. Write the receipt code down and keep it to yourself: it opens your case "
    "without an account, and is not shown again. Nobody asks for your name or for an oath."
)
"""What whoever complained is told."""


def filed(complaint: Complaint, receipt: Receipt) -> FiledOut:
    """Return what whoever complained takes home."""
    return FiledOut(
        id=complaint.id,
        number=complaint.number,
        receipt_code=receipt.code,
        public_ref=complaint.public_ref,
        told=told(KEEP, complaint.language, number=complaint.number),
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


@router.post(
    "/legacy",
    status_code=201,
    responses={200: {"model": EnteredOut, "description": "It was entered before."}},
    dependencies=[reads("records enters legacy complaints", Role.RECORDS)],
)
def enter_legacy(
    legacy: LegacyIn, response: Response, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> EnteredOut:
    """Enter a complaint from the time before this system; 200 when it was entered before."""
    complaint, new = legacies.enter_legacy(tx, legacy, actor, now, rules)
    response.status_code = 201 if new else 200
    return EnteredOut.model_validate(complaint)


@router.post("/legacy/batch", dependencies=[reads("records enters legacy complaints", Role.RECORDS)])
def enter_legacies(legacies_in: LegaciesIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> OutcomesOut:
    """Enter many complaints from the time before this system at once; each is entered or refused for itself."""
    return OutcomesOut(outcomes=legacies.enter_legacies(tx, legacies_in.records, actor, now, rules))
