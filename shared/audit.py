"""Who did what to which case, why and when: written in the same transaction, and never changed afterwards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Identity, func
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actors import NOBODY, Actor
from shared.occasion import occasion
from shared.tables import Table, plain


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


ADD = plain(AuditRow).insert().inline()

NO_CASE = (NOBODY, 0)
"""For a deed about many cases: a list that was read."""


def record(session: Session, actor: Actor, deed: str, case: tuple[UUID, int], why: str = "") -> None:
    """Add one row about the case with this id at this version."""
    told = occasion(session)
    case_id, version = case
    row = {
        "agency": told.agency,
        "actor_id": actor.id,
        "roles": " ".join(sorted(actor.roles)),
        "token_id": actor.token_id,
        "deed": deed,
        "case_id": case_id,
        "case_version": version,
        "why": why,
        "correlation": told.correlation,
    }
    session.execute(ADD, row)
