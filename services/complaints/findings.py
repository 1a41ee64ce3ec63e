"""Findings: rolled up, counted, and recorded one per allegation."""

from collections import Counter
from collections.abc import Iterable, Sequence

from services.complaints.models import Allegation, Complaint
from services.complaints.shapes import FindingIn
from shared.errors import Malformed
from shared.events.complaints import Charge, Finding, FindingCount

BEFORE_THIS_SYSTEM = frozenset({Finding.PARTIALLY_SUSTAINED})
"""Findings that only legacy records carry."""


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


def matched(complaint: Complaint, findings: Sequence[FindingIn]) -> list[tuple[Allegation, FindingIn]]:
    """Return each allegation with its finding.

    Raises:
        Malformed: an allegation has no finding or two, or a finding belongs to no allegation or to legacy records only.
    """
    by_id = {finding.allegation_id: finding for finding in findings}
    known = {allegation.id for allegation in complaint.allegations}
    if len(by_id) != len(findings):
        raise Malformed("An allegation has two findings; give one for each.")
    if strangers := by_id.keys() - known:
        raise Malformed(f"{next(iter(strangers))} is no allegation of this complaint.")
    if missing := known - by_id.keys():
        raise Malformed(f"Give a finding for every allegation; {len(missing)} of {len(known)} have none.")
    if legacy := next((f.finding for f in findings if f.finding in BEFORE_THIS_SYSTEM), None):
        raise Malformed(f"'{legacy}' is for legacy records only; say which allegation is sustained.")
    return [(allegation, by_id[allegation.id]) for allegation in complaint.allegations]
