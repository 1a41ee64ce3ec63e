"""The questions that the public asks of the feed."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.feed.asked import PAGE, Wanted
from gateway.feed.models import LENGTH, Entry
from shared.errors import NotFound


async def size(session: AsyncSession) -> int:
    """Return how many entries there are, which is also the next index."""
    return await session.scalar(LENGTH) or 0


async def entry(session: AsyncSession, index: int) -> Entry:
    """Return one entry.

    Raises:
        NotFound: the feed is not that long.
    """
    found = await session.get(Entry, index)
    if found is None:
        raise NotFound("The feed has no entry {index} yet.", index=index)
    return found


async def page(session: AsyncSession, number: int, length: int) -> Sequence[Entry]:
    """Return the entries of a page of a feed of `length`, the newest first."""
    first, end = number * PAGE, min((number + 1) * PAGE, length)
    return await newest_first(session, [Entry.index >= first, Entry.index < end], PAGE)


async def matching(session: AsyncSession, wanted: Wanted, before: int | None, limit: int) -> Sequence[Entry]:
    """Return the newest entries of those that are wanted, or the newest of them before an index."""
    earlier = [] if before is None else [Entry.index < before]
    return await newest_first(session, [*wanted.conditions(), *earlier], limit)


async def newest_first(session: AsyncSession, conditions: Sequence[ColumnElement[bool]], limit: int) -> Sequence[Entry]:
    """Return the newest entries for which all conditions hold."""
    wanted = select(Entry).where(*conditions).order_by(Entry.index.desc()).limit(limit)
    return (await session.scalars(wanted)).all()
