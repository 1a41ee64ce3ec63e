"""Rows become records, or are set aside with the reason. Nothing here reads a file or asks anybody."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from accord.importing.mapping import Mapping
from accord.importing.tables import Row, Table
from accord.importing.words import folded
from services.complaints.commands.legacy import refuse_impossible
from services.complaints.shapes.legacy import LegacyIn
from shared.errors import Malformed, sentences
from shared.events.complaints import Finding, SaidOfThemselves
from shared.policy.limits import Milestone

AGREED = ("received_on", "incident_on", "closed_on", "place")
"""What the rows of one complaint must say alike, as well as the days of its history."""


@dataclass(frozen=True, slots=True)
class Record:
    """A complaint, and the rows that it was read from."""

    legacy: LegacyIn
    rows: tuple[Row, ...]
    disagreed: bool
    """Whether its rows disagree about dates or place, and the mapping says which one is believed."""


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
    """A row, or a complaint, does not hold up; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row that holds up, read as if it were the whole complaint."""

    row: Row
    legacy: LegacyIn


def read_records(table: Table, mapping: Mapping, today: date) -> Reading:
    """Read the table as the mapping says; `today` is the agency's.

    If one row of a complaint does not hold up, all its rows are set aside: half of a complaint would be a wrong record.
    """
    repeats = repeats_of(table, mapping)
    records: list[Record] = []
    quarantined: list[Quarantined] = []
    for rows in by_complaint(table, mapping):
        entries: list[Entry] = []
        reasons: dict[int, str] = {}
        for row in rows:
            try:
                if row.number in repeats:
                    raise RowRefusedError(repeats[row.number])  # noqa: TRY301 - all reasons are gathered in one place
                entries.append(Entry(row, one_row_record(table, mapping, row, today)))
            except RowRefusedError as wrong:
                reasons[row.number] = str(wrong)
        try:
            refuse_siblings(reasons)
            records.append(whole_record(mapping, entries, today))
        except RowRefusedError as wrong:
            quarantined += [Quarantined(row, reasons.get(row.number, str(wrong))) for row in rows]
    return Reading(tuple(records), tuple(sorted(quarantined, key=lambda aside: aside.row.number)))


def refuse_siblings(reasons: dict[int, str]) -> None:
    """Refuse the other rows of a complaint in which one does not hold up."""
    if reasons:
        first = min(reasons)
        raise RowRefusedError(f"Row {first} of the same complaint does not hold up; it is entered whole or not at all.")


def repeats_of(table: Table, mapping: Mapping) -> dict[int, str]:
    """Return the number of each row that was there before → the sentence about it."""
    first: dict[tuple[str, ...], int] = {}
    repeats: dict[int, str] = {}
    for row in table.rows:
        row_id = cell(table, row, mapping.row_id) if mapping.row_id else ""
        same = (folded(row_id),) if row_id else row.cells
        if first.setdefault(same, row.number) != row.number:
            what = f"has the {mapping.row_id} {row_id!r} of" if row_id else "repeats"
            repeats[row.number] = f"The row {what} row {first[same]}; remove the one that is not meant."
    return repeats


def by_complaint(table: Table, mapping: Mapping) -> Sequence[Sequence[Row]]:
    """Return the rows of each complaint, in the order of the table; a row without an id stands alone."""
    complaints: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        complaints[cell(table, row, mapping.record_id) or f"no id in row {row.number}\n"].append(row)
    return list(complaints.values())


def cell(table: Table, row: Row, column: str) -> str:
    """Return what a row says in a column, evenly spaced; nothing if the row is too short."""
    position = table.header.index(column)
    return " ".join(row.cells[position].split()) if position < len(row.cells) else ""


def one_row_record(table: Table, mapping: Mapping, row: Row, today: date) -> LegacyIn:
    """Return a row as if it were the whole complaint.

    Raises:
        RowRefusedError: says what in it does not hold up.
    """
    if len(row.cells) != len(table.header):
        raise RowRefusedError(f"The row has {len(row.cells)} cells and the header {len(table.header)}.")
    said = {column: cell(table, row, column) for column in mapping.columns()}
    if not said[mapping.record_id]:
        raise RowRefusedError(f"{mapping.record_id}: the record has no id.")
    for column, meant in mapping.only.items():
        if folded(said[column]) != folded(meant):
            raise RowRefusedError(f"{column}: {said[column]!r} is not {meant!r}, and the mapping takes nothing else.")
    try:
        return held_up(today, **columns_read(mapping, said))
    except ValueError as wrong:
        raise RowRefusedError(str(wrong)) from wrong


def columns_read(mapping: Mapping, said: dict[str, str]) -> dict[str, Any]:
    """Return the fields of a record from what the columns say.

    Raises:
        ValueError: a word is not mapped, or a date cannot be read or is missing.
    """
    received_on = mapping.received.read(said[mapping.received.column])
    if received_on is None:
        raise ValueError(f"{mapping.received.column}: the cell is blank, and a record needs the date it was received.")
    return {
        "legacy_id": said[mapping.record_id],
        "received_on": received_on,
        "precision": mapping.received.precision,
        "incident_on": mapping.incident.read(said[mapping.incident.column]) if mapping.incident else None,
        "closed_on": mapping.closed.read(said[mapping.closed.column]) if mapping.closed else None,
        "channel": mapping.channel,
        "place": (said[mapping.place] or None) if mapping.place else None,
        "allegations": [allegation_read(mapping, said)],
        "of_themselves": mapping.of_themselves.read(said),
        "history": {step: day.read(said[day.column]) for step, day in mapping.history.items() if said[day.column]},
    }


def allegation_read(mapping: Mapping, said: dict[str, str]) -> dict[str, Any]:
    """Return the fields of an allegation from what the columns say.

    Raises:
        ValueError: a word is not mapped, or a date cannot be read.
    """
    found, because, officer = mapping.finding.found, mapping.finding.because, mapping.officer
    return {
        "category": mapping.allegation.read(said[mapping.allegation.column]),
        "finding": mapping.finding.read(said[mapping.finding.column]),
        "officer_id": officer.read(said[officer.column]) if officer else None,
        "found_on": found.read(said[found.column]) if found else None,
        "because": (said[because] or None) if because else None,
    }


def held_up(today: date, **fields: Any) -> LegacyIn:  # noqa: ANN401 - the fields of a record
    """Return a record that the service would take, by the service's own rules.

    Raises:
        RowRefusedError: says what the service would.
    """
    try:
        legacy = LegacyIn(**fields)
        refuse_impossible(legacy, today)
    except ValidationError as wrong:
        raise RowRefusedError(sentences(wrong.errors())) from wrong
    except Malformed as wrong:
        raise RowRefusedError(wrong.detail) from wrong
    return legacy


def whole_record(mapping: Mapping, entries: Sequence[Entry], today: date) -> Record:
    """Return the complaint that these rows are, one allegation for each.

    Allegations stand in an order of their own: a table that is published again in another order is the same.

    Raises:
        RowRefusedError: the rows disagree, or the service would not take them together.
    """
    disagreement = disagreement_of(entries)
    if disagreement and mapping.if_rows_disagree == "quarantine":
        raise RowRefusedError(disagreement)
    believed = min((entry.legacy for entry in entries), key=earliest)
    allegations = [allegation for entry in entries for allegation in entry.legacy.allegations]
    allegations.sort(key=lambda allegation: [str(value) for _, value in allegation])
    fields = {name: getattr(believed, name) for name in LegacyIn.model_fields}
    legacy = held_up(today, **{**fields, "allegations": allegations, "of_themselves": said_alike(entries)})
    return Record(legacy, tuple(entry.row for entry in entries), disagreed=bool(disagreement))


def said_alike(entries: Sequence[Entry]) -> SaidOfThemselves | None:
    """Return what all rows say of whoever complained; where they differ, several people did, and nothing is said."""
    said = [entry.legacy.of_themselves or SaidOfThemselves() for entry in entries]
    values = {name: {getattr(one, name) for one in said} for name in SaidOfThemselves.model_fields}
    alike = SaidOfThemselves(**{name: found.pop() for name, found in values.items() if len(found) == 1})
    return None if alike == SaidOfThemselves() else alike


def earliest(legacy: LegacyIn) -> tuple[date, str]:
    """Return what comes first, whatever the order of the rows."""
    return legacy.incident_on or legacy.received_on, legacy.place or ""


def said_of(legacy: LegacyIn, name: str) -> object:
    """Return what a record says of a date, a place or a step."""
    return (legacy.history or {}).get(name) if isinstance(name, Milestone) else getattr(legacy, name)


def disagreement_of(entries: Sequence[Entry]) -> str:
    """Return a sentence about the first thing in which the rows of one complaint disagree, or nothing."""
    steps = dict.fromkeys(step for entry in entries for step in entry.legacy.history or ())
    for name in (*AGREED, *steps):
        said = dict.fromkeys(said_of(entry.legacy, name) for entry in entries)
        if len(said) > 1:
            what = " and ".join(repr(value) if name == "place" else str(value) for value in said)
            return f"The rows of {entries[0].legacy.legacy_id} disagree about {name}: {what}."
    return ""
