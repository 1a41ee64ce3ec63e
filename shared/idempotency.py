"""`Idempotency-Key`: the same request sent twice has one effect and gets one answer.

The answer is stored in the request's own transaction, sealed under the caller's key, of which only a digest is kept:
whoever reads the database does not learn a receipt code from it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request, Response
from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.errors import Malformed, Objection
from shared.tables import Table, plain

KEY_LENGTHS = range(16, 201)
NONCE = 12
PART_OF_A_REQUEST = ("content-type", "receipt-code")
"""Headers that make it another request."""


class AnsweredRequest(Table):
    """A request that was carried out, and its answer."""

    __tablename__ = "answered_request"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(primary_key=True)
    request_digest: Mapped[bytes]
    answer: Mapped[bytes]
    """Sealed: status, ETag (or none) and body."""
    answered_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


ANSWERED = plain(AnsweredRequest)
LOCK = select(func.pg_try_advisory_xact_lock(bindparam("lock", type_=BigInteger)))
LOOK_UP = select(ANSWERED.c.request_digest, ANSWERED.c.answer).where(
    ANSWERED.c.caller == bindparam("of_caller"), ANSWERED.c.key_digest == bindparam("of_key")
)
KEEP = ANSWERED.insert().inline()


class AlreadyAnswered(Exception):  # noqa: N818 - it is an answer, not an error
    """The request was carried out before; `response` is what was answered then."""

    def __init__(self, response: Response) -> None:
        super().__init__("already answered")
        self.response = response


class UnderWay(Objection):
    """The first attempt has not been answered yet; in contrast to any other objection, asking again helps."""

    kind = "under-way"
    headers: ClassVar[Mapping[str, str] | None] = {"Retry-After": "1"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that carries a key."""

    caller: str
    key: str
    request_digest: bytes

    @property
    def key_digest(self) -> bytes:
        """What is kept of the key."""
        return hashlib.sha256(f"accord key {self.key}".encode()).digest()

    @property
    def lock(self) -> int:
        """A number that two attempts with one caller and key share."""
        return int.from_bytes(hashlib.sha256(self.caller.encode() + self.key_digest).digest()[:8], signed=True)

    def sealed(self, response: Response) -> bytes:
        """Return the answer as only the caller's key opens it."""
        nonce = secrets.token_bytes(NONCE)
        head = f"{response.status_code} {response.headers.get('etag', '')}\n".encode()
        return nonce + self._seal().encrypt(nonce, head + bytes(response.body), None)

    def opened(self, answer: bytes) -> Response:
        """Return the answer that was sealed."""
        head, _, body = self._seal().decrypt(answer[:NONCE], answer[NONCE:], None).partition(b"\n")
        status, _, etag = head.decode().partition(" ")
        return Response(body, int(status), {"ETag": etag} if etag else None, media_type="application/json")

    def _seal(self) -> AESGCM:
        return AESGCM(hashlib.sha256(f"accord answer {self.key}".encode()).digest())


async def note_attempt(request: Request) -> None:
    """Note on `request` whether it carries a key, before anything is done about it.

    Raises:
        Malformed: the key is too short to be unguessable, or too long.
    """
    request.state.attempt = None
    if _key_of(request) is not None:
        note_what_was_said(request, await request.body())


def note_what_was_said(request: Request, body: bytes) -> None:
    """Note the attempt that a request is, if it carries a key; `body` stands for all that was sent.

    Raises:
        Malformed: the key is too short to be unguessable, or too long.
    """
    key = _key_of(request)
    if key is None:
        return
    said = (request.url.path, request.url.query, *(_said_in(request, name) for name in PART_OF_A_REQUEST))
    digest = hashlib.sha256("\n".join(said).encode() + b"\n" + body).digest()
    request.state.attempt = Attempt("", key, digest)


def _key_of(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if len(key) not in KEY_LENGTHS:
        raise Malformed("Idempotency-Key takes 16 to 200 characters; a random UUID is a good one.")
    return key


def _said_in(request: Request, name: str) -> str:
    """Return a header as it was sent, without the boundary that each attempt to send a form chooses anew."""
    return request.headers.get(name, "").partition("; boundary=")[0]


def belongs_to(session: Session, request: Request, caller: str) -> None:
    """Note on the transaction which attempt of whom it carries out, if the request has a key at all."""
    attempt: Attempt | None = request.state.attempt
    session.info["attempt"] = attempt and replace(attempt, caller=caller)


def refuse_or_replay(session: Session) -> None:
    """Let a first attempt pass; answer a repeated one as before.

    Raises:
        AlreadyAnswered: with the answer that was given.
        UnderWay: the first attempt has not been answered yet.
        Malformed: the key was used for another request.
    """
    attempt: Attempt | None = session.info["attempt"]
    if attempt is None:
        return
    if not session.scalar(LOCK, {"lock": attempt.lock}):
        raise UnderWay("A request with this Idempotency-Key is still under way; ask again in a moment.")
    before = session.execute(LOOK_UP, {"of_caller": attempt.caller, "of_key": attempt.key_digest}).one_or_none()
    if before is None:
        return
    if before.request_digest != attempt.request_digest:
        raise Malformed("This Idempotency-Key was used for another request; take a new key for a new request.")
    raise AlreadyAnswered(attempt.opened(before.answer))


def remember(session: Session, response: Response) -> None:
    """Keep the answer, in the transaction that it reports."""
    attempt: Attempt | None = session.info["attempt"]
    if attempt is None or response.status_code >= HTTPStatus.BAD_REQUEST:
        return
    answered = {
        "caller": attempt.caller,
        "key_digest": attempt.key_digest,
        "request_digest": attempt.request_digest,
        "answer": attempt.sealed(response),
    }
    session.execute(KEEP, answered)
