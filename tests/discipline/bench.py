"""The people who take a discipline case through its life, and the steps as they take them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from services.discipline.consumers import CONSUMERS
from services.discipline.models import DisciplineCase
from shared.clock import request_time
from shared.events.complaints import Charge, ComplaintDecided
from shared.events.event import Audience
from shared.occasion import Occasion
from shared.policy import Policy
from tests.discipline.make import (
    INCIDENT,
    in_days,
    make_charge,
    make_decided,
    make_decision,
    make_envelope,
    make_ruling,
)
from tests.make import AGENCY
from tests.rooms import House, Person, outbox_of

POLICY = Policy.read()

Json = dict[str, Any]
Told = tuple[int, str, str, Json]


def tell(house: House, decided: ComplaintDecided, complaint_id: UUID, agency: str = AGENCY) -> None:
    """Apply a decided complaint once, as a reader would."""
    value = json.dumps(decided.as_seen_by(Audience.INTERNAL)).encode()
    with (
        house.database("discipline") as database,
        database.transaction(Occasion("discipline", agency)) as session,
    ):
        CONSUMERS.apply(session, make_envelope(complaint_id, agency), value, POLICY)


def cases_of(house: House, complaint_id: UUID, agency: str = AGENCY) -> list[DisciplineCase]:
    """Return the cases that a complaint has opened, by officer."""
    theirs = select(DisciplineCase).where(DisciplineCase.complaint_id == complaint_id)
    with (
        house.database("discipline") as database,
        database.transaction(Occasion("discipline", agency)) as session,
    ):
        return list(session.scalars(theirs.order_by(DisciplineCase.officer_id)))


@dataclass(frozen=True)
class Bench:
    """One person per part, and the officer whom the cases are about."""

    client: TestClient
    house: House
    officer: Person
    commander: Person
    adjudicator: Person
    second: Person
    records: Person
    supervisor: Person

    def opened(self, *categories: str, incident_on: date | None = INCIDENT, agency: str = AGENCY) -> str:
        """Open a case of the officer with these counts (one of discourtesy by default) and return its id."""
        charges = [make_charge(self.officer.id, category) for category in categories or ("discourtesy",)]
        return self.charged(*charges, incident_on=incident_on, agency=agency)

    def charged(self, *charges: Charge, incident_on: date | None = INCIDENT, agency: str = AGENCY) -> str:
        """Open one case with these charges against one officer and return its id."""
        complaint_id = uuid4()
        tell(self.house, make_decided(*charges, incident_on=incident_on), complaint_id, agency)
        (case,) = cases_of(self.house, complaint_id, agency)
        return str(case.id)

    def send(self, case_id: str, step: str, by: Person, body: Json | None = None) -> tuple[int, Json]:
        """Post and return status and body, whatever they are."""
        path = f"/agencies/{AGENCY}/discipline/{case_id}/{step}"
        answer = self.client.post(path, json=body, headers=dict(by.headers))
        answered: Json = answer.json()
        return answer.status_code, answered

    def step(self, case_id: str, step: str, by: Person, body: Json | None = None) -> Json:
        """Take one step and return the case after it."""
        status, answered = self.send(case_id, step, by, body)
        assert status == 200, answered
        return answered

    def refused(self, case_id: str, step: str, by: Person, body: Json | None = None) -> tuple[int, str]:
        """Try a step that is refused, see that nothing was told of it, and return status and sentence."""
        before = self.told(case_id)
        status, answered = self.send(case_id, step, by, body)
        assert self.told(case_id) == before
        return status, answered["detail"]

    def told(self, case_id: str) -> list[Told]:
        """Return what was published about the case."""
        return outbox_of(self.house, "discipline", case_id)

    def read(self, case_id: str, by: Person, agency: str = AGENCY) -> tuple[int, Json]:
        """Read one case and return status and body."""
        answer = self.client.get(f"/agencies/{agency}/discipline/{case_id}", headers=dict(by.headers))
        answered: Json = answer.json()
        return answer.status_code, answered

    def listed(self, by: Person, agency: str = AGENCY, **query: Any) -> Json:
        """Return a page of the cases that somebody may see."""
        path, params = f"/agencies/{agency}/discipline", {"limit": 200, **query}
        answer = self.client.get(path, params=params, headers=dict(by.headers))
        assert answer.status_code == 200, answer.text
        answered: Json = answer.json()
        return answered

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Let requests in the block be dealt with at `moment`."""
        overrides = cast("FastAPI", self.client.app).dependency_overrides
        overrides[request_time] = lambda: moment
        yield
        del overrides[request_time]

    def walked(self, case_id: str, to: str) -> str:
        """Take the shortest way to a state and return the case's id."""
        for state, step, by, body in (
            ("range computed", "range", self.commander, {}),
            ("proposed", "proposal", self.commander, make_ruling()),
            ("notice served", "notice", self.commander, {"evidence": "The recording.", "respond_by": in_days(10)}),
            ("responded", "response", self.officer, {"statement": "I was provoked."}),
            ("decided", "decision", self.adjudicator, make_decision()),
            ("appealed", "appeal", self.officer, {"because": "It is too much."}),
            ("appeal decided", "appeal-decision", self.second, make_ruling("oral reprimand")),
            ("final", "finality", self.records, None),
            ("implemented", "implementation", self.supervisor, {"effective_on": in_days(0)}),
            ("complete", "completion", self.records, None),
        ):
            assert self.step(case_id, step, by, body)["state"] == state
            if state == to:
                return case_id
        raise ValueError(f"no step of the way leads to {to!r}")
