"""An outside client: it asks until it is answered, under one idempotency key, and writes every attempt down."""

import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from accord.demo.caller import NOT_NOW, UNDER_WAY, bearer
from accord.demo.people import People
from tests.faults.history import Attempt, History, Outcome

Json = dict[str, Any]

PAUSE = 0.2
"""Seconds before an unanswered request is sent again."""
TIMEOUT = 8.0
"""Seconds until a request counts as not answered."""


class Step(NamedTuple):
    """What a client wants once."""

    event: str
    path: str
    token: str = ""
    body: Json | None = None
    case: str = ""
    marker: str = ""
    receipt: str = ""


@dataclass
class Client:
    """Speaks to the gateway for one thread.

    Args:
        url: the gateway, as this client reaches it.
        history: where attempts are written down.
        people: who has which token.
        seed: of whatever is left to chance.
        stop: ends every waiting.
        patience: seconds after which a request is given up; its outcome stays unknown.
    """

    url: str
    history: History
    people: People
    seed: int
    stop: threading.Event
    patience: float = 120.0
    chance: Random = field(init=False)
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self._http = httpx.Client(base_url=self.url, timeout=TIMEOUT, trust_env=False)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def read(self, path: str, token: str = "", **query: Any) -> Json | None:
        """Return what stands at a path, or None when it does not answer now."""
        try:
            answer = self._http.get(path, params=query or None, headers=bearer(token))
        except httpx.TransportError:
            return None
        found: Json | None = answer.json() if answer.is_success else None
        return found

    def take(self, step: Step) -> Json | None:
        """Ask for a step until it is acknowledged or refused, and return the answer if it was acknowledged.

        Now and then an acknowledged request is sent once more, as by a client that lost the answer.
        """
        operation, key = uuid4().hex, str(uuid4())
        deadline = time.monotonic() + self.patience
        while True:
            attempt, answer = self._attempt(operation, key, step)
            self.history.note(attempt)
            if attempt.outcome != "unknown" or time.monotonic() > deadline:
                break
            time.sleep(PAUSE)
        if attempt.outcome == "acknowledged" and self.chance.random() < 0.05:
            self.history.note(self._attempt(operation, key, step)[0])
        return answer if attempt.outcome == "acknowledged" else None

    def _attempt(self, operation: str, key: str, step: Step) -> tuple[Attempt, Json]:
        headers = {**bearer(step.token), "Idempotency-Key": key}
        if step.receipt:
            headers["Receipt-Code"] = step.receipt
        begun = time.time()
        try:
            answer = self._http.post(step.path, json=step.body, headers=headers)
        except httpx.TransportError:
            return Attempt(operation, step.event, step.marker, begun, time.time(), "unknown", 0, step.case), {}
        said: Json = answer.json() if outcome_of(answer) == "acknowledged" else {}
        case = step.case or str(said.get("id", ""))
        version = int(answer.headers.get("etag", '"0"').strip('W/"')) if said else 0
        outcome, status = outcome_of(answer), answer.status_code
        return Attempt(operation, step.event, step.marker, begun, time.time(), outcome, status, case, version), said


def outcome_of(answer: httpx.Response) -> Outcome:
    """Return what an answer says about the request; a fault of the house says nothing."""
    if answer.is_success:
        return "acknowledged"
    away = answer.status_code in NOT_NOW or answer.status_code == HTTPStatus.REQUEST_TIMEOUT
    return "unknown" if away or UNDER_WAY in answer.text else "refused"
