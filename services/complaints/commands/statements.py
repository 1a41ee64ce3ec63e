"""Officers are given notice of interviews, and what was said in interviews is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.complaints import wall
from services.complaints.commands.loading import load
from services.complaints.models import Complaint, InterviewNotice, Part, Statement
from services.complaints.shapes.statements import CriminalSideIn, NoticeIn, StatementIn
from services.complaints.workflow import COMPLAINT
from shared import audit
from shared.actors import Actor
from shared.errors import Malformed, NotFound, Objection
from shared.events import complaints as events
from shared.events.complaints import Speaker, StatementKind
from shared.outbox import publish
from shared.policy.agency import AgencyRules
from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class Office:
    """What statements are taken and read under."""

    rules: AgencyRules
    vault: Vault


def announce_interview(
    session: Session, complaint_id: UUID, notice: NoticeIn, actor: Actor, now: datetime, rules: AgencyRules
) -> Complaint:
    """Note that an officer was told when they will be interviewed.

    Raises:
        Malformed: the interview is not still to come.
        Objection: the officer is told later than the agency's policy allows, and has not waived that.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "investigate", actor, now)
    hours = rules.agency.interview_notice_hours
    if notice.interview_at <= now:
        raise Malformed(f"An interview is announced ahead; {told(notice.interview_at)} has passed.")
    if notice.interview_at < now + timedelta(hours=hours) and notice.waiver is None:
        raise Objection(
            f"The policy of the agency gives an officer {hours} hours before an interview, until"
            f" {told(now + timedelta(hours=hours))}; announce a later one, or give the officer's written waiver."
        )
    row = notice.model_dump() | {"given_at": now, "hours": hours, "by": actor.id}
    session.add(InterviewNotice(complaint_id=complaint.id, agency=complaint.agency, **row))
    ahead = int((notice.interview_at - now).total_seconds()) // 3_600
    publish(session, complaint, events.InterviewAnnounced(hours_ahead=ahead, waived=notice.waiver is not None), actor)
    return complaint


def take_statement(
    session: Session, complaint_id: UUID, said: StatementIn, actor: Actor, now: datetime, office: Office
) -> Statement:
    """Keep what somebody said, sealed.

    Raises:
        Malformed: who spoke, when, or under which order does not fit together.
        Objection: an officer was interviewed before their notice had run and did not waive it; or an officer was
            compelled in a criminal complaint.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "investigate", actor, now)
    _refuse_what_does_not_fit(complaint, said, now, office.rules)
    if said.kind is StatementKind.COMPELLED:
        _refuse_beyond_the_wall(session, complaint, actor)
        complaint.note(actor.id, Part.KNOWS_COMPELLED)
    if said.officer_id is not None and said.waiver is None:
        _refuse_before_notice_has_run(session, complaint, said.officer_id, said.taken_at, office.rules)
    statement_id = uuid4()
    statement = Statement(
        id=statement_id,
        complaint_id=complaint.id,
        agency=complaint.agency,
        **said.model_dump(exclude={"text"}),
        taken_by=actor.id,
        noted_at=now,
        sealed_text=office.vault.seal(session, complaint.id, place(statement_id), said.text),
    )
    session.add(statement)
    publish(session, complaint, events.StatementTaken(kind=said.kind, speaker=said.speaker), actor)
    return statement


def read_statement(
    session: Session, complaint_id: UUID, statement_id: UUID, because: str, actor: Actor, vault: Vault
) -> tuple[Statement, str]:
    """Return a statement and what was said; that it was read, and why, is noted.

    Raises:
        NotFound: the complaint has no such statement, or it is behind the wall.
    """
    complaint = load(session, complaint_id, actor)
    statement = session.get(Statement, statement_id)
    if statement is None or statement.complaint_id != complaint.id:
        raise NotFound("There is no such statement in this complaint.")
    if statement.kind is StatementKind.COMPELLED:
        if not wall.opens_to(session, complaint, actor):
            raise NotFound("There is no such statement in this complaint.")
        complaint.note(actor.id, Part.KNOWS_COMPELLED)
    audit.record(session, actor, f"read {statement.kind} statement", (complaint.id, complaint.version), because)
    return statement, vault.open(session, complaint.id, place(statement.id), statement.sealed_text)


def name_criminal_side(
    session: Session, complaint_id: UUID, named: CriminalSideIn, actor: Actor, now: datetime
) -> Complaint:
    """Note that somebody works on the criminal side of the same matter: from now on they see nothing of this one.

    Raises:
        Objection: they know this side.
    """
    complaint = load(session, complaint_id, actor)
    COMPLAINT.advance(complaint, "name the criminal side of", actor, now)
    if complaint.took(named.person_id, Part.KNOWS_COMPELLED):
        raise Objection("Whoever knows what an officer was compelled to say cannot work on the criminal side.")
    if complaint.took(named.person_id, Part.INVESTIGATED) or complaint.took(named.person_id, Part.REVIEWED):
        raise Objection("Whoever has investigated or reviewed a complaint cannot work on its criminal side.")
    complaint.note(named.person_id, Part.CRIMINAL_SIDE)
    publish(session, complaint, events.CriminalSideNamed(person_id=named.person_id), actor, why=named.because)
    return complaint


def place(statement_id: UUID) -> str:
    """Return where the text of a statement belongs; it opens nowhere else."""
    return f"statement.text:{statement_id}"


def told(moment: datetime) -> str:
    """Return a moment as sentences say it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _refuse_what_does_not_fit(complaint: Complaint, said: StatementIn, now: datetime, rules: AgencyRules) -> None:
    compelled = said.kind is StatementKind.COMPELLED
    if compelled and said.speaker is not Speaker.OFFICER:
        raise Malformed("Only an officer can be compelled to make a statement.")
    if (said.speaker is Speaker.OFFICER) is (said.officer_id is None):
        raise Malformed("The statement of an officer takes their officer_id, and no other statement does.")
    if said.party_id is not None and said.party_id not in {party.id for party in complaint.parties}:
        raise Malformed(f"{said.party_id} is no party of this complaint.")
    if compelled is (said.order is None):
        raise Malformed("A compelled statement names the order that compelled it, and a voluntary one has none.")
    if said.taken_at > now:
        raise Malformed(f"The statement is said to have been taken on {told(said.taken_at)}, which is still to come.")
    if rules.today(said.taken_at) < complaint.received_on:
        received = f"before the complaint was received on {complaint.received_on}"
        raise Malformed(f"The statement is said to have been taken on {told(said.taken_at)}, {received}.")


def _refuse_beyond_the_wall(session: Session, complaint: Complaint, actor: Actor) -> None:
    if wall.is_criminal(complaint):
        raise Objection(
            "A criminal complaint takes no compelled statement; take it in an administrative complaint of its own."
        )
    if not wall.opens_to(session, complaint, actor):
        raise Objection("Whoever works on the criminal side cannot compel a statement; somebody else has to.")


def _refuse_before_notice_has_run(
    session: Session, complaint: Complaint, officer_id: UUID, taken_at: datetime, rules: AgencyRules
) -> None:
    """Refuse an interview before the first notice that allows it."""
    if not rules.agency.interview_notice_hours:
        return
    given = select(InterviewNotice).where(
        InterviewNotice.complaint_id == complaint.id, InterviewNotice.officer_id == officer_id
    )
    allowed = [
        notice.given_at + timedelta(hours=0 if notice.waiver else notice.hours) for notice in session.scalars(given)
    ]
    if not allowed:
        raise Objection(
            f"No interview was announced to this officer; announce one {rules.agency.interview_notice_hours} hours"
            " ahead, or give the officer's written waiver."
        )
    if taken_at < min(allowed):
        raise Objection(
            f"The interview on {told(taken_at)} came before the notice had run its time, on {told(min(allowed))};"
            " give the officer's written waiver."
        )
