"""The due process gate: what must be on record before an officer loses pay, rank or office.

Cleveland Board of Education v. Loudermill, 470 U.S. 532 (1985): notice of the charges, an explanation of the
employer's evidence, and an opportunity to respond, all before the deprivation.
"""

from services.discipline.models import DisciplineCase
from shared.errors import Objection
from shared.events.discipline import SanctionKind
from shared.policy.agency import Sanction

GUARDED = frozenset({SanctionKind.SUSPENSION, SanctionKind.DEMOTION, SanctionKind.TERMINATION})
"""Sanctions that pass the gate; every suspension is taken as an unpaid one."""


def lacking(case: DisciplineCase) -> list[str]:
    """Return what due process still asks for, in words; whoever waives a response or lets it lapse had the chance."""
    asked = {
        "notice of the charges": case.notice_served_at,
        "an explanation of the evidence": case.evidence,
        "an opportunity to respond": case.response,
    }
    return [words for words, there in asked.items() if there is None]


def refuse_without_due_process(case: DisciplineCase, sanction: Sanction | None) -> None:
    """Refuse to impose a guarded sanction while due process is not on record.

    Raises:
        Objection: says what is missing.
    """
    if sanction is not None and sanction.kind in GUARDED and (missing := lacking(case)):
        raise Objection(f"A {sanction.kind} cannot be imposed before the officer had {', '.join(missing)}.")
