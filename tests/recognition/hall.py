"""The people who take a commendation through its life, and the steps as they take them."""

from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from tests.recognition.make import make_nomination, make_thanks
from tests.rooms import House, Person, outbox_of

COMMENDATIONS = "/agencies/rivertown/commendations"
REASON = {"because": "The recording shows it."}
QUORUM = 5

Json = dict[str, Any]


@dataclass
class Hall:
    """One person per part, and a board of seven."""

    client: TestClient
    house: House
    nominator: Person
    supervisor: Person
    records: Person
    board: list[Person]
    chief: Person

    def send(self, path: str, by: Person | None, body: Json | None = None) -> tuple[int, Json]:
        """Post and return status and body, whatever they are."""
        answer = self.client.post(f"{COMMENDATIONS}{path}", json=body, headers=dict(by.headers) if by else None)
        answered: Json = answer.json()
        return answer.status_code, answered

    def step(self, commendation: Json, step: str, by: Person, body: Json | None = None) -> Json:
        """Take one step and return the commendation after it."""
        status, answered = self.send(f"/{commendation['id']}/{step}", by, body)
        assert status in (200, 201), answered
        return answered

    def refused(self, commendation: Json, step: str, by: Person, body: Json | None = None) -> tuple[int, str]:
        """Try a step that is refused, see that nothing was told of it, and return status and sentence."""
        before = self.told(commendation)
        status, answered = self.send(f"/{commendation['id']}/{step}", by, body)
        assert self.told(commendation) == before
        return status, answered["detail"]

    def read(self, commendation: Json, by: Person, agency: str = "rivertown") -> tuple[int, Json]:
        """Read one commendation and return status and body."""
        path = f"/agencies/{agency}/commendations/{commendation['id']}"
        answer = self.client.get(path, headers=dict(by.headers))
        read: Json = answer.json()
        return answer.status_code, read

    def listed(self, by: Person) -> set[str]:
        """Return the ids on the first page of what somebody may see."""
        answer = self.client.get(f"{COMMENDATIONS}?limit=200", headers=dict(by.headers))
        assert answer.status_code == 200, answer.text
        return {line["id"] for line in answer.json()["commendations"]}

    def told(self, commendation: Json) -> list[tuple[int, str, str, Json]]:
        """Return what was published about a commendation."""
        return outbox_of(self.house, "recognition", commendation["id"])

    def nominated(self, by: Person | None = None, **over: Any) -> Json:
        """Return a new nomination."""
        status, answered = self.send("", by or self.nominator, make_nomination(**over))
        assert status == 201, answered
        return answered

    def thanked(self, **over: Any) -> Json:
        """Return a new thank-you as staff see it."""
        status, answered = self.send("/thanks", None, make_thanks(**over))
        assert status == 201, answered
        return answered

    def verified(self, **over: Any) -> Json:
        """Return a nomination whose facts a supervisor stands for."""
        return self.step(self.nominated(**over), "verification", self.supervisor, REASON)

    def submitted(self, **over: Any) -> Json:
        """Return a nomination before the board."""
        return self.step(self.verified(**over), "submission", self.board[0])

    def voted(self, yes: int = 4, no: int = 1, **over: Any) -> Json:
        """Return a nomination on which the board has voted."""
        commendation = self.submitted(**over)
        for member, choice in zip(self.board, ["yes"] * yes + ["no"] * no, strict=False):
            self.step(commendation, "ballots", member, {"choice": choice})
        return self.step(commendation, "vote", self.board[0])

    def approved(self, **over: Any) -> Json:
        """Return an award that is to be presented."""
        return self.step(self.voted(**over), "approval", self.chief)

    def presented(self, **over: Any) -> Json:
        """Return an award that was presented, to somebody who does not want to be named."""
        return self.step(self.approved(**over), "presentation", self.chief, {"consent_to_publish_name": False})
