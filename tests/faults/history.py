"""What an outside client saw: every attempt and its answer, written down as it happens."""

import json
import threading
from pathlib import Path
from typing import Literal, NamedTuple, Self

Outcome = Literal["acknowledged", "refused", "unknown"]


class Attempt(NamedTuple):
    """One request and what came of it."""

    operation: str
    """What the client wanted once; all attempts at it carry one idempotency key."""
    event: str
    """The type of the event that the service publishes when it does it."""
    marker: str
    """A word in the narrative of a filing by which its case can be found; empty for every other step."""
    begun: float
    """Seconds since the epoch."""
    ended: float
    outcome: Outcome
    status: int
    """Of the answer; 0 when there was none."""
    case: str = ""
    """The id of the case, as far as the client knows it."""
    version: int = 0
    """The case's version after it, from the ETag; 0 without an answer."""


class History:
    """A file of attempts. Many threads may write."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()
        self.acknowledged = 0
        """How many requests have been, for whoever waits for work to be done."""

    def note(self, attempt: Attempt) -> None:
        """Write one attempt down."""
        with self._lock:
            self._file.write(json.dumps(attempt) + "\n")
            self.acknowledged += attempt.outcome == "acknowledged"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def attempts_in(file: Path) -> list[Attempt]:
    """Return what a history holds, in the order of the answers."""
    return [Attempt(*json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
