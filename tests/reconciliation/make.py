"""What the tests of reconciliation are made of: events as others tell them, and a desk that runs a process."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi.testclient import TestClient
from sqlalchemy import text

from accord.rooms import SERVICES
from services.reconciliation.models import State
from shared.actors import Role
from shared.events.complaints import HarmReferred, RepairProcess
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.occasion import Occasion
from shared.policy import Policy
from tests.make import AGENCY
from tests.rooms import House, Person, outbox_of

POLICY = Policy.read()
DUE_ON = "2030-05-01"


def make_referral(**over: Any) -> HarmReferred:
    """Return a referral to mediation with one officer."""
    plain = {"process": RepairProcess.MEDIATION, "categories": ("discourtesy",), "officer_ids": (uuid4(),)}
    return HarmReferred(**{**plain, **over})


def make_envelope(event: Event, case_id: UUID, agency: str = AGENCY) -> Envelope:
    """Return the outside of an event about the speaker's case."""
    moment = datetime.now(UTC)
    return Envelope(uuid4(), event.name, "/accord/test", moment, subject=str(case_id), agency=agency, sequence=1)


def tell(house: House, service: str, event: Event, case_id: UUID | None = None, agency: str = AGENCY) -> None:
    """Let a service's consumers apply one event, as its reader does."""
    envelope = make_envelope(event, case_id or uuid4(), agency)
    with (
        house.database(service) as database,
        database.transaction(Occasion(service=service, agency=agency, causation=str(envelope.id))) as session,
    ):
        SERVICES[service].consumers.apply(session, envelope, event.model_dump_json().encode(), POLICY)


def rows(house: House, statement: str, agency: str = AGENCY, **values: Any) -> list[Any]:
    """Return rows of reconciliation's database as the application sees them for one agency."""
    with (
        house.database("reconciliation") as database,
        database.transaction(Occasion(service="reconciliation", agency=agency)) as session,
    ):
        return list(session.execute(text(statement), values))


def make_session(facilitator: Person, **over: Any) -> dict[str, Any]:
    """Return a session next week."""
    starts_at = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    return {"facilitator_id": str(facilitator.id), "starts_at": starts_at, "place": "Library, room 4", **over}


def make_commitment(**over: Any) -> dict[str, Any]:
    """Return a commitment of the agency."""
    return {"owner": "agency", "kind": "training", "due_on": DUE_ON, "text": "The squad is trained by spring.", **over}


def make_fact(**over: Any) -> dict[str, Any]:
    """Return what is told of the commitment."""
    return {"number": 1, "owner": "agency", "kind": "training", "due_on": DUE_ON, **over}


@dataclass(frozen=True)
class Desk:
    """The people around one process, and the client they use."""

    house: House
    client: TestClient
    facilitator: Person
    liaison: Person
    commander: Person
    officer: Person

    @classmethod
    def staffed(cls, house: House, client: TestClient) -> "Desk":
        """Return a desk with new people."""
        roles = (Role.FACILITATOR, Role.LIAISON, Role.COMMANDER, Role.OFFICER)
        return cls(house, client, *(house.person(role) for role in roles))

    def post(self, who: Person, process: dict[str, Any], path: str, body: Any = None) -> Any:
        """Take a step."""
        return self.client.post(f"{HERE}/{process['id']}/{path}", json=body, headers=dict(who.headers))

    def done(self, who: Person, process: dict[str, Any], path: str, body: Any = None) -> dict[str, Any]:
        """Take a step that must succeed, and return the process as the facilitator reads it."""
        answer = self.post(who, process, path, body)
        assert answer.status_code in (200, 201), answer.text
        return self.read(process)

    def get(self, who: Person, path: str = "") -> Any:
        """Ask something."""
        return self.client.get(f"{HERE}{path}", headers=dict(who.headers))

    def read(self, process: dict[str, Any]) -> dict[str, Any]:
        """Return the process as the facilitator reads it."""
        found: dict[str, Any] = self.get(self.facilitator, f"/{process['id']}").json()
        return found

    def referred(self, kind: str = "mediation", officers: tuple[UUID, ...] | None = None) -> dict[str, Any]:
        """Return a process that a referral has just opened, for this desk's officer unless others are given."""
        complaint_id = uuid4()
        referral = make_referral(process=kind, officer_ids=(self.officer.id,) if officers is None else officers)
        tell(self.house, "reconciliation", referral, complaint_id)
        opened = rows(self.house, "select id::text from process where complaint_id = :id", id=complaint_id)
        return self.read({"id": opened[0].id})

    def named(self, kind: str = "mediation") -> dict[str, Any]:
        """Return a process whose parties are known: the officer and somebody from the community."""
        return self.done(self.liaison, self.referred(kind), "parties", {"name": "Rosa Delgado", "contact": "555 0100"})

    def screened(self) -> dict[str, Any]:
        """Return a process that nothing bars."""
        return self.done(self.liaison, self.named(), "screening", {"exclusions": [], "because": "Nothing found."})

    def consented(self) -> dict[str, Any]:
        """Return a process with everybody's consent."""
        return self.for_each_party(self.screened(), "consent")

    def prepared(self) -> dict[str, Any]:
        """Return a process whose parties are prepared."""
        return self.for_each_party(self.consented(), "preparation")

    def scheduled(self) -> dict[str, Any]:
        """Return a process with a session."""
        return self.done(self.liaison, self.prepared(), "schedule", make_session(self.facilitator))

    def held(self) -> dict[str, Any]:
        """Return a process in its session."""
        return self.done(self.facilitator, self.scheduled(), "session")

    def agreed(self, *commitments: dict[str, Any]) -> dict[str, Any]:
        """Return a process with an agreement."""
        signed = {"commitments": list(commitments or (make_commitment(),))}
        return self.done(self.facilitator, self.held(), "agreement", signed)

    def at(self, state: State) -> dict[str, Any]:
        """Return a process in one of the states before the session."""
        ways = {
            State.SCREENED: self.screened,
            State.CONSENTED: self.consented,
            State.PREPARED: self.prepared,
            State.SCHEDULED: self.scheduled,
        }
        process = ways[state]()
        assert process["state"] == state
        return process

    def for_each_party(self, process: dict[str, Any], path: str) -> dict[str, Any]:
        """Take the same step for every party, one after the other."""
        for party in process["parties"]:
            process = self.done(self.facilitator, process, f"parties/{party['id']}/{path}")
        return process

    def told(self, process: dict[str, Any], since: int = 0) -> list[tuple[int, str, str, dict[str, Any]]]:
        """Return what was published about the process after version `since`, with short topics and types."""
        return [
            (version, topic.removeprefix("accord."), kind.removeprefix("reconciliation.").removesuffix(".v1"), payload)
            for version, topic, kind, payload in outbox_of(self.house, "reconciliation", process["id"])
            if version > since
        ]


HERE = f"/agencies/{AGENCY}/reconciliation"


def everywhere(version: int, kind: str, public: dict[str, Any], **internal: Any) -> list[Any]:
    """Return the three records of a public event."""
    return [
        (version, "reconciliation", kind, {**public, **internal}),
        (version, "oversight", kind, public),
        (version, "public", kind, public),
    ]


def refused(answer: Any, status: int, detail: str) -> None:
    """Assert that a step was refused with this sentence."""
    assert (answer.status_code, answer.json()["detail"]) == (status, detail)
