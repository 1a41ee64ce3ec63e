"""The lives of a process and of a recommendation."""

from services.reconciliation.kinds import KINDS
from services.reconciliation.models import Consent, Course, Party, Process, Recommendation, State
from shared.actors import Actor, Role
from shared.events.reconciliation import Side
from shared.workflow import Workflow, step


def party_of(process: Process, actor: Actor) -> Party | None:
    """Return the party that the actor is, or None."""
    return next((party for party in process.parties if party.officer_id == actor.id), None)


def takes_part(process: Process, actor: Actor) -> str | None:
    """Whoever is a party does not steer the process."""
    is_party = party_of(process, actor) is not None
    return "whoever is a party to a process takes no step on it but to consent" if is_party else None


def party_missing(process: Process, _: Actor) -> str | None:
    """Who is to take part is known before it is judged whether they safely can."""
    sides = {party.side for party in process.parties}
    if Side.COMMUNITY not in sides:
        return "nobody from the community has been named as a party yet"
    if KINDS[process.kind].takes_officer and Side.OFFICER not in sides:
        return f"a {process.kind} takes an officer, and none has been named as a party yet"
    return None


def consent_missing(process: Process, _: Actor) -> str | None:
    """Nobody is brought to a session without having said yes."""
    missing = sum(party.consent is not Consent.GIVEN for party in process.parties)
    return f"{missing} of {len(process.parties)} parties have not consented" if missing else None


def preparation_missing(process: Process, _: Actor) -> str | None:
    """Each party is prepared apart from the others."""
    missing = sum(party.prepared_at is None for party in process.parties)
    return f"{missing} of {len(process.parties)} parties are not prepared" if missing else None


def not_the_facilitator(process: Process, actor: Actor) -> str | None:
    """Only whoever facilitates the session speaks for it."""
    return None if actor.id == process.facilitator_id else "only the facilitator of the session takes this step"


def commitment_open(process: Process, _: Actor) -> str | None:
    """A promise is not closed by forgetting it."""
    missing = sum(not commitment.settled for commitment in process.commitments)
    return f"{missing} of {len(process.commitments)} commitments are neither verified nor declined" if missing else None


STAFF = (Role.FACILITATOR, Role.LIAISON)
ANSWERING = (*STAFF, Role.OFFICER)
"""Who records consent: staff for the parties, an officer for themselves."""
AGENCY = (Role.COMMANDER, Role.SUPERVISOR)
COMMUNITY = (Role.LIAISON, Role.OVERSIGHT)
BEFORE_THE_SESSION = (State.SCREENED, State.CONSENTED, State.PREPARED, State.SCHEDULED)

PROCESS: Workflow[Process] = Workflow(
    "reconciliation process",
    start=State.REFERRED,
    steps=(
        step("name party", State.REFERRED, to=State.REFERRED, by=STAFF, unless=takes_part),
        step("screen", State.REFERRED, to=State.SCREENED, by=STAFF, unless=(takes_part, party_missing)),
        step("screen out", State.REFERRED, to=State.DECLINED, by=STAFF, unless=takes_part),
        step("give consent", State.SCREENED, to=State.SCREENED, by=ANSWERING),
        step("complete consents", State.SCREENED, to=State.CONSENTED, by=ANSWERING, unless=consent_missing),
        step("refuse consent", State.SCREENED, to=State.DECLINED, by=ANSWERING),
        step("withdraw consent", *BEFORE_THE_SESSION, to=State.DECLINED, by=ANSWERING),
        step("prepare party", State.CONSENTED, to=State.CONSENTED, by=STAFF, unless=takes_part),
        step(
            "complete preparation",
            State.CONSENTED,
            to=State.PREPARED,
            by=STAFF,
            unless=(takes_part, preparation_missing),
        ),
        step(
            "schedule",
            State.PREPARED,
            State.SCHEDULED,
            to=State.SCHEDULED,
            by=STAFF,
            unless=(takes_part, consent_missing),
        ),
        step(
            "hold",
            State.SCHEDULED,
            to=State.HELD,
            by=Role.FACILITATOR,
            unless=(not_the_facilitator, takes_part, consent_missing),
        ),
        step("return", *BEFORE_THE_SESSION, to=State.RETURNED, by=STAFF, unless=takes_part),
        step("agree", State.HELD, to=State.AGREEMENT, by=Role.FACILITATOR, unless=not_the_facilitator),
        step(
            "end without agreement", State.HELD, to=State.NO_AGREEMENT, by=Role.FACILITATOR, unless=not_the_facilitator
        ),
        *(
            step("release commitment", state, to=state, by=Role.LIAISON, unless=takes_part)
            for state in (State.AGREEMENT, State.FOLLOW_UP, State.CLOSED)
        ),
        *(
            step("report commitment", state, to=state, by=AGENCY, unless=takes_part)
            for state in (State.AGREEMENT, State.FOLLOW_UP)
        ),
        *(
            step("verify commitment", state, to=state, by=COMMUNITY, unless=takes_part)
            for state in (State.AGREEMENT, State.FOLLOW_UP)
        ),
        step("follow up", State.AGREEMENT, State.NO_AGREEMENT, to=State.FOLLOW_UP, by=STAFF, unless=takes_part),
        step("close", State.FOLLOW_UP, to=State.CLOSED, by=STAFF, unless=(takes_part, commitment_open)),
    ),
)


def comment_unsettled(recommendation: Recommendation, _: Actor) -> str | None:
    """Nobody is answered before they were heard."""
    missing = recommendation.received - recommendation.settled
    of_all = f"{missing} of {recommendation.received} comments"
    return f"{of_all} are neither released nor withheld yet" if missing else None


def implemented_it(recommendation: Recommendation, actor: Actor) -> str | None:
    """Whoever says that it was done does not say whether it works."""
    said_it = actor.id == recommendation.implemented_by
    return "whoever reported that it was implemented may not evaluate it" if said_it else None


RECOMMENDATION: Workflow[Recommendation] = Workflow(
    "recommendation",
    start=Course.OPENED,
    steps=(
        step("publish", Course.OPENED, to=Course.COMMENTS, by=COMMUNITY),
        step("comment", Course.COMMENTS, to=Course.COMMENTS, by=Role.PUBLIC),
        step("release comment", Course.COMMENTS, to=Course.COMMENTS, by=COMMUNITY),
        step("withhold comment", Course.COMMENTS, to=Course.COMMENTS, by=COMMUNITY),
        step("accept", Course.COMMENTS, to=Course.ANSWERED, by=Role.COMMANDER, unless=comment_unsettled),
        step("reject", Course.COMMENTS, to=Course.REJECTED, by=Role.COMMANDER, unless=comment_unsettled),
        step("implement", Course.ANSWERED, to=Course.IMPLEMENTED, by=AGENCY),
        step("evaluate", Course.IMPLEMENTED, to=Course.EVALUATED, by=COMMUNITY, unless=implemented_it),
    ),
)
