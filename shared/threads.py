"""Threads of messages: what the sides of a case say to each other, sealed, with what was read and what waits.

A thread is said between sides, such as staff and whoever complained. Which sides a person stands on, and so which
threads they may read, is the service's own rule. Nothing that was said is changed; erasing a case shreds its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID, uuid4

from pydantic import AfterValidator, StringConstraints
from sqlalchemy import ColumnElement, Index, Select, UniqueConstraint, and_, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.cases import Case
from shared.errors import Objection
from shared.tables import Table, plain
from shared.vault import Vault
from shared.words import without_control_characters

LONGEST = 5_000

MessageText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    AfterValidator(without_control_characters),
]
"""What is said at once: up to 5,000 characters."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation that every case of a service can have."""

    name: str
    most: int
    """How many messages it takes."""
    waiting: int
    """How many messages to staff may wait for an answer; 0 where nothing waits for one."""


STAFF = "staff"
"""The side of those who work on the case."""


class Message(Table):
    """One message, sealed."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("case_id", "thread", "position"),
        Index("message_waiting", "agency", "said_at", postgresql_where=text("waiting")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID]
    agency: Mapped[str]
    thread: Mapped[str]
    position: Mapped[int]
    side: Mapped[str]
    author_id: Mapped[UUID]
    sealed: Mapped[bytes]
    said_at: Mapped[datetime]
    waiting: Mapped[bool]
    """Whether another side is still to answer it."""


class ReadMark(Table):
    """Up to which message a side had read a thread, and when."""

    __tablename__ = "read_mark"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    thread: Mapped[str] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    agency: Mapped[str]
    read_at: Mapped[datetime]


MARK = insert(plain(ReadMark)).on_conflict_do_nothing()


class Words(NamedTuple):
    """What somebody says."""

    side: str
    author_id: UUID
    text: str
    at: datetime


class Spoken(NamedTuple):
    """A message, opened."""

    id: UUID
    side: str
    text: str
    said_at: datetime
    read_at: datetime | None
    """When the first of the other sides read it."""


def say(session: Session, vault: Vault, case: Case, thread: Thread, words: Words) -> Message:
    """Add a message to a thread of a case that the transaction has locked; it answers what the other sides said.

    Raises:
        Objection: the thread is full, or this side has said enough until it is answered.
    """
    said, waiting = session.execute(
        _of(case.id, thread).with_only_columns(func.count(), func.count().filter(Message.waiting))
    ).one()
    waits = thread.waiting > 0 and words.side != STAFF
    if said >= thread.most:
        raise Objection(f"This takes {thread.most} entries, and no more; speak with the contact that is named.")
    if waits and waiting >= thread.waiting:
        raise Objection(f"You have written {waiting} times, and it is seen; write again after an answer.")
    settle(session, case.id, thread, words.side)
    message = Message(
        id=uuid4(),
        case_id=case.id,
        agency=case.agency,
        thread=thread.name,
        position=said + 1,
        side=words.side,
        author_id=words.author_id,
        said_at=words.at,
        waiting=waits,
    )
    message.sealed = vault.seal(session, case.id, _place(message.id), words.text)
    session.add(message)
    return message


def settle(session: Session, case_id: UUID, thread: Thread, side: str) -> int:
    """Let nothing of the other sides wait for an answer any more, and return how many messages did."""
    answered = and_(Message.case_id == case_id, Message.thread == thread.name, Message.side != side, Message.waiting)
    return len(session.scalars(update(Message).where(answered).values(waiting=False).returning(Message.id)).all())


def conversation(session: Session, vault: Vault, case_id: UUID, thread: Thread) -> list[Spoken]:
    """Return what was said in a thread, in its order."""
    messages = session.scalars(_of(case_id, thread).order_by(Message.position)).all()
    marks = select(ReadMark).where(ReadMark.case_id == case_id, ReadMark.thread == thread.name)
    read = session.scalars(marks.order_by(ReadMark.read_at)).all()
    return [
        Spoken(
            id=one.id,
            side=one.side,
            text=vault.open(session, case_id, _place(one.id), one.sealed),
            said_at=one.said_at,
            read_at=_read_at(one, read),
        )
        for one in messages
    ]


def mark_read(session: Session, case: Case, thread: Thread, side: str, now: datetime) -> None:
    """Note that a side has read all that stands in a thread now."""
    last = session.scalar(_of(case.id, thread).with_only_columns(func.max(Message.position)))
    if last is not None:
        mark = {"case_id": case.id, "thread": thread.name, "side": side, "position": last}
        session.execute(MARK, {**mark, "agency": case.agency, "read_at": now})


def unread(session: Session, case_id: UUID, thread: Thread, side: str) -> int:
    """Return how many messages of the others a side has not read."""
    mine = and_(ReadMark.case_id == case_id, ReadMark.thread == thread.name, ReadMark.side == side)
    read = select(func.coalesce(func.max(ReadMark.position), 0)).where(mine).scalar_subquery()
    found = _of(case_id, thread).where(Message.side != side, Message.position > read)
    return session.scalar(found.with_only_columns(func.count())) or 0


def waiting_for_staff() -> ColumnElement[bool]:
    """Return the condition for messages that staff are to answer, as the index for waiting messages serves it."""
    return and_(Message.waiting, Message.side != STAFF)


def _of(case_id: UUID, thread: Thread) -> Select[Message]:
    return select(Message).where(Message.case_id == case_id, Message.thread == thread.name)


def _read_at(message: Message, marks: Sequence[ReadMark]) -> datetime | None:
    seen = (mark.read_at for mark in marks if mark.side != message.side and mark.position >= message.position)
    return next(seen, None)


def _place(message_id: UUID) -> str:
    return f"message.sealed:{message_id}"
