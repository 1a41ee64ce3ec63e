"""What can be asked about letters to whoever complained."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.complaints.addressee import unsealed
from services.complaints.objections import keeps_from_printing
from services.complaints.queries import reading
from services.complaints.shapes.letters import LetterLine, LetterOut, LettersOut, TemplateOut, TemplatesOut
from shared import audit, letters
from shared.actors import Actor
from shared.errors import Objection
from shared.letters import Letter, Printed
from shared.office import Office
from shared.policy.agency import AgencyRules


def templates(rules: AgencyRules) -> TemplatesOut:
    """Return the letters that the agency writes, with the blanks that whoever drafts them fills in."""
    return TemplatesOut(
        letters=[
            TemplateOut(letter=code, label=dict(one.label), keeps=one.keeps, asks=list(one.asks))
            for code, one in rules.letters.letters.items()
        ]
    )


def letters_of(session: Session, complaint_id: UUID, actor: Actor, rules: AgencyRules) -> LettersOut:
    """Return the letters of a complaint, without their words.

    Raises:
        NotFound: there is no such complaint, or the actor may not know that there is.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = letters.letters_of(session, complaint.id)
    return LettersOut(letters=[LetterLine(**_line(letter, rules)) for letter in found])


def letter(session: Session, complaint_id: UUID, letter_id: UUID, actor: Actor, office: Office) -> LetterOut:
    """Return one letter with its words.

    Raises:
        NotFound: there is no such letter, or the actor may not know that there is.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    found = letters.letter_of(session, complaint.id, letter_id)
    audit.record(session, actor, "read letter", (complaint.id, complaint.version))
    return shown(session, found, office)


def shown(session: Session, found: Letter, office: Office) -> LetterOut:
    """Return a letter with its words, to somebody who may read it."""
    subject, body = letters.opened(session, office.vault, found)
    return LetterOut(**_line(found, office.rules), subject=subject, body=body)


def printed(session: Session, complaint_id: UUID, letter_id: UUID, actor: Actor, office: Office) -> Printed:
    """Take the address of whoever complained out of the vault, and return an approved letter with it.

    Raises:
        NotFound: there is no such letter, or the actor may not know that there is.
        Objection: the actor has a conflict of interest, or it was not approved, goes by e-mail, or has left already.
    """
    complaint = reading.complaint(session, complaint_id, actor)
    if reason := keeps_from_printing(complaint, actor):
        raise Objection(f"{reason[0].upper()}{reason[1:]}.")
    found = letters.letter_of(session, complaint.id, letter_id)
    letters.refuse_unprintable(found)
    audit.record(session, actor, "unseal contact to print a letter", (complaint.id, complaint.version))
    to = unsealed(session, complaint, office.vault)
    subject, body = letters.opened(session, office.vault, found)
    address = "\n".join(filter(None, to)) if to else ""
    return Printed(found.template, found.language, address, subject, body)


def _line(found: Letter, rules: AgencyRules) -> dict[str, object]:
    template = rules.letters.letters.get(found.template)
    said = {name: getattr(found, name) for name in LetterLine.model_fields if hasattr(found, name)}
    return {**said, "letter": found.template, "keeps": template.keeps if template else None}
