"""Who did what to which case, why and when: written in the same transaction, and never changed afterwards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Identity, func
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actors import NOBODY, Actor
from shared.occasion import occasion
from shared.tables import Table, plain
from shared.together import insert_all


class AuditRow(Table):
    """One deed. The application's role may insert and read these rows, and nothing else."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    agency: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_id: Mapped[UUID]
    roles: Mapped[str]
    """The actor's roles at that moment, in alphabetical order."""
    token_id: Mapped[str]
    deed: Mapped[str]
    """The event's name, or `read` and what was read."""
    case_id: Mapped[UUID] = mapped_column(index=True)
    case_version: Mapped[int]
    why: Mapped[str]
    """The reason that was given, as it was written; internal."""
    correlation: Mapped[str]
    state: Mapped[str | None]
    """Where the case was after it; None for what was read."""


ADD = plain(AuditRow).insert().inline()

NO_CASE = (NOBODY, 0)
"""For a deed about many cases: a list that was read."""


def record(
    session: Session, actor: Actor, deed: str, case: tuple[UUID, int], why: str = "", state: str | None = None
) -> None:
    """Add one row about the case with this id at this version, which is in this state since."""
    session.execute(ADD, _row(session, actor, deed, case) | {"why": why, "state": state})


def record_all(session: Session, actor: Actor, deeds: Sequence[tuple[str, tuple[UUID, int], str]]) -> None:
    """Add a row for each deed, the case that it was about, and the state of the case since, at once."""
    rows = [_row(session, actor, deed, case) | {"why": "", "state": state} for deed, case, state in deeds]
    insert_all(session, plain(AuditRow), rows)


def _row(session: Session, actor: Actor, deed: str, case: tuple[UUID, int]) -> dict[str, object]:
    told = occasion(session)
    case_id, version = case
    return {
        "agency": told.agency,
        "actor_id": actor.id,
        "roles": " ".join(sorted(actor.roles)),
        "token_id": actor.token_id,
        "deed": deed,
        "case_id": case_id,
        "case_version": version,
        "correlation": told.correlation,
    }
