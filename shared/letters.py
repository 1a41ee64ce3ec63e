"""Letters: drafted from a template, approved by a second person, and sent or printed; sealed until then.

A letter by e-mail is sent by the workers (`shared.postman`); one by mail is printed and handed to the post. A letter
counts on the day on which it leaves, not on the day on which it was written.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actors import Actor, Role
from shared.cases import Case
from shared.errors import Malformed, NotFound, Objection
from shared.policy.letters import Template, Tongue
from shared.tables import Table
from shared.vault import Vault
from shared.workflow import Workflow, step


class Way(StrEnum):
    """How a letter goes."""

    EMAIL = "e-mail"
    MAIL = "mail"


class LetterState(StrEnum):
    """Where a letter is."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    FAILED = "failed"
    POSTED = "handed to the post"
    DISCARDED = "discarded"


class Letter(Table):
    """A letter in one case."""

    __tablename__ = "letter"
    __table_args__ = (Index("letter_due", "agency", "next_try_at", postgresql_where=text("next_try_at is not null")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(index=True)
    agency: Mapped[str]
    template: Mapped[str]
    language: Mapped[str]
    way: Mapped[Way]
    state: Mapped[LetterState]
    updated_at: Mapped[datetime]
    sealed_subject: Mapped[bytes]
    sealed_body: Mapped[bytes]
    drafted_by: Mapped[UUID]
    drafted_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    tries: Mapped[int]
    """How often somebody set out to send it."""
    next_try_at: Mapped[datetime | None]
    """When it is sent, or sent again; None when it is not to be."""
    answer: Mapped[str | None]
    """What the mail server last said, without the address."""
    sent_at: Mapped[datetime | None]
    """When it left."""


class Sheet(NamedTuple):
    """A letter as it is written."""

    template: str
    language: Tongue
    way: Way
    subject: str
    body: str


def wrote_it(letter: Letter, actor: Actor) -> str | None:
    """Two people stand behind every letter."""
    return "whoever wrote a letter does not approve it; a second person does" if actor.id == letter.drafted_by else None


def goes_by_email(letter: Letter, _: Actor) -> str | None:
    """What the workers still send is not sent a second time on paper."""
    by_email = letter.way is Way.EMAIL and letter.state is LetterState.APPROVED
    return "this letter is on its way by e-mail; it is printed when that has failed" if by_email else None


def life(writers: Iterable[Role], approvers: Iterable[Role], posters: Iterable[Role]) -> Workflow[Letter]:
    """Return the life of a letter in a service where these roles write, approve and post."""
    return Workflow(
        "letter",
        start=LetterState.DRAFTED,
        steps=(
            step("approve", LetterState.DRAFTED, to=LetterState.APPROVED, by=approvers, unless=wrote_it),
            step("discard", LetterState.DRAFTED, to=LetterState.DISCARDED, by={*writers, *approvers}),
            step("send", LetterState.APPROVED, to=LetterState.SENT, by=Role.CLOCK),
            step("give up", LetterState.APPROVED, to=LetterState.FAILED, by=Role.CLOCK),
            step("put back", LetterState.FAILED, to=LetterState.APPROVED, by=posters),
            step(
                "hand to the post",
                LetterState.APPROVED,
                LetterState.FAILED,
                to=LetterState.POSTED,
                by=posters,
                unless=goes_by_email,
            ),
        ),
    )


def filled(template: Template, language: Tongue, known: Mapping[str, str], asked: Mapping[str, str]) -> tuple[str, str]:
    """Return subject and body with every blank filled; what is filled in is not read for blanks again.

    Raises:
        Malformed: a blank that whoever drafts has to fill is not, or one is given that the letter does not have.
    """
    if missing := [name for name in template.asks if name not in asked]:
        raise Malformed(f"This letter has the blank {missing[0]!r}; say what stands there.")
    if strange := [name for name in asked if name not in template.asks]:
        blanks = ", ".join(template.asks) or "none"
        raise Malformed(f"This letter has no blank {strange[0]!r} to fill in; there is: {blanks}.")
    words, wording = {**asked, **known}, template.wording[language]
    return wording.subject.format_map(words), wording.body.format_map(words).strip() + "\n"


def draft(session: Session, vault: Vault, case: Case, sheet: Sheet, actor: Actor, now: datetime) -> Letter:
    """Write a letter in a case; nothing of it leaves before it is approved."""
    letter = Letter(
        id=uuid4(),
        case_id=case.id,
        agency=case.agency,
        template=sheet.template,
        language=sheet.language,
        way=sheet.way,
        state=LetterState.DRAFTED,
        updated_at=now,
        drafted_by=actor.id,
        drafted_at=now,
        tries=0,
    )
    letter.sealed_subject = vault.seal(session, case.id, _place("subject", letter.id), sheet.subject)
    letter.sealed_body = vault.seal(session, case.id, _place("body", letter.id), sheet.body)
    session.add(letter)
    return letter


def letters_of(session: Session, case_id: UUID) -> Sequence[Letter]:
    """Return every letter of a case, in the order in which they were drafted."""
    return session.scalars(select(Letter).where(Letter.case_id == case_id).order_by(Letter.drafted_at)).all()


def letter_of(session: Session, case_id: UUID, letter_id: UUID) -> Letter:
    """Return one letter of a case.

    Raises:
        NotFound: the case has no such letter.
    """
    letter = session.get(Letter, letter_id)
    if letter is None or letter.case_id != case_id:
        raise NotFound("There is no such letter in this case.")
    return letter


def approve(letter: Letter, actor: Actor, now: datetime) -> None:
    """Note who stands behind a letter beside its writer; one by e-mail is sent from now on."""
    letter.approved_by, letter.approved_at = actor.id, now
    letter.next_try_at = now if letter.way is Way.EMAIL else None


def put_back(letter: Letter, now: datetime) -> None:
    """Let the workers send a letter that had failed, with all tries again."""
    letter.tries, letter.next_try_at = 0, now


def left(letter: Letter, now: datetime) -> None:
    """Note that a letter has left."""
    letter.sent_at, letter.next_try_at = now, None


def opened(session: Session, vault: Vault, letter: Letter) -> tuple[str, str]:
    """Return subject and body of a letter."""
    subject = vault.open(session, letter.case_id, _place("subject", letter.id), letter.sealed_subject)
    return subject, vault.open(session, letter.case_id, _place("body", letter.id), letter.sealed_body)


def refuse_unprintable(letter: Letter) -> None:
    """Refuse to print what was not approved, goes by e-mail, or has left already.

    Raises:
        Objection: says which.
    """
    if letter.approved_by is None:
        raise Objection("This letter has not been approved; it is printed when it is.")
    if letter.state is LetterState.SENT:
        raise Objection("This letter was sent by e-mail; there is nothing to print.")
    if letter.state is LetterState.POSTED:
        raise Objection("This letter was handed to the post and is not printed again; draft another one.")
    if reason := goes_by_email(letter, Actor(letter.drafted_by, frozenset())):
        raise Objection(f"{reason[0].upper()}{reason[1:]}.")


PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{subject}</title>
<style>
@page {{ margin: 25mm }}
body {{ font: 12pt/1.45 serif; max-width: 165mm; margin: 25mm auto }}
address, div {{ white-space: pre-wrap; font-style: normal; overflow-wrap: anywhere }}
h1 {{ font-size: 12pt; margin: 3em 0 1.5em }}
</style></head>
<body><address dir="auto">{to}</address><h1 dir="auto">{subject}</h1><div dir="auto">{body}</div></body>
</html>
"""


class Printed(NamedTuple):
    """An approved letter with its address, to be printed."""

    template: str
    language: str
    to: str
    subject: str
    body: str

    def page(self) -> str:
        """Return the letter as a page; whatever stands in it is text."""
        return PAGE.format_map({name: html.escape(said) for name, said in self._asdict().items()})

    def text(self) -> str:
        """Return the letter as plain text."""
        return f"{self.to}\n\n\n{self.subject}\n\n{self.body}"


def _place(column: str, letter_id: UUID) -> str:
    return f"letter.{column}:{letter_id}"
