"""Following the feed: server-sent events whose id is the index, from any place on, without gap or repetition.

Nothing is queued for anybody: whoever follows has a place in the feed and takes the next entries from those that are
ready for all, or from the database. A client that does not read is stopped, and resumes with `Last-Event-ID`.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from starlette.types import Receive, Scope, Send

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed import queries
from gateway.feed.asked import EACH_ONCE, LARGEST, AskedOfAgency, Wanted
from gateway.feed.models import Entry
from gateway.feed.sentences import Language
from gateway.feed.watch import Message, Watch
from gateway.leaving import departure
from shared.errors import Malformed

router = APIRouter(tags=["feed"])

HEARTBEAT_SECONDS = 15.0
PATIENCE_SECONDS = 15.0
"""How long a client may leave its connection full before it is stopped."""
TOGETHER = 100
"""Entries that are sent at once."""
EARLIEST = "earliest"
BEGIN = b"retry: 2000\n\n"
"""An EventSource comes back two seconds after it was cut."""


class Followed(BaseModel):
    """What can be followed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: str | None = Field(
        None, description="an index, to go on after it; `earliest` for the whole feed; absent for what is new"
    )
    type: str | None = Field(None, description="only entries of this type")
    agency: str | None = Field(None, description="only entries of this agency")
    language: Language = "en"


@router.get(
    "/feed/stream",
    dependencies=[open_to_all("anyone may follow the feed"), EACH_ONCE],
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def stream(
    request: Request,
    session: Reading,
    followed: Annotated[Followed, Query()],
    last: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> Response:
    """Follow the feed: each entry is an event whose id is its index. `Last-Event-ID` goes before `after`."""
    watch: Watch = request.app.state.watch
    asked = AskedOfAgency(type=followed.type).wanted(request.app.state.policy, followed.agency)
    await watch.sure()
    first = await first_wanted(last or followed.after, watch.length, session)
    return Stream(Follower(watch, request.app.state.engine, asked, followed.language, first))


async def first_wanted(after: str | None, length: int, session: AsyncSession) -> int:
    """Return the index to begin with in a feed of at least `length`; another gateway may have told more of it already.

    Raises:
        Malformed: `after` is no index of the feed.
    """
    if after is None:
        return length
    if after == EARLIEST:
        return 0
    if not re.fullmatch("[0-9]{1,19}", after) or int(after) > LARGEST:
        raise Malformed("Follow the feed after an index, such as 17, or from `earliest`.")
    first = int(after) + 1
    if first > length and first > (length := await queries.size(session)):
        raise Malformed(f"The feed has no entry {after} yet; it has {length}. Leave the index out, or say `earliest`.")
    return first


class Follower:
    """Whoever follows, at their place in the feed."""

    def __init__(self, watch: Watch, engine: AsyncEngine, wanted: Wanted, language: Language, first: int) -> None:
        self._watch = watch
        self._engine = engine
        self._wanted = wanted
        self._language = language
        self._next = first

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield what is to be sent, as it comes to be; ends when nobody can follow any more."""
        told = time.monotonic()
        yield BEGIN
        while True:
            part = await self._new() if self._next < self._watch.length else b""
            if part:
                told = time.monotonic()
                yield part
            elif time.monotonic() - told >= HEARTBEAT_SECONDS:
                told = time.monotonic()
                yield b":\n\n"
            if self._next >= self._watch.length:
                await self._watch.change()

    async def _new(self) -> bytes:
        """Return what is next, and go on behind it; empty when nothing of it is wanted."""
        recent = self._watch.recent
        first = recent[0].entry.index if recent else self._watch.length
        if first <= self._next:
            begin = self._next - first
            messages = list(islice(recent, begin, begin + TOGETHER))
            self._next = messages[-1].entry.index + 1
        else:
            messages = await self._from_the_database()
        return b"".join(one.written(self._language) for one in messages if self._wants(one.entry))

    async def _from_the_database(self) -> list[Message]:
        length = self._watch.length
        conditions = [*self._wanted.conditions(), Entry.index >= self._next, Entry.index < length]
        wanted = select(Entry).where(*conditions).order_by(Entry.index).limit(TOGETHER)
        async with AsyncSession(self._engine) as session:
            found = (await session.scalars(wanted)).all()
        self._next = found[-1].index + 1 if len(found) == TOGETHER else length
        return [Message(entry, self._watch.policy) for entry in found]

    def _wants(self, entry: Entry) -> bool:
        return self._wanted.agency in (None, entry.agency) and self._wanted.type in (None, entry.type)


class Stream(Response):
    """An answer that goes on until the client is gone, or does not read."""

    def __init__(self, follower: Follower) -> None:
        super().__init__(media_type="text/event-stream")
        del self.headers["content-length"]
        self.headers.update(
            {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Access-Control-Allow-Origin": "*"}
        )
        self._follower = follower
        self._sending_since: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until one of the three ends it."""
        del scope
        tasks = [asyncio.create_task(one) for one in (self._send(send), departure(receive), self._impatience())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for part in self._follower.parts():
            self._sending_since = time.monotonic()
            await send({"type": "http.response.body", "body": part, "more_body": True})
            self._sending_since = None

    async def _impatience(self) -> None:
        """Return when the client has not read for too long."""
        while True:
            await asyncio.sleep(PATIENCE_SECONDS / 3)
            since = self._sending_since
            if since is not None and time.monotonic() - since > PATIENCE_SECONDS:
                return
