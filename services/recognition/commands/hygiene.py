"""What a nomination must not be: of oneself, made twice, of a future deed, late without a reason, unknown."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from services.recognition.models import Commendation, State
from services.recognition.shapes import NominationIn
from shared.actors import Actor
from shared.errors import Malformed, Objection
from shared.occasion import occasion
from shared.policy.agency import AgencyRules

NOMINATIONS = 1
"""The advisory lock under which an agency's nominations are compared; PostgreSQL's two-number locks are ours alone."""


def refuse_wrong_award(award: str, rules: AgencyRules, *, civilian: bool = False) -> None:
    """Refuse an award that the agency does not give, or not to civilians.

    Raises:
        Malformed: names the award and those there are.
    """
    kinds = rules.awards.kinds
    if award not in kinds:
        raise Malformed(f"The award {award!r} is not known; there is {', '.join(kinds)}.")
    if civilian and not kinds[award].civilians:
        open_to_all = ", ".join(code for code, kind in kinds.items() if kind.civilians) or "none"
        raise Malformed(f"The {kinds[award].label} is not given to civilians; for them there is {open_to_all}.")


def refuse_future(deed_on: date | None, today: date) -> None:
    """Refuse a deed that has not been done yet.

    Raises:
        Malformed: names the day.
    """
    if deed_on is not None and deed_on > today:
        raise Malformed(f"The deed is said to have been done on {deed_on}, which is still to come.")


def refuse_late(nomination: NominationIn, today: date, rules: AgencyRules) -> None:
    """Refuse a nomination after the window of the agency's pack, unless it says why.

    Raises:
        Malformed: says how late it is.
    """
    days, window = (today - nomination.deed_on).days, rules.awards.window_days
    if days > window and nomination.late_because is None:
        raise Malformed(
            f"The deed was {days} days ago and the window is {window} days; give the reason in late_because."
        )


def refuse_self(officer_id: UUID | None, actor_id: UUID | None) -> None:
    """Refuse a nomination of oneself.

    Raises:
        Objection: nobody nominates themselves.
    """
    if officer_id is not None and officer_id == actor_id:
        raise Objection("Nobody nominates themselves; ask a colleague or a supervisor to nominate you.")


def refuse_duplicate(
    session: Session, officer_id: UUID, award: str, deed_on: date, incident: str | None = None
) -> None:
    """Refuse to nominate an officer twice for one award and one deed; a withdrawn nomination does not count.

    Raises:
        Objection: such a nomination stands.
    """
    compare_one_by_one(session)
    same = _standing(
        session,
        Commendation.officer_id == officer_id,
        Commendation.award == award,
        same_deed(deed_on, incident),
    )
    if same:
        raise Objection("This officer is nominated for this award and this deed already.")


def refuse_second(session: Session, actor: Actor, incident: str | None) -> None:
    """Refuse a second nomination by one member for one incident.

    Raises:
        Objection: the member has nominated somebody for it.
    """
    if incident is None:
        return
    compare_one_by_one(session)
    if _standing(session, Commendation.nominator_id == actor.id, Commendation.incident == incident):
        raise Objection(f"You have nominated somebody for the incident {incident!r} already; withdraw that one first.")


def compare_one_by_one(session: Session) -> None:
    """Wait until no other transaction compares the agency's nominations, so that two cannot miss each other."""
    session.execute(select(func.pg_advisory_xact_lock(NOMINATIONS, func.hashtext(occasion(session).agency))))


def same_deed(deed_on: date, incident: str | None) -> ColumnElement[bool]:
    """Return the condition for the same deed: the same incident, or the same day when one names no incident."""
    same_day = Commendation.deed_on == deed_on
    if incident is None:
        return same_day
    return or_(Commendation.incident == incident, Commendation.incident.is_(None) & same_day)


def _standing(session: Session, *conditions: ColumnElement[bool]) -> bool:
    found = select(Commendation.id).where(Commendation.state != State.WITHDRAWN, *conditions)
    return session.scalar(found.limit(1)) is not None
