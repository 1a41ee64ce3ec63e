"""The story: a complaint is sustained, discipline follows, harm is repaired, and good work is honoured."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from accord.demo.caller import Caller, Json
from accord.demo.people import AGENCY, People, Person

WHERE = ZoneInfo("America/New_York")
"""Where the agency of the story is."""

Say = Callable[[str], None]

COMPLAINTS = f"/agencies/{AGENCY}/complaints"
DISCIPLINE = f"/agencies/{AGENCY}/discipline"
RECONCILIATION = f"/agencies/{AGENCY}/reconciliation"
COMMENDATIONS = f"/agencies/{AGENCY}/commendations"

NARRATIVE = "He pushed my brother against the car although he stood still."
NAME = "Ana Ruiz"


@dataclass(frozen=True, slots=True)
class Played:
    """What the story left behind: the four cases, as they ended."""

    complaint: Json
    discipline: Json
    reconciliation: Json
    commendation: Json
    receipt_code: str

    @property
    def references(self) -> tuple[str, ...]:
        """What the public calls the four cases."""
        cases = (self.complaint, self.discipline, self.reconciliation, self.commendation)
        return tuple(case["public_ref"] for case in cases)

    @property
    def last_words(self) -> set[tuple[str, str]]:
        """Each case's reference with the last thing that the public hears of it."""
        return {
            (self.complaint["public_ref"], "complaint.closed.v1"),
            (self.discipline["public_ref"], "discipline.completed.v1"),
            (self.reconciliation["public_ref"], "reconciliation.agreed.v1"),
            (self.commendation["public_ref"], "commendation.presented.v1"),
        }


def play(caller: Caller, people: People, say: Say) -> Played:
    """Play the whole story and return the cases.

    Raises:
        OperatorError: a step was refused, or an event did not arrive.
    """
    complaint, code = complain(caller, people, say)
    discipline = discipline_follows(caller, people, complaint, say)
    process = repair(caller, people, complaint, say)
    complaint = heard_back(caller, people, complaint, say)
    commendation = honour(caller, people, say)
    return Played(complaint, discipline, process, commendation, code)


def days_from_now(days: int) -> str:
    """Return a date as it is sent, so many days from the day that it is in the agency."""
    return (datetime.now(WHERE) + timedelta(days=days)).date().isoformat()


def complain(caller: Caller, people: People, say: Say) -> tuple[Json, str]:
    """Somebody complains by the web form; the complaint is investigated, reviewed and sustained."""
    form: dict[str, str | list[str]] = {
        "narrative": NARRATIVE,
        "category": ["force"],
        "incident_on": days_from_now(-3),
        "officer": ["tall, badge ends in 7"],
        "name": NAME,
        "contact": "ana.ruiz@example.org",
    }
    filed = caller.submit(f"{COMPLAINTS}/form", form)
    say(f"a complaint is filed without a token: {filed['number']}, with a receipt code for its complainant")
    address = f"{COMPLAINTS}/{filed['id']}"
    allegation = {"category": "force", "severity": "high", "officer_id": str(people.accused.id)}
    classified = {"classification": "misconduct", "track": "full investigation", "allegations": [allegation]}
    caller.post(f"{address}/classification", people.intake.token, classified)
    assigned = {"investigator_id": str(people.investigator.id)}
    complaint = caller.post(f"{address}/assignment", people.commander.token, assigned)
    say("intake classifies it, and the commander assigns an investigator")
    for step, person in (
        ("investigation", people.investigator),
        ("review", people.commander),
        ("decision", people.chief),
    ):
        complaint = caller.post(f"{address}/{step}", person.token, findings(complaint))
    say(f"it is investigated, reviewed by another and decided by a third: {complaint['outcome']}")
    return complaint, filed["receipt_code"]


def findings(complaint: Json) -> Json:
    """Return a sustained finding for every allegation."""
    because = "The recording shows it from two sides."
    found = [
        {"allegation_id": allegation["id"], "finding": "sustained", "because": because}
        for allegation in complaint["allegations"]
    ]
    return {"findings": found}


def discipline_follows(caller: Caller, people: People, complaint: Json, say: Say) -> Json:
    """The sustained finding has opened a discipline case; it goes through due process to its end."""
    opened: list[Json] = caller.wait_for(
        lambda: caller.get(DISCIPLINE, people.chief.token, officer_id=str(people.accused.id))["cases"],
        "the discipline case",
    )
    say(f"the finding opens a discipline case: {opened[0]['number']}")
    address = f"{DISCIPLINE}/{opened[0]['id']}"
    ruling = {"sanction": {"kind": "suspension", "days": 5}, "factors": [], "because": "It was his first."}
    steps: list[tuple[str, Person, Json | None]] = [
        ("range", people.commander, {}),
        ("proposal", people.commander, ruling),
        ("notice", people.records, {"evidence": "Two recordings.", "respond_by": days_from_now(10)}),
        ("response", people.accused, {"statement": "I lost my temper and I regret it."}),
        ("decision", people.chief, {**ruling, "appeal_by": days_from_now(14)}),
        ("appeal-waiver", people.accused, None),
        ("finality", people.chief, None),
        ("implementation", people.records, {"effective_on": days_from_now(0)}),
        ("completion", people.records, None),
    ]
    case = opened[0]
    for step, person, body in steps:
        case = caller.post(f"{address}/{step}", person.token, body)
    say(f"range from the matrix, notice, response, decision; it is {case['state']}")
    caller.post(f"{COMPLAINTS}/{complaint['id']}/harm-referral", people.liaison.token, HARM)
    return case


HARM = {"process": "restorative circle", "because": "The family asks to be heard."}


def repair(caller: Caller, people: People, complaint: Json, say: Say) -> Json:
    """The harm is referred, the parties consent and meet, and the agency promises something."""
    opened = caller.wait_for(
        lambda: [
            process
            for process in caller.get(RECONCILIATION, people.liaison.token)["processes"]
            if process["state"] == "referred" and referred_from(caller, people, process, complaint)
        ],
        "the reconciliation process",
    )
    address = f"{RECONCILIATION}/{opened[0]['id']}"
    say("the harm behind the complaint is referred to reconciliation")
    process = caller.post(f"{address}/parties", people.liaison.token, {"name": NAME})
    caller.post(f"{address}/screening", people.liaison.token, {"exclusions": [], "because": "Nothing bars a circle."})
    for step in ("consent", "preparation"):
        for party in process["parties"]:
            caller.post(f"{address}/parties/{party['id']}/{step}", people.liaison.token)
    starts_at = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    meeting = {"facilitator_id": str(people.facilitator.id), "starts_at": starts_at, "place": "Library"}
    caller.post(f"{address}/schedule", people.liaison.token, meeting)
    caller.post(f"{address}/session", people.facilitator.token)
    promise = {
        "owner": "agency",
        "kind": "training",
        "due_on": days_from_now(90),
        "text": "De-escalation for the shift.",
    }
    process = caller.post(f"{address}/agreement", people.facilitator.token, {"commitments": [promise]})
    say("the parties consent, meet and agree on a commitment with a date")
    return process


def referred_from(caller: Caller, people: People, process: Json, complaint: Json) -> bool:
    """Whether a process came from this complaint."""
    whole = caller.get(f"{RECONCILIATION}/{process['id']}", people.liaison.token)
    return bool(whole["complaint_id"] == complaint["id"])


def heard_back(caller: Caller, people: People, complaint: Json, say: Say) -> Json:
    """The complaint learns that an agreement was reached, and is closed."""
    address = f"{COMPLAINTS}/{complaint['id']}"
    caller.wait_for(lambda: caller.get(address, people.chief.token)["harm_agreed"], "the answer from reconciliation")
    closed = caller.post(f"{address}/closure", people.chief.token, {"because": "Everything is done."})
    say("the complaint learns of the agreement, and is closed")
    return closed


def honour(caller: Caller, people: People, say: Say) -> Json:
    """A supervisor's commendation is verified, voted on, approved and presented."""
    nomination = {
        "officer_id": str(people.praised.id),
        "award": "community-service",
        "criterion": "commitment to community trust and engagement",
        "deed_on": days_from_now(-7),
        "statement": "She sat with the family through the night.",
    }
    commendation = caller.post(COMMENDATIONS, people.sergeant.token, nomination)
    address = f"{COMMENDATIONS}/{commendation['id']}"
    caller.post(f"{address}/verification", people.lieutenant.token, {"because": "The family confirms it."})
    caller.post(f"{address}/submission", people.board[0].token)
    for member in people.board:
        caller.post(f"{address}/ballots", member.token, {"choice": "yes"})
    caller.post(f"{address}/vote", people.board[0].token)
    caller.post(f"{address}/approval", people.chief.token)
    presented = {"consent_to_publish_name": True, "name": "Officer Dana Whitfield"}
    commendation = caller.post(f"{address}/presentation", people.chief.token, presented)
    say(f"a commendation is nominated, verified, voted on, approved and presented: {commendation['number']}")
    return commendation
