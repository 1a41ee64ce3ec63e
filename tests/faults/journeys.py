"""What the outside client does: the journeys of cases, and the desks that work off what events have opened."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from accord.demo.people import AGENCY, Person
from accord.demo.story import COMMENDATIONS, COMPLAINTS, DISCIPLINE, RECONCILIATION, days_from_now
from tests.faults.client import Client, Json, Step
from tests.make import make_classification, make_filing, make_findings

PACE = 0.5
"""Seconds between two steps of one client, so that its machine has time for the house."""


def step(client: Client, event: str, path: str, person: Person, case: Json, body: Json | None = None) -> Json | None:
    """Take a step of a case, and return the case after it."""
    client.stop.wait(PACE)
    return client.take(Step(event, path, person.token, body, case=case["id"]))


def filed(client: Client, **over: Any) -> Json | None:
    """File a complaint that can be told from every other by a word in it."""
    marker = uuid4().hex
    filing = make_filing(narrative=f"He pushed my brother. {marker}", incident_on=days_from_now(-3), **over)
    return client.take(Step("complaint.received.v1", COMPLAINTS, "", filing, marker=marker))


def complaint(client: Client) -> None:
    """File a complaint and carry it through investigation, review and decision; now and then it is sent back."""
    people, case = client.people, filed(client)
    if case is None:
        return
    address = f"{COMPLAINTS}/{case['id']}"
    ways: list[tuple[str, str, Person, Json | None]] = [
        ("classified", "classification", people.intake, make_classification(uuid4())),
        ("assigned", "assignment", people.commander, {"investigator_id": str(people.investigator.id)}),
        ("investigated", "investigation", people.investigator, None),
    ]
    if client.chance.random() < 0.3:
        ways += [("returned", "return", people.commander, {"because": "Ask the neighbour."}), ways[-1]]
    ways += [("reviewed", "review", people.commander, None), ("decided", "decision", people.chief, None)]
    ways += [
        ("harm_referred", "harm-referral", people.liaison, {"process": "mediation", "because": "The family asks."}),
        ("closed", "closure", people.chief, {"because": "Everything is done."}),
    ]
    for event, path, person, body in ways:
        said = body if body is not None else make_findings(case)
        case = step(client, f"complaint.{event}.v1", f"{address}/{path}", person, case, said)
        if case is None:
            return


def second_thoughts(client: Client) -> None:
    """File a complaint and take it back with the receipt code."""
    case = filed(client)
    if case is not None:
        path, body = f"{COMPLAINTS}/track/withdrawal", {"because": "We have talked."}
        receipt = case["receipt_code"]
        client.take(Step("complaint.withdrawn.v1", path, body=body, case=case["id"], receipt=receipt))


def nonsense(client: Client) -> None:
    """Ask for what is refused: nothing of it may be found anywhere."""
    filed(client, categories=["sorcery"])


def commendation(client: Client) -> None:
    """Nominate somebody, let the whole board vote at once, and present the award."""
    people = client.people
    nomination = {
        "officer_id": str(uuid4()),
        "award": "community-service",
        "criterion": "outstanding service",
        "deed_on": days_from_now(-7),
        "statement": "She sat with the family through the night.",
    }
    case = client.take(Step("commendation.nominated.v1", COMMENDATIONS, people.sergeant.token, nomination))
    if case is None:
        return
    address = f"{COMMENDATIONS}/{case['id']}"
    because = {"because": "The family confirms it."}
    if not step(client, "commendation.verified.v1", f"{address}/verification", people.lieutenant, case, because):
        return
    if not step(client, "commendation.submitted.v1", f"{address}/submission", people.board[0], case):
        return
    ballots = [
        Step("commendation.ballot_cast.v1", f"{address}/ballots", one.token, {"choice": "yes"}, case=case["id"])
        for one in people.board
    ]
    with ThreadPoolExecutor(len(ballots)) as room:
        cast = list(room.map(client.take, ballots))
    if all(cast) and step(client, "commendation.voted.v1", f"{address}/vote", people.board[0], case):
        step(client, "commendation.approved.v1", f"{address}/approval", people.chief, case)


def discipline_desk(client: Client) -> None:
    """Compute the range for what complaints have opened, and propose a sanction."""
    people = client.people
    listed = client.read(DISCIPLINE, people.commander.token, state="opened", limit=5)
    ruling = {"sanction": {"kind": "suspension", "days": 5}, "factors": [], "because": "It was his first."}
    for case in listed["cases"] if listed else ():
        address = f"{DISCIPLINE}/{case['id']}"
        if step(client, "discipline.range_computed.v1", f"{address}/range", people.commander, case, {}):
            step(client, "discipline.proposed.v1", f"{address}/proposal", people.commander, case, ruling)
    client.stop.wait(0.5)


def reconciliation_desk(client: Client) -> None:
    """Screen out what was referred, so that the complaint hears of it."""
    liaison = client.people.liaison
    listed = client.read(RECONCILIATION, liaison.token, state="referred", limit=5)
    found = {"exclusions": ["arrest"], "because": "An arrest was made."}
    for process in listed["processes"] if listed else ():
        address = f"{RECONCILIATION}/{process['id']}/screening"
        step(client, "reconciliation.declined.v1", address, liaison, process, found)
    client.stop.wait(0.5)


Journey = Callable[[Client], None]

JOURNEYS: Mapping[Journey, int] = {complaint: 5, second_thoughts: 2, nonsense: 1, commendation: 2}
"""What the public and the staff do, and how often of ten times."""
DESKS: tuple[Journey, ...] = (discipline_desk, reconciliation_desk)


def travel(client: Client, journeys: Mapping[Journey, int], done: threading.Event) -> None:
    """Go on one journey after the other, as chance and their weights say, until `done`."""
    while not done.is_set():
        client.chance.choices(tuple(journeys), tuple(journeys.values()))[0](client)
        client.stop.wait(PACE)


def attend(client: Client, desk: Journey, done: threading.Event) -> None:
    """Work at a desk until `done`."""
    while not done.is_set():
        desk(client)


PROBED = "lansing-mi"
"""The agency of the probes; nobody else files there."""
assert PROBED != AGENCY
