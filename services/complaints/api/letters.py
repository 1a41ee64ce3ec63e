"""The routes of letters to whoever complained."""

from enum import StrEnum
from uuid import UUID

from fastapi import Response

from services.complaints.api import routes
from services.complaints.commands import letters
from services.complaints.queries import letters as questions
from services.complaints.shapes.letters import LetterIn, LetterOut, LettersOut, TemplatesOut
from services.complaints.sight import READERS
from services.complaints.workflow import COMPLAINT, LETTER, TELLING
from shared.access import CurrentActor, Rules, reads, takes
from shared.clock import Now
from shared.db import Tx
from shared.office import AtOffice

router = routes()

READS = reads("staff read the complaints they may see", *READERS)


class Form(StrEnum):
    """How a letter is downloaded to be printed."""

    HTML = "html"
    TEXT = "text"


@router.get("/letter-templates", dependencies=[reads("whoever writes letters", *TELLING)])
def templates(rules: Rules) -> TemplatesOut:
    """List the letters that the agency writes."""
    return questions.templates(rules)


@router.get("/{complaint_id}/letters", dependencies=[READS])
def letters_of(complaint_id: UUID, tx: Tx, actor: CurrentActor, rules: Rules) -> LettersOut:
    """List the letters of a complaint, and where each of them is."""
    return questions.letters_of(tx, complaint_id, actor, rules)


@router.get("/{complaint_id}/letters/{letter_id}", dependencies=[READS])
def letter(complaint_id: UUID, letter_id: UUID, tx: Tx, actor: CurrentActor, office: AtOffice) -> LetterOut:
    """Return a letter with its words."""
    return questions.letter(tx, complaint_id, letter_id, actor, office)


@router.post("/{complaint_id}/letters", status_code=201, dependencies=[takes(COMPLAINT, "write to the complainant of")])
def draft(complaint_id: UUID, said: LetterIn, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice) -> LetterOut:
    """Draft a letter from a template; a second person approves it before it leaves."""
    return questions.shown(tx, letters.draft(tx, complaint_id, said, actor, now, office), office)


@router.post("/{complaint_id}/letters/{letter_id}/approval", dependencies=[takes(LETTER, "approve")])
def approve(complaint_id: UUID, letter_id: UUID, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice) -> LetterOut:
    """Approve a letter that somebody else wrote; by e-mail it is sent from now on."""
    return questions.shown(tx, letters.approve(tx, complaint_id, letter_id, actor, now), office)


@router.post("/{complaint_id}/letters/{letter_id}/discarding", dependencies=[takes(LETTER, "discard")])
def discard(complaint_id: UUID, letter_id: UUID, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice) -> LetterOut:
    """Let a drafted letter not be sent."""
    return questions.shown(tx, letters.discard(tx, complaint_id, letter_id, actor, now), office)


@router.post("/{complaint_id}/letters/{letter_id}/sending", dependencies=[takes(LETTER, "put back")])
def put_back(complaint_id: UUID, letter_id: UUID, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice) -> LetterOut:
    """Send a letter again that could not be delivered, once what was wrong is mended."""
    return questions.shown(tx, letters.put_back(tx, complaint_id, letter_id, actor, now), office)


@router.get(
    "/{complaint_id}/letters/{letter_id}/print",
    dependencies=[takes(LETTER, "hand to the post")],
    response_class=Response,
    responses={200: {"content": {"text/html": {}, "text/plain": {}}, "description": "the letter, to be printed"}},
)
def print_letter(
    complaint_id: UUID, letter_id: UUID, tx: Tx, actor: CurrentActor, office: AtOffice, form: Form = Form.HTML
) -> Response:
    """Return an approved letter with the address, to be printed."""
    printed = questions.printed(tx, complaint_id, letter_id, actor, office)
    body = printed.page() if form is Form.HTML else printed.text()
    kind, ending = ("text/html", "html") if form is Form.HTML else ("text/plain", "txt")
    headers = {
        "Content-Disposition": f'attachment; filename="letter-{letter_id}.{ending}"',
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(body, media_type=f"{kind}; charset=utf-8", headers=headers)


@router.post("/{complaint_id}/letters/{letter_id}/posting", dependencies=[takes(LETTER, "hand to the post")])
def hand_to_the_post(
    complaint_id: UUID, letter_id: UUID, tx: Tx, actor: CurrentActor, now: Now, office: AtOffice
) -> LetterOut:
    """Note that the printed letter was handed to the post."""
    return questions.shown(tx, letters.hand_to_the_post(tx, complaint_id, letter_id, actor, now, office), office)
