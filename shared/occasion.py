"""On whose behalf a transaction runs, and what it answers: what audit rows and envelopes say beside the event."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shared.errors import Stale


@dataclass(frozen=True, slots=True)
class Occasion:
    """One request, one delivered event or one sweep."""

    service: str
    agency: str
    """The agency whose rows the transaction can see at all; empty for none."""
    correlation: str = ""
    causation: str = ""
    if_match: int | None = None
    """The version that the caller has read, if they say so."""


def occasion(session: Session) -> Occasion:
    """Return why this transaction runs."""
    found: Occasion = session.info["occasion"]
    return found


def note_case(session: Session, case: Any) -> None:  # noqa: ANN401 - any kind of case
    """Remember the case that the transaction is about; the answer's ETag is its version."""
    session.info["case"] = case


def noted_version(session: Session) -> int | None:
    """Return the version of the case that the transaction is about, or None."""
    case = session.info.get("case")
    return None if case is None else int(case.version)


def refuse_stale(session: Session, version: int) -> None:
    """Refuse when the caller has read another version than the one that stands (If-Match).

    Raises:
        Stale: says both versions.
    """
    read = occasion(session).if_match
    if read is not None and read != version:
        said = "The case is at version {version} and you have read version {read}; read it again, then decide."
        raise Stale(said, version=version, read=read)
