"""The questions that the public asks of the feed."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.feed.models import Entry
from shared.errors import NotFound

PAGE = 100
"""Entries of a full page; page N holds the indexes from N x 100 on."""


async def size(session: AsyncSession) -> int:
    """Return how many entries there are, which is also the next index."""
    return await session.scalar(select(func.coalesce(func.max(Entry.index) + 1, 0))) or 0


async def entry(session: AsyncSession, index: int) -> Entry:
    """Return one entry.

    Raises:
        NotFound: the feed is not that long.
    """
    found = await session.get(Entry, index)
    if found is None:
        raise NotFound(f"The feed has no entry {index} yet.")
    return found


async def page(session: AsyncSession, number: int, length: int, kind: str | None) -> Sequence[Entry]:
    """Return the entries of a page of a feed of `length`, the newest first; of one type only if `kind` is given."""
    first, end = number * PAGE, min((number + 1) * PAGE, length)
    return await _newest_first(session, [Entry.index >= first, Entry.index < end, *_of_type(kind)], PAGE)


async def of_agency(
    session: AsyncSession, agency: str, before: int | None, kind: str | None, limit: int = PAGE
) -> Sequence[Entry]:
    """Return an agency's newest entries, or those before an index."""
    earlier = [] if before is None else [Entry.index < before]
    return await _newest_first(session, [Entry.agency == agency, *earlier, *_of_type(kind)], limit)


async def newest(session: AsyncSession, limit: int) -> Sequence[Entry]:
    """Return the newest entries of all agencies."""
    return await _newest_first(session, [], limit)


def _of_type(kind: str | None) -> list[ColumnElement[bool]]:
    return [] if kind is None else [Entry.type == kind]


async def _newest_first(
    session: AsyncSession, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Sequence[Entry]:
    wanted = select(Entry).where(*conditions).order_by(Entry.index.desc()).limit(limit)
    return (await session.scalars(wanted)).all()
