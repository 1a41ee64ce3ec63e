"""Time limits that cannot pass unseen: each has a due date that explains itself, and a ledger of what stopped it.

A limit begins and is met by what happens to its case, in the same transaction. What stops it, or makes it longer, is
written down with its ground and document, and the due date is counted anew. The sweep (`shared.sweep`) looks for
limits that come to their end.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Index, and_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actors import Actor
from shared.calendars import calendar
from shared.cases import Case
from shared.errors import Malformed, NotFound, Objection
from shared.policy.agency import AgencyRules
from shared.policy.limits import Milestone
from shared.reckoning import Reckoning, Stop, reckon
from shared.tables import Table, plain

REPEALED = "no longer in the agency's policy"
"""What is said of a limit or ground that an agency has struck from its packs."""
RUNNING = text("met_on is null and ended_on is null")


class TimeLimit(Table):
    """A limit of one case that has begun."""

    __tablename__ = "time_limit"
    __table_args__ = (Index("time_limit_running", "agency", "due_on", postgresql_where=RUNNING),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(index=True)
    agency: Mapped[str]
    code: Mapped[str]
    started_on: Mapped[date]
    due_on: Mapped[date | None]
    """The last day on which it can be met; None while it stands still."""
    met_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    """When it no longer mattered, because the case had ended another way."""
    warned: Mapped[int | None]
    """The last warning that was given: so many days ahead."""
    expired: Mapped[bool] = mapped_column(default=False)
    """Whether it was told that it had passed unmet."""

    @property
    def is_running(self) -> bool:
        """Whether it is still to be met."""
        return self.met_on is None and self.ended_on is None

    def is_late(self, today: date) -> bool:
        """Whether it was met after its due date, or has passed and was not met; once told, it stays so."""
        passed = self.due_on is not None and self.due_on < (self.met_on or self.ended_on or today)
        return self.expired or passed


class Toll(Table):
    """An entry of the toll ledger: the limits of a case with this ground stood still, or became longer."""

    __tablename__ = "toll"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(index=True)
    agency: Mapped[str]
    ground: Mapped[str]
    document: Mapped[str]
    """What shows it, such as the number of an order."""
    since: Mapped[date]
    until: Mapped[date | None]
    """The last day on which the limits stood still; None while they do, and for a ground that makes them longer."""
    longer_by: Mapped[int | None]
    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]


BEGIN = plain(TimeLimit).insert().inline()


def begin(session: Session, case: Case, milestone: Milestone, on: date, rules: AgencyRules) -> None:
    """Begin every limit that begins with this, for a case of which none runs that does."""
    rows = [
        {
            "id": uuid4(),
            "case_id": case.id,
            "agency": case.agency,
            "code": code,
            "started_on": on,
            "due_on": reckoned(code, on, (), rules).due_on,
            "expired": False,
        }
        for code, limit in rules.limits.items()
        if limit.begins is milestone
    ]
    if rows:
        session.execute(BEGIN, rows)


def reach(session: Session, case: Case, milestone: Milestone, on: date, rules: AgencyRules) -> list[TimeLimit]:
    """Note that something has happened: limits that it meets are met, and those that begin with it begin.

    What happened before a limit began does not meet it.

    Returns those that were met too late, of which nobody was told yet; the caller tells.
    """
    running = running_limits(session, case.id)
    for limit in running:
        if (rule := rules.limits.get(limit.code)) and rule.met_by is milestone and on >= limit.started_on:
            limit.met_on = on
    still = {limit.code for limit in running if limit.is_running}
    tolls = ledger(session, case.id)
    for code, rule in rules.limits.items():
        if rule.begins is milestone and code not in still:
            due = reckoned(code, on, tolls, rules).due_on
            session.add(TimeLimit(case_id=case.id, agency=case.agency, code=code, started_on=on, due_on=due))
    late = [limit for limit in running if limit.met_on and limit.is_late(on) and not limit.expired]
    for limit in late:
        limit.expired = True
    return late


def undo(session: Session, case: Case, milestone: Milestone, rules: AgencyRules, since: date | None = None) -> None:
    """Let limits run again that were met by what turned out not to be done.

    Of several limits with one code the last counts; what was met before `since`, when the case was reopened, stays met.
    """
    latest = {limit.code: limit for limit in limits_of(session, case.id)}
    for limit in latest.values():
        rule = rules.limits.get(limit.code)
        if rule is None or rule.met_by is not milestone or limit.met_on is None:
            continue
        if since is None or limit.met_on >= since:
            limit.met_on = None


def end(session: Session, case: Case, on: date) -> None:
    """End what is still to be met: nobody waits for it any more."""
    for limit in running_limits(session, case.id):
        limit.ended_on = on


def skip(session: Session, case: Case, milestones: Iterable[Milestone], on: date, rules: AgencyRules) -> None:
    """End the limits that wait for what will not happen, because the case has taken another way."""
    skipped = frozenset(milestones)
    for limit in running_limits(session, case.id):
        if (rule := rules.limits.get(limit.code)) and rule.met_by in skipped:
            limit.ended_on = on


def end_news(session: Session, case: Case, on: date, rules: AgencyRules) -> None:
    """End the limits that begin anew whenever they are met: nothing new is to be told of a closed case."""
    for limit in running_limits(session, case.id):
        if (rule := rules.limits.get(limit.code)) and rule.begins is rule.met_by:
            limit.ended_on = on


def running_limits(session: Session, case_id: UUID) -> Sequence[TimeLimit]:
    """Return what is still to be met in a case."""
    found = select(TimeLimit).where(TimeLimit.case_id == case_id, TimeLimit.met_on.is_(None))
    return session.scalars(found.where(TimeLimit.ended_on.is_(None)).order_by(TimeLimit.code)).all()


def overdue(today: date) -> ColumnElement[bool]:
    """Return the condition for limits that have passed unmet, as the index for running limits serves it."""
    return and_(TimeLimit.met_on.is_(None), TimeLimit.ended_on.is_(None), TimeLimit.due_on < today)


def limits_of(session: Session, case_id: UUID) -> Sequence[TimeLimit]:
    """Return every limit that a case ever had, in the order in which they began."""
    found = select(TimeLimit).where(TimeLimit.case_id == case_id)
    return session.scalars(found.order_by(TimeLimit.started_on, TimeLimit.code)).all()


def ledger(session: Session, case_id: UUID) -> Sequence[Toll]:
    """Return the toll ledger of a case, in the order in which it was written."""
    return session.scalars(select(Toll).where(Toll.case_id == case_id).order_by(Toll.entered_at)).all()


def reckoned(code: str, started_on: date, tolls: Iterable[Toll], rules: AgencyRules) -> Reckoning:
    """Count the days of a limit, with what the ledger says."""
    limit = rules.limits[code]
    mine = [toll for toll in tolls if toll.ground in limit.grounds]
    longer_by = sum(toll.longer_by or 0 for toll in mine)
    stops = [Stop(toll.since, toll.until) for toll in mine if toll.longer_by is None]
    days_that_count = calendar(limit.counted, rules.agency.working_days)
    return reckon(limit.begins, started_on, (limit.days, longer_by), limit.counted, days_that_count, stops)


def explained(limit: TimeLimit, tolls: Iterable[Toll], rules: AgencyRules) -> str:
    """Return the sum that gives the due date of a limit, as a sentence."""
    return str(reckoned(limit.code, limit.started_on, tolls, rules)) if limit.code in rules.limits else REPEALED


def stop(session: Session, toll: Toll, rules: AgencyRules, today: date) -> list[TimeLimit]:
    """Write down that limits stand still, or are longer, and return those whose due date it has changed.

    Raises:
        Malformed: the ground is not known, or does not do that, or the dates cannot be.
        Objection: nothing that runs stops for it, it is stopped for it already, or it was made longer often enough.
    """
    before = ledger(session, toll.case_id)
    _refuse_impossible(toll, rules, today)
    _refuse_again(toll, before, rules)
    if not any(toll.ground in rules.limits[one.code].grounds for one in _known(session, toll.case_id, rules)):
        raise Objection(f"No time limit that runs in this case stops for {toll.ground!r}.")
    session.add(toll)
    return _count_anew(session, toll.case_id, (*before, toll), rules)


def resume(
    session: Session, case_id: UUID, toll_id: UUID, until: date, rules: AgencyRules, today: date
) -> tuple[Toll, list[TimeLimit]]:
    """Write down the last day of a stop, and return it with the limits whose due date it has changed.

    Raises:
        NotFound: the case's ledger has no such entry.
        Malformed: it would end before it began, or in the future.
        Objection: it has ended, or was none that goes on.
    """
    tolls = ledger(session, case_id)
    toll = next((one for one in tolls if one.id == toll_id), None)
    if toll is None:
        raise NotFound("There is no such entry in the toll ledger of this case.")
    if toll.until is not None or toll.longer_by is not None:
        raise Objection("This entry of the toll ledger does not stop anything now.")
    if until < toll.since:
        raise Malformed(f"The time limits stand still since {toll.since}; that cannot have ended on {until}.")
    _refuse_foreseen(until, today)
    toll.until = until
    return toll, _count_anew(session, case_id, tolls, rules)


def _known(session: Session, case_id: UUID, rules: AgencyRules) -> list[TimeLimit]:
    """Return the running limits that the agency's packs still have."""
    return [limit for limit in running_limits(session, case_id) if limit.code in rules.limits]


def _count_anew(session: Session, case_id: UUID, tolls: Sequence[Toll], rules: AgencyRules) -> list[TimeLimit]:
    changed = []
    for limit in _known(session, case_id, rules):
        due_on = reckoned(limit.code, limit.started_on, tolls, rules).due_on
        if due_on != limit.due_on:
            limit.due_on, limit.warned, limit.expired = due_on, None, False
            changed.append(limit)
    return changed


def _refuse_impossible(toll: Toll, rules: AgencyRules, today: date) -> None:
    ground = rules.grounds.get(toll.ground)
    if ground is None:
        known = ", ".join(rules.grounds) or "none"
        raise Malformed(f"The ground {toll.ground!r} is not known; there is {known}.")
    if (ground.longer_by is None) is not (toll.longer_by is None):
        stops = "lets time limits stand still; say since when, not by how long."
        lengthens = "makes time limits longer; say by how many days."
        raise Malformed(f"The ground {toll.ground!r} {stops if ground.longer_by is None else lengthens}")
    if toll.since > today:
        raise Malformed(f"The time limits cannot stand still since {toll.since}, which is still to come.")
    if toll.until is not None and toll.until < toll.since:
        raise Malformed(f"The time limits cannot stand still from {toll.since} until {toll.until}.")
    if toll.until is not None:
        _refuse_foreseen(toll.until, today)


def _refuse_foreseen(until: date, today: date) -> None:
    if until > today:
        foreseen = f"Nobody knows yet that the time limits stand still until {until}, which is still to come"
        raise Malformed(f"{foreseen}; leave the end open, and say it when they go on.")


def _refuse_again(toll: Toll, before: Sequence[Toll], rules: AgencyRules) -> None:
    same = [one for one in before if one.ground == toll.ground]
    most = rules.grounds[toll.ground].longer_by
    granted = sum(one.longer_by or 0 for one in same)
    if most is not None and granted + (toll.longer_by or 0) > most:
        raise Objection(f"{toll.ground!r} makes a time limit longer by {most} days at most; {granted} are granted.")
    if most is None and any(one.until is None for one in same):
        raise Objection(f"The time limits stand still for {toll.ground!r} already.")


def may_stop(session: Session, case: Case, ground: str, rules: AgencyRules) -> bool:
    """Whether a limit that runs in a case stops for `ground`, and none is stopped for it now."""
    stopped = any(toll.ground == ground and toll.until is None for toll in ledger(session, case.id))
    return not stopped and any(ground in rules.limits[one.code].grounds for one in _known(session, case.id, rules))


def entry(case: Case, actor: Actor, now: datetime, said: dict[str, object]) -> Toll:
    """Return an entry of the toll ledger with what was said."""
    return Toll(id=uuid4(), case_id=case.id, agency=case.agency, entered_by=actor.id, entered_at=now, **said)
