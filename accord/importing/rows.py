"""Rows become records, or are set aside with the reason. Nothing here reads a file or asks anybody."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from accord.importing.mapping import Mapping
from accord.importing.tables import Row, Table
from services.complaints.shapes import LegacyAllegationIn, LegacyIn
from shared.events.complaints import Finding


@dataclass(frozen=True, slots=True)
class Record:
    """A complaint, and the rows that it was read from."""

    legacy: LegacyIn
    rows: tuple[Row, ...]
    settled: bool
    """Whether its rows disagree and the mapping says which one is believed."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that was set aside."""

    row: Row
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a table came to: every row is in a record or in the quarantine."""

    records: tuple[Record, ...]
    quarantined: tuple[Quarantined, ...]

    def findings(self) -> Counter[Finding | None]:
        """Return how many allegations have each finding; None counts the pending ones."""
        return Counter(entry.finding for record in self.records for entry in record.legacy.allegations)


class RowRefusedError(ValueError):
    """A row, or a complaint, that does not hold up; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, read."""

    row: Row
    received_on: date
    incident_on: date | None
    closed_on: date | None
    place: str | None
    allegation: LegacyAllegationIn


def read_records(table: Table, mapping: Mapping, today: date) -> Reading:
    """Read the table as the mapping says; `today` is the agency's.

    If one row of a complaint does not hold up, the whole complaint is set aside: half of it would be a wrong record.
    """
    reasons = repeated(table, mapping)
    complaints: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        reason = reasons.get(row.number) or wrong_in_itself(table, mapping, row)
        if reason:
            reasons[row.number] = reason
        complaints[record_id(table, mapping, row) or f"\n{row.number}"].append(row)
    records: list[Record] = []
    quarantined: list[Quarantined] = []
    for rows in complaints.values():
        found = _record(table, mapping, rows, reasons, today)
        if isinstance(found, Record):
            records.append(found)
        else:
            quarantined += found
    return Reading(tuple(records), tuple(sorted(quarantined, key=lambda aside: aside.row.number)))
