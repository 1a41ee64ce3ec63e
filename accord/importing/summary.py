"""What an import says at its end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from accord.importing.rows import Quarantined, Reading
from accord.importing.send import Answer, Outcome
from services.complaints.past import past_limits
from shared.policy.agency import AgencyRules

SHOWN = 10
"""Ids that are named where rows disagree."""


def refused_rows(outcomes: Sequence[Outcome]) -> Iterator[Quarantined]:
    """Yield the rows of the records that the server refused, with its sentence."""
    for outcome in outcomes:
        if outcome.answer is Answer.REFUSED:
            yield from (Quarantined(row, f"The server refused it: {outcome.why}") for row in outcome.record.rows)


def not_kept(reading: Reading, rules: AgencyRules, today: date) -> Counter[str]:
    """Return in how many complaints each time limit of the agency was not kept, as far as their days tell."""
    held = (limit for record in reading.records for limit in past_limits(record.legacy, rules))
    return Counter(limit.code for limit in held if limit.is_late(today))


def summary(
    reading: Reading, late: Counter[str], outcomes: Sequence[Outcome], quarantined: Sequence[Quarantined]
) -> Iterator[str]:
    """Yield the lines: what was read, what was found in it, and what became of it."""
    read = [row for record in reading.records for row in record.rows]
    yield counted("rows", len(read) + len(reading.quarantined))
    yield counted("complaints", len(reading.records))
    findings = reading.findings()
    pending = findings.pop(None, 0)
    yield counted("findings", findings.total())
    yield from (counted(f"  {finding}", count) for finding, count in sorted(findings.items()) if finding)
    yield counted("pending", pending)
    if late:
        yield counted("time limits not kept", late.total())
    yield from (counted(f"  {code}", count) for code, count in sorted(late.items()))
    became = Counter(outcome.answer for outcome in outcomes)
    yield counted("entered", became[Answer.ENTERED])
    yield counted("entered before", became[Answer.BEFORE])
    if became[Answer.NOT_SENT]:
        yield counted("not sent", became[Answer.NOT_SENT])
    yield counted("quarantined", len(quarantined), "rows" if quarantined else "")
    disagreed = [record.legacy.legacy_id for record in reading.records if record.disagreed]
    if disagreed:
        more = f" and {len(disagreed) - SHOWN} more" if len(disagreed) > SHOWN else ""
        yield f"Rows disagree, and the earliest was taken as the mapping says: {', '.join(disagreed[:SHOWN])}{more}."


def counted(what: str, count: int, unit: str = "") -> str:
    """Return a line of the summary."""
    return f"{what:<26}{count:>8} {unit}".rstrip()
