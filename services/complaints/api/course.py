"""The routes of the turns that a complaint takes."""

from uuid import UUID

from services.complaints.api import routes
from services.complaints.commands import classifying, ending, mediating, reopening
from services.complaints.commands import links as link_commands
from services.complaints.queries import course, quoting
from services.complaints.shapes.cases import ComplaintOut
from services.complaints.shapes.course import (
    ClosureIn,
    DuplicateIn,
    EarlierFindingsOut,
    LinkIn,
    LinksOut,
    OfficerIn,
    ReasonsOut,
    ReclassificationIn,
    ReopeningIn,
)
from services.complaints.shapes.steps import AllegationIn, ReasonIn
from services.complaints.sight import READERS
from services.complaints.workflow import COMPLAINT
from shared.access import CurrentActor, Rules, reads, takes
from shared.clock import Now
from shared.db import Tx

router = routes()

READING = reads("staff read the complaints they may see", *READERS)


@router.post("/{complaint_id}/reclassification", dependencies=[takes(COMPLAINT, "reclassify")])
def reclassify(
    complaint_id: UUID, said: ReclassificationIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Say anew what the complaint is about, how it is dealt with, and how soon."""
    return quoting.shown(tx, classifying.reclassify(tx, complaint_id, said, actor, now, rules), actor)


@router.post("/{complaint_id}/allegations", dependencies=[takes(COMPLAINT, "add allegations to")])
def add_allegation(
    complaint_id: UUID, said: AllegationIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Add what the complaint turns out to allege too."""
    return quoting.shown(tx, classifying.add_allegation(tx, complaint_id, said, actor, now, rules), actor)


@router.post("/{complaint_id}/allegations/officer", dependencies=[takes(COMPLAINT, "add allegations to")])
def name_officer(
    complaint_id: UUID, said: OfficerIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Say against whom an allegation goes, now that it is known."""
    return quoting.shown(tx, classifying.name_officer(tx, complaint_id, said, actor, now, rules), actor)


@router.post("/{complaint_id}/links", status_code=201, dependencies=[takes(COMPLAINT, "link")])
def link(complaint_id: UUID, said: LinkIn, tx: Tx, actor: CurrentActor, now: Now) -> LinksOut:
    """Say what a complaint belongs together with."""
    link_commands.link(tx, complaint_id, said, actor, now)
    return course.links(tx, complaint_id, actor)


@router.get("/{complaint_id}/links", dependencies=[READING])
def links(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> LinksOut:
    """Return everything that a complaint belongs together with."""
    return course.links(tx, complaint_id, actor)


@router.post("/{complaint_id}/duplicate", dependencies=[takes(COMPLAINT, "close as duplicate")])
def close_as_duplicate(
    complaint_id: UUID, duplicate: DuplicateIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """End a complaint that says what another one says."""
    return quoting.shown(tx, ending.close_as_duplicate(tx, complaint_id, duplicate, actor, now, rules), actor)


@router.post("/{complaint_id}/administrative-closure", dependencies=[takes(COMPLAINT, "close administratively")])
def close_administratively(
    complaint_id: UUID, closure: ClosureIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Decline a complaint, or end it without an answer to what it alleges."""
    return quoting.shown(tx, ending.close_administratively(tx, complaint_id, closure, actor, now, rules), actor)


@router.post("/{complaint_id}/mediation", dependencies=[takes(COMPLAINT, "send to mediation")])
def send_to_mediation(
    complaint_id: UUID, reason: ReasonIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules
) -> ComplaintOut:
    """Let the parties mediate what is complained of."""
    return quoting.shown(tx, mediating.send_to_mediation(tx, complaint_id, reason, actor, now, rules), actor)


@router.post("/{complaint_id}/reopening", dependencies=[takes(COMPLAINT, "reopen")])
def reopen(complaint_id: UUID, said: ReopeningIn, tx: Tx, actor: CurrentActor, now: Now, rules: Rules) -> ComplaintOut:
    """Deal again with a complaint that has ended."""
    return quoting.shown(tx, reopening.reopen(tx, complaint_id, said, actor, now, rules), actor)


@router.get("/{complaint_id}/earlier-findings", dependencies=[READING])
def earlier_findings(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> EarlierFindingsOut:
    """Return what was found before each reopening."""
    return course.earlier_findings(tx, complaint_id, actor)


@router.get("/{complaint_id}/reasons", dependencies=[READING])
def reasons(complaint_id: UUID, tx: Tx, actor: CurrentActor) -> ReasonsOut:
    """Return why the steps of a complaint were taken."""
    return course.reasons(tx, complaint_id, actor)
