"""Sending records to a running stack, through its public API. Sending one twice enters it once."""

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from threading import Event
from typing import Any, Self
from uuid import UUID, uuid5

import httpx

from accord.importing.rows import Record
from accord.importing.words import ImportRefusedError

IN_FLIGHT = 2
"""Requests at once: one is written down while the next is read; more would only wait, and hold what others need."""
BATCH_RECORDS, BATCH_BYTES = 250, 500_000
"""What goes in one request, at most; a single record may be larger."""
TIMEOUT = httpx.Timeout(60, connect=5)
"""Seconds; a request that is given up may still be under way, so it is not given up early."""
PAUSES = (0.25, 0.5, 1, 2, 4, 8)
"""Seconds before each further try; together longer than a service takes to start again."""
LONGEST_PAUSE = 60
"""Seconds, whatever Retry-After asks for."""
NOT_NOW = frozenset({429, 502, 503, 504})
"""Answers after which the same request may be answered differently."""
UNDER_WAY = "/problems/under-way"
"""The answer while an earlier try of the same request is still being dealt with."""
ABOUT_ALL = frozenset({401, 403, 404, 405})
"""Refusals of the caller or of the address, not of the record."""


class Answer(StrEnum):
    """What became of a record."""

    ENTERED = "entered"
    BEFORE = "entered before"
    REFUSED = "refused"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A record and what became of it; `why` is the server's sentence when it was refused."""

    record: Record
    answer: Answer
    why: str = ""


class Stop(Event):
    """Set once nothing more should be sent, with the reason."""

    def __init__(self) -> None:
        super().__init__()
        self.why = ""
        self.away = False
        """Whether the stack did not answer, in contrast to refusing the caller."""

    def because(self, why: str, *, away: bool) -> None:
        """Let the requests under way end, and begin no others; the first reason stays."""
        if not self.is_set():
            self.why, self.away = why, away
            self.set()


class Sender:
    """Sends the records of one agency; threads may share it.

    Args:
        url: the gateway, or the complaints service itself.
        token: of somebody with the role records.
        agency: whose records they are.
        run: begins the Idempotency-Keys. Within a run a request that is tried again gets its own first answer; another
            run has its own keys, so that it is told what was entered before.

    Raises:
        ImportRefusedError: the address or the token cannot be one.
    """

    def __init__(self, url: str, token: str, agency: str, run: UUID) -> None:
        self.stop = Stop()
        self._run = run
        self._path = f"/agencies/{agency}/complaints/legacy/batch"
        self._address = address(url)
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ImportRefusedError(
                "The token is no token; give what `accord token` or the identity provider printed."
            )
        self._client = httpx.Client(
            base_url=self._address,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send_all(self, records: Iterable[Record]) -> Iterator[Outcome]:
        """Yield what becomes of each record, as soon as it is known; `stop` says why if some were not sent."""
        with ThreadPoolExecutor(IN_FLIGHT) as threads:
            try:
                for done in as_completed([threads.submit(self.send, batch) for batch in batches(records)]):
                    yield from done.result()
            except BaseException:
                self.stop.because("The import was interrupted.", away=False)
                raise

    def send(self, batch: Sequence[Record]) -> list[Outcome]:
        """Send some records until they are answered, or until nothing more should be sent."""
        response = self._asked(json.dumps({"records": [as_sent(record) for record in batch]}))
        if response is None:
            return [Outcome(record, Answer.NOT_SENT) for record in batch]
        return self._answered(batch, response)

    def _asked(self, content: str) -> httpx.Response | None:
        """Return the answer to a request, or None when nothing more should be sent."""
        key = str(uuid5(self._run, f"{self._path} {content}"))
        pauses = iter(PAUSES)
        delay = 0.0
        while not self.stop.wait(delay):
            try:
                response = self._client.post(self._path, content=content, headers={"Idempotency-Key": key})
            except httpx.RequestError as wrong:
                delay = self._pause(pauses, 0, str(wrong) or type(wrong).__name__)
                continue
            if not comes_later(response):
                return response
            asked = retry_after(response)
            if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and asked:
                delay = asked  # the stack is there and says when: that does not count as a try
            else:
                delay = self._pause(pauses, asked, said(response))
        return None

    def _pause(self, pauses: Iterator[float], asked: float, why: str) -> float:
        """Return how long to wait before the next try; after the last one, everything stops."""
        pause = next(pauses, None)
        if pause is None:
            self.stop.because(f"{self._address} cannot be reached or is not ready: {why}", away=True)
        return max(pause or 0, asked)

    def _answered(self, batch: Sequence[Record], response: httpx.Response) -> list[Outcome]:
        outcomes = body(response).get("outcomes")
        if response.status_code == HTTPStatus.OK and isinstance(outcomes, list) and len(outcomes) == len(batch):
            became = zip(batch, outcomes, strict=True)
            return [Outcome(record, Answer(one["answer"]), one.get("why") or "") for record, one in became]
        if "detail" in body(response) and response.status_code not in ABOUT_ALL:
            if len(batch) == 1:
                return [Outcome(batch[0], Answer.REFUSED, said(response))]
            return [outcome for record in batch for outcome in self.send([record])]  # which of them is refused?
        why = f"{self._address} answers {response.status_code} to everything: {said(response)}"
        self.stop.because(why, away=False)
        return [Outcome(record, Answer.NOT_SENT) for record in batch]


def as_sent(record: Record) -> dict[str, Any]:
    """Return a record as it goes over the wire, without what it does not say."""
    return record.legacy.model_dump(mode="json", exclude_none=True)


def batches(records: Iterable[Record]) -> Iterator[Sequence[Record]]:
    """Yield the records in as many as go in one request."""
    batch: list[Record] = []
    size = 0
    for record in records:
        length = len(record.legacy.model_dump_json())
        if batch and (len(batch) == BATCH_RECORDS or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    if batch:
        yield batch


def address(url: str) -> str:
    """Return the address that records are sent to.

    Raises:
        ImportRefusedError: it is not one.
    """
    try:
        read = httpx.URL(url.rstrip("/"))
    except httpx.InvalidURL:
        read = httpx.URL()
    if read.scheme not in ("http", "https") or not read.host or read.userinfo:
        raise ImportRefusedError(f"{url!r} is no address of a gateway; one looks like http://127.0.0.1:8000.")
    return str(read)


def body(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object in an answer, or nothing where there is another thing or none."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def said(response: httpx.Response) -> str:
    """Return the sentence of a refusal."""
    return str(body(response).get("detail") or f"status {response.status_code} and no sentence; is this Accord?")


def comes_later(response: httpx.Response) -> bool:
    """Whether the same request may be answered differently in a while."""
    return response.status_code in NOT_NOW or body(response).get("type") == UNDER_WAY


def retry_after(response: httpx.Response) -> float:
    """Return the seconds that the server asks to wait, 0 if it does not say."""
    seconds = response.headers.get("retry-after", "")
    return float(min(int(seconds), LONGEST_PAUSE)) if seconds.isdecimal() else 0.0
