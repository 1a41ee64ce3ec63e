"""What the record does to itself: deleting values and their salts as an entry tells that they are deleted.

Digests stay, so that every leaf of the log can still be computed and no proof breaks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, String, any_, func, literal, select, update
from sqlalchemy.orm import Session

from gateway.feed.models import Entry
from shared.events.envelope import UnreadableEnvelopeError
from shared.events.record import CaseExpunged, EntryCorrected, EntryRedacted

Row = dict[str, Any]
"""An entry that is about to be appended: column → value."""

ACTS = frozenset({EntryCorrected.name, EntryRedacted.name, CaseExpunged.name})
KEPT = (CaseExpunged.name, EntryRedacted.name)
"""Entries that an expungement leaves whole: they tell by whose order something was deleted."""

REPLACES: Mapping[str, tuple[str, ...]] = {
    "complaint.decided.v1": ("complaint.decided.v1",),
    "complaint.reclassified.v1": ("complaint.reclassified.v1", "complaint.classified.v1"),
    "discipline.final.v1": ("discipline.final.v1",),
}
"""Type of event → which earlier entries of its case it takes the place of; the newest of them counts."""


def say_what_they_correct(session: Session, rows: Sequence[Row]) -> None:
    """Let each row that takes the place of an earlier entry point at it."""
    for row in rows:
        if row["type"] == EntryCorrected.name:
            row["corrects"] = row["told"]["entry"]
    replacing = [row for row in rows if row["type"] in REPLACES]
    if not replacing:
        return
    newest = _newest(session, {row["reference"] for row in replacing})
    for row in rows:
        case, type_ = row["reference"], row["type"]
        if type_ in REPLACES:
            replaced = [newest[case, kind] for kind in REPLACES[type_] if (case, kind) in newest]
            row["corrects"] = max(replaced, default=None)
        newest[case, type_] = row["index"]


def _newest(session: Session, references: set[str]) -> dict[tuple[str, str], int]:
    """Return the newest entry of these cases of each type that can be replaced."""
    kinds = {kind for kinds in REPLACES.values() for kind in kinds}
    wanted = select(Entry.reference, Entry.type, func.max(Entry.index)).group_by(Entry.reference, Entry.type)
    found = session.execute(wanted.where(Entry.reference.in_(references), Entry.type.in_(kinds)))
    return {(reference, type_): index for reference, type_, index in found}


def forget_expunged(session: Session, rows: Sequence[Row]) -> None:
    """Let rows of cases that were expunged before come in without values: what arrives late is expunged, too."""
    wanted = select(Entry.reference, func.max(Entry.index)).where(Entry.type == CaseExpunged.name)
    cases = literal([row["reference"] for row in rows], ARRAY(String))
    found = wanted.where(Entry.reference == any_(cases)).group_by(Entry.reference)
    tombs: dict[str, int] = dict(iter(session.execute(found)))
    for row in rows:
        if row["type"] == CaseExpunged.name:
            tombs[row["reference"]] = row["index"]
        elif row["reference"] in tombs and row["type"] not in KEPT:
            row |= {"fields": {}, "salts": {}, "expunged_by": tombs[row["reference"]]}


def carry_out(session: Session, rows: Sequence[Row]) -> int:
    """Do what the rows that were just appended tell, in their order; return how many of them there are.

    Raises:
        UnreadableEnvelopeError: one speaks of an entry that is not of its case, or not before it.
    """
    acts = [row for row in rows if row["type"] in ACTS]
    for row in acts:
        if row["type"] == CaseExpunged.name:
            _expunge(session, row)
        else:
            _refuse_unless_of_its_case(session, row)
            if row["type"] == EntryRedacted.name:
                _redact(session, row)
    return len(acts)


def _refuse_unless_of_its_case(session: Session, row: Row) -> None:
    target = session.get(Entry, row["told"]["entry"])
    if target is None or target.index >= row["index"] or target.reference != row["reference"]:
        raise UnreadableEnvelopeError("the entry that it speaks of is none of its case before it")
    if row["type"] == EntryRedacted.name and target.type in KEPT:
        raise UnreadableEnvelopeError("what tells of a deletion is not deleted")


def _redact(session: Session, row: Row) -> None:
    told = row["told"]
    names: list[str] = list(told["fields"])
    target = session.get_one(Entry, told["entry"], populate_existing=True)
    gone = [name for name in names if name in target.fields]
    left = {name: value for name, value in target.fields.items() if name not in gone}
    salts = {name: salt for name, salt in target.salts.items() if name not in gone}
    changed = {"fields": left, "salts": salts, "redacted": sorted({*target.redacted, *gone})}
    session.execute(update(Entry).where(Entry.index == target.index).values(changed))


def _expunge(session: Session, row: Row) -> None:
    emptied = (
        update(Entry)
        .where(Entry.reference == row["reference"], Entry.index < row["index"])
        .where(Entry.type.not_in(KEPT), Entry.expunged_by.is_(None))
        .values(fields={}, salts={}, expunged_by=row["index"])
    )
    session.execute(emptied)
