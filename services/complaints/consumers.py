"""What complaints does when another service speaks."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.complaints.commands.mediating import end_mediation
from services.complaints.models import Complaint, DisciplineCase, State
from services.complaints.sight import accusing
from services.complaints.workflow import OPEN
from shared.actors import HOUSE
from shared.cases import load
from shared.events.complaints import DisciplineNoted, HarmAnswered, OfficerLeft, PartOfOfficer
from shared.events.discipline import DisciplineBecameFinal, DisciplineOpened
from shared.events.reconciliation import (
    ProcessAgreed,
    ProcessDeclined,
    ProcessEndedWithoutAgreement,
    ProcessReturned,
)
from shared.events.roster import OfficerDeparted
from shared.inbox import Consumers, Told
from shared.outbox import publish

CONSUMERS = Consumers()


@CONSUMERS.on(ProcessAgreed)
def harm_was_agreed_on(session: Session, agreed: ProcessAgreed, told: Told) -> None:
    """Note that the parties agreed how to repair the harm."""
    note_answer(session, agreed.complaint_id, told, agreed=True)


@CONSUMERS.on(ProcessEndedWithoutAgreement)
def harm_was_not_agreed_on(session: Session, ended: ProcessEndedWithoutAgreement, told: Told) -> None:
    """Note that the parties met and did not agree."""
    note_answer(session, ended.complaint_id, told, agreed=False)


@CONSUMERS.on(ProcessDeclined)
def harm_was_declined(session: Session, declined: ProcessDeclined, told: Told) -> None:
    """Note that the parties did not meet; who did not wish to is not known here."""
    note_answer(session, declined.complaint_id, told, agreed=False)


@CONSUMERS.on(ProcessReturned)
def harm_was_returned(session: Session, returned: ProcessReturned, told: Told) -> None:
    """Note that no session could be brought about."""
    note_answer(session, returned.complaint_id, told, agreed=False)


def note_answer(session: Session, complaint_id: UUID | None, told: Told, *, agreed: bool) -> None:
    """Note on the complaint, whatever its state, how its harm was dealt with; without a complaint nothing is noted.

    A complaint that waits for the mediation's end goes on.

    Raises:
        NotFound: there is no such complaint in the event's agency.
    """
    if complaint_id is None:
        return
    complaint = load(session, Complaint, "complaint", complaint_id, lambda _: True)
    complaint.harm_agreed = agreed
    complaint.updated_at = max(complaint.updated_at, told.time)
    publish(session, complaint, HarmAnswered(agreed=agreed), HOUSE)
    if complaint.state is State.IN_MEDIATION:
        end_mediation(session, complaint, complaint.updated_at, told.rules, agreed=agreed)


@CONSUMERS.on(DisciplineOpened)
def discipline_was_opened(session: Session, opened: DisciplineOpened, told: Told) -> None:
    """Note that discipline has a case; what it considers is not known here."""
    complaint = load(session, Complaint, "complaint", opened.complaint_id, lambda _: True)
    known = {"complaint_id": complaint.id, "officer_id": opened.officer_id, "opened_at": told.time}
    session.add(DisciplineCase(id=told.case_id, agency=complaint.agency, **known))
    note_discipline(session, complaint, told)


@CONSUMERS.on(DisciplineBecameFinal)
def discipline_became_final(session: Session, _: DisciplineBecameFinal, told: Told) -> None:
    """Note that a discipline case is final; the sanction is not kept."""
    case = session.get(DisciplineCase, told.case_id)
    if case is None:
        return
    complaint = load(session, Complaint, "complaint", case.complaint_id, lambda _: True)
    case.final_at = told.time
    note_discipline(session, complaint, told)


def note_discipline(session: Session, complaint: Complaint, told: Told) -> None:
    """Note, and tell, whether every discipline case of a complaint is final."""
    cases = session.scalars(select(DisciplineCase).where(DisciplineCase.complaint_id == complaint.id)).all()
    complaint.discipline_final = all(case.final_at for case in cases)
    complaint.updated_at = max(complaint.updated_at, told.time)
    publish(session, complaint, DisciplineNoted(cases=len(cases), final=complaint.discipline_final), HOUSE)


@CONSUMERS.on(OfficerDeparted)
def an_officer_left(session: Session, departed: OfficerDeparted, told: Told) -> None:
    """Note in every open complaint that accuses the officer, or that they investigate, that they have left.

    The complaint goes on, with its limits: a departure ends no case. One without its investigator has to be assigned
    anew.
    """
    theirs = or_(accusing(told.case_id), Complaint.investigator_id == told.case_id)
    concerned = select(Complaint.id).where(theirs, Complaint.state.in_(OPEN)).order_by(Complaint.id)
    for complaint_id in session.scalars(concerned).all():
        complaint = load(session, Complaint, "complaint", complaint_id, lambda _: True)
        if complaint.state in OPEN:  # it may have ended while its row was waited for
            note_departure(session, complaint, departed, told)


def note_departure(session: Session, complaint: Complaint, departed: OfficerDeparted, told: Told) -> None:
    """Note on one complaint that an officer whom it concerns has left."""
    part = PartOfOfficer.ACCUSED if complaint.accuses(told.case_id) else PartOfOfficer.INVESTIGATING
    complaint.updated_at = max(complaint.updated_at, told.time)
    left = OfficerLeft(part=part, officer_id=told.case_id, left_on=departed.left_on)
    publish(session, complaint, left, HOUSE)
