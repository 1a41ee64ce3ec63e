"""Findings: rolled up, counted, and recorded one per allegation."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from services.complaints.models import Allegation, Complaint
from services.complaints.shapes.steps import FindingIn
from shared.errors import Malformed
from shared.events.complaints import Charge, Finding, FindingCount

BEFORE_THIS_SYSTEM = frozenset({Finding.PARTIALLY_SUSTAINED})
"""Findings that only legacy records carry."""

AGENCY_LEVEL = frozenset({Finding.POLICY_FAILURE, Finding.SUPERVISION_FAILURE, Finding.TRAINING_FAILURE})
"""Findings against the agency itself, not against an officer."""
BY_A_STEP_OF_ITS_OWN: Mapping[Finding, str] = {
    Finding.DUPLICATE: "close the complaint as a duplicate of the other one",
    Finding.REFERRED: "refer the complaint out",
    Finding.ADMINISTRATIVELY_CLOSED: "close the complaint administratively",
}
"""Findings that nobody comes to by weighing evidence."""


def gravest(findings: Iterable[Finding | None]) -> Finding | None:
    """Return the finding that a complaint rolls up to; None while there is none."""
    order = tuple(Finding)
    return min((finding for finding in findings if finding), key=order.index, default=None)


def counts(findings: Iterable[tuple[str, Finding | None]]) -> tuple[FindingCount, ...]:
    """Return how often each finding stands for each category, in a fixed order."""
    counted = Counter(findings)
    return tuple(
        FindingCount(category=category, finding=finding, count=count)
        for (category, finding), count in sorted(counted.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    )


def charges(allegations: Iterable[Allegation]) -> tuple[Charge, ...]:
    """Return the sustained allegations against known officers."""
    return tuple(
        Charge(
            allegation_id=allegation.id,
            officer_id=allegation.officer_id,
            category=allegation.category,
            severity=allegation.severity,
        )
        for allegation in allegations
        if allegation.finding is Finding.SUSTAINED and allegation.officer_id is not None
    )


def failures(allegations: Iterable[Allegation]) -> tuple[FindingCount, ...]:
    """Return the findings against the agency itself."""
    return counts((one.category, one.finding) for one in allegations if one.finding in AGENCY_LEVEL)


def refuse_unfounded(judged: Allegation, finding: Finding) -> None:
    """Refuse a finding that does not fit its allegation.

    Raises:
        Malformed: it takes an officer and there is none, or the other way round, or it belongs to another step.
    """
    if finding in BEFORE_THIS_SYSTEM:
        raise Malformed(f"'{finding}' is for legacy records only; say which allegation is sustained.")
    if finding in BY_A_STEP_OF_ITS_OWN:
        raise Malformed(f"'{finding}' is not found; {BY_A_STEP_OF_ITS_OWN[finding]}.")
    where = f"allegation {judged.position + 1}"
    if finding is Finding.SUSTAINED and judged.officer_id is None:
        kinds = ", ".join(kind for kind in Finding if kind in AGENCY_LEVEL)
        raise Malformed(f"'sustained' takes an officer, and {where} names none; name one, or find {kinds}.")
    if finding is Finding.OFFICER_UNIDENTIFIED and judged.officer_id is not None:
        raise Malformed(f"{where[0].upper()}{where[1:]} names an officer; 'officer unidentified' does not hold.")


def matched(complaint: Complaint, findings: Sequence[FindingIn]) -> list[tuple[Allegation, FindingIn]]:
    """Return each allegation with its finding.

    Raises:
        Malformed: an allegation has no finding, two, or one that does not fit, or a finding belongs to no allegation.
    """
    by_id = {finding.allegation_id: finding for finding in findings}
    known = {allegation.id for allegation in complaint.allegations}
    if len(by_id) != len(findings):
        raise Malformed("An allegation has two findings; give one for each.")
    if strangers := by_id.keys() - known:
        raise Malformed(f"{next(iter(strangers))} is no allegation of this complaint.")
    if missing := known - by_id.keys():
        raise Malformed(f"Give a finding for every allegation; {len(missing)} of {len(known)} have none.")
    for allegation in complaint.allegations:
        refuse_unfounded(allegation, by_id[allegation.id].finding)
    return [(allegation, by_id[allegation.id]) for allegation in complaint.allegations]
