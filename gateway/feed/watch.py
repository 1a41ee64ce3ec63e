"""What a gateway's process knows of the end of the feed, and hears of at once; everybody who waits here is told by it.

One connection listens to PostgreSQL for the whole process. It looks again every second, too, so that an unheard word
costs a second and not an entry; and while it cannot look, nobody takes what is known here for the truth.
"""

import asyncio
import logging
import time
from collections import deque
from dataclasses import dataclass, field

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from gateway.database import NAME
from gateway.feed.models import CHANNEL, Entry, FeedHead
from gateway.feed.sentences import Language
from gateway.feed.shapes import spoken
from shared.db import CONNECT, database_url
from shared.errors import Away
from shared.policy import Policy

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
SURE_SECONDS = 2.0
"""How long what was seen may be taken for the truth."""
PATIENCE_SECONDS = 10.0
"""How long somebody who begins to follow waits for that; thousands who come at once are all served."""
AGAIN_SECONDS = 0.5
RECENT = 1_000
"""Entries that are kept ready to be sent, once for all who follow."""
BATCH = 500


@dataclass(slots=True)
class Message:
    """An entry as it is sent to whoever follows the feed; put together once for each language."""

    entry: Entry
    policy: Policy
    _written: dict[Language, bytes] = field(default_factory=dict)

    def written(self, language: Language) -> bytes:
        """Return the server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
        if language not in self._written:
            told = spoken(self.entry, self.policy, language).model_dump_json()
            self._written[language] = f"id: {self.entry.index}\nevent: entry\ndata: {told}\n\n".encode()
        return self._written[language]


class Watch:
    """The end of the feed, watched while `run` runs."""

    def __init__(self, engine: AsyncEngine, server: str, policy: Policy) -> None:
        self._engine = engine
        url = database_url(server, NAME).set(drivername="postgresql").render_as_string(hide_password=False)
        self._url = make_conninfo(url, **{name: str(value) for name, value in CONNECT.items()})
        self.policy = policy
        self._sure_until = 0.0
        self._change = asyncio.Event()
        self.length = 0
        """How many entries there are."""
        self.acts = 0
        """How often the record has changed an earlier entry."""
        self.recent: deque[Message] = deque(maxlen=RECENT)
        """The newest entries without a gap, the newest last."""

    @property
    def is_sure(self) -> bool:
        """Whether what is known here was so a moment ago."""
        return time.monotonic() < self._sure_until

    def state(self) -> tuple[int, int]:
        """Return what answers depend on: the feed's length and how often it has changed."""
        return self.length, self.acts

    async def sure(self) -> None:
        """Return when it is known how long the feed is.

        Raises:
            Away: that cannot be known now.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.is_sure:
            if time.monotonic() > deadline:
                raise Away("The feed cannot be followed now; what was published is not lost. Try again in a moment.")
            await asyncio.sleep(0.05)

    async def change(self) -> None:
        """Return when there is something new, or nothing was for a second."""
        await self._change.wait()

    async def run(self) -> None:
        """Watch until cancelled; begin again whenever the database goes away."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, SQLAlchemyError, OSError) as fault:
                logger.info("cannot watch the feed now: %s", type(fault).__name__)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            await connection.execute(f"listen {CHANNEL}")
            while True:
                await self._look()
                async for _ in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                    pass

    async def _look(self) -> None:
        begun = time.monotonic()
        async with AsyncSession(self._engine) as session:
            head = (await session.execute(select(FeedHead.next_index, FeedHead.acts))).one()
            if (head.acts != self.acts) or head.next_index < self.length:
                self.recent.clear()  # a message may hold what was deleted since
            await self._take(session, head.next_index)
        self.length, self.acts = head.next_index, head.acts
        self._sure_until = begun + SURE_SECONDS
        self._change.set()
        self._change = asyncio.Event()

    async def _take(self, session: AsyncSession, length: int) -> None:
        """Put the entries that are new here, up to `length`, with those that are ready."""
        first = self.recent[-1].entry.index + 1 if self.recent else max(self.length, length - BATCH, 0)
        while first < length:
            some = select(Entry).where(Entry.index >= first, Entry.index < length).order_by(Entry.index).limit(BATCH)
            found = (await session.scalars(some)).all()
            if not found:
                return
            self.recent.extend(Message(entry, self.policy) for entry in found)
            first = found[-1].index + 1
