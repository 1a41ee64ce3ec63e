"""What can be asked of the log. Nothing is told that lies beyond the last checkpoint."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from gateway.feed import queries as feed
from gateway.feed.models import Entry
from gateway.log.checkpoints import Checkpoint
from gateway.log.keys import WrongLogKeyError
from gateway.log.loop import DELAY_SECONDS
from gateway.log.models import LAST, REFUSAL, LogCheckpoint, LogCosignature, LogKeys, LogNode
from gateway.log.notes import COSIGNATURE, Note, Signature, UnreadableNoteError, UntrustedNoteError, VerifierKey
from gateway.log.proofs import Proof
from gateway.log.sequencer import leaf_as_kept
from gateway.log.tiles import HEIGHT, WIDTH, Tile, full_or_partial, on_level
from gateway.log.tree import HASH_BYTES, Node, Read, inclusion
from shared.errors import Malformed, NotFound

NOTHING_YET = f"Nothing was signed yet; what the feed has is in the log within {DELAY_SECONDS} seconds."
SOON = f"What the feed has is in the log within {DELAY_SECONDS} seconds."


class NotYet(NotFound):
    """The log does not have it; nobody may keep that answer, since it may have it soon."""

    headers = MappingProxyType({"Cache-Control": "no-store"})


class Condition(NamedTuple):
    """How the log is."""

    size: int
    entries: int
    signed_at: datetime | None
    refusal: str | None


async def condition(session: AsyncSession) -> Condition:
    """Return how far the log and the feed are, and why nothing is signed if that is so."""
    signed = await session.scalar(LAST)
    entries = await feed.size(session)
    refusal = await session.scalar(REFUSAL)
    size, at = (0, None) if signed is None else (signed.size, signed.signed_at)
    return Condition(size, entries, at, refusal or None)


async def last(session: AsyncSession) -> LogCheckpoint:
    """Return the last checkpoint.

    Raises:
        NotYet: nothing was signed yet.
    """
    found = await session.scalar(LAST)
    if found is None:
        raise NotYet(NOTHING_YET)
    return found


async def cosigned(session: AsyncSession, checkpoint: LogCheckpoint) -> str:
    """Return a checkpoint's note, with what witnesses have put under it."""
    wanted = select(LogCosignature.line).where(LogCosignature.size == checkpoint.size)
    lines = await session.scalars(wanted.order_by(LogCosignature.received_at, LogCosignature.witness))
    return checkpoint.note + "".join(lines)


async def keys(session: AsyncSession) -> list[str]:
    """Return every statement on the log's keys, the first one first."""
    return list(await session.scalars(select(LogKeys.note).order_by(LogKeys.number)))


async def tile(session: AsyncSession, level: int, asked: Tile) -> bytes:
    """Return the hashes of a tile.

    Raises:
        NotYet: no checkpoint has that tile, or not that much of it.
    """
    await refuse_beyond(session, level, asked)
    node, first = LogNode, asked.number * WIDTH
    there = (node.level == level * HEIGHT, node.index >= first, node.index < first + asked.width)
    found = (await session.scalars(select(node.hash).where(*there).order_by(node.index))).all()
    return b"".join(found)


async def entries(session: AsyncSession, asked: Tile) -> list[bytes]:
    """Return the leaves of a bundle of entries.

    Raises:
        NotYet: no checkpoint has that bundle, or not that much of it.
    """
    await refuse_beyond(session, 0, asked)
    first = asked.number * WIDTH
    there = select(Entry).where(Entry.index >= first, Entry.index < first + asked.width).order_by(Entry.index)
    return [leaf_as_kept(entry) for entry in await session.scalars(there)]


async def refuse_beyond(session: AsyncSession, level: int, asked: Tile) -> None:
    """Refuse a tile that the last checkpoint does not have.

    Raises:
        NotYet: it has not.
    """
    size = (await last(session)).size
    there = full_or_partial(asked.number, on_level(level, size))
    if there is None or there.width < asked.width:
        raise NotYet(f"The log of {size} entries has no such tile yet.")


async def proof(session: AsyncSession, index: int) -> Proof:
    """Return the proof that an entry is in the tree of the last checkpoint.

    Raises:
        NotYet: it is not yet.
    """
    checkpoint = await last(session)
    if index >= checkpoint.size:
        raise NotYet(f"Entry {index} is not in the log yet. {SOON}")
    hashes = await nodes(session, lambda read: inclusion(index, checkpoint.size, read))
    return Proof(index, tuple(hashes), await cosigned(session, checkpoint))


async def nodes(session: AsyncSession, ask: Callable[[Read], list[bytes]]) -> list[bytes]:
    """Return what `ask` makes of the tree's nodes, which are read at once."""
    needed = list[Node]()

    def noting(level: int, index: int) -> bytes:
        needed.append((level, index))
        return bytes(HASH_BYTES)

    ask(noting)
    place = tuple_(LogNode.level, LogNode.index)
    found = (await session.scalars(select(LogNode).where(place.in_(needed)))).all() if needed else ()
    known = {(node.level, node.index): node.hash for node in found}
    return ask(lambda level, index: known[level, index])


async def first_of(session: AsyncSession, reference: str) -> Entry:
    """Return the first entry of a case.

    Raises:
        NotYet: the feed has none.
    """
    found = await session.scalar(select(Entry).where(Entry.reference == reference).order_by(Entry.index).limit(1))
    if found is None:
        raise NotYet(f"The feed has nothing of this case yet. {SOON}")
    return found


async def cosignatures(
    session: AsyncSession, written: str, witnesses: Sequence[VerifierKey]
) -> tuple[int, list[Signature]]:
    """Return the size of our checkpoint that a note is of, and the cosignatures of known witnesses under it.

    Raises:
        Malformed: it is no note, it is not a checkpoint of this log, or no known witness has signed it.
    """
    try:
        note = Note.read(written)
        checkpoint = Checkpoint.read(note.text)
        signed = [found for key in witnesses if (found := key.signed(note)) is not None]
    except (UnreadableNoteError, UntrustedNoteError) as wrong:
        raise Malformed(f"The cosignature was not taken: {wrong}.") from wrong
    ours = await session.get(LogCheckpoint, checkpoint.size)
    if ours is None or Note.read(ours.note).text != note.text:
        raise Malformed("The cosignature was not taken: this is no checkpoint that the log has signed.")
    if not signed:
        raise Malformed("The cosignature was not taken: no witness that this log shows has signed it.")
    return checkpoint.size, signed


async def keep(connection: AsyncConnection, size: int, signed: Sequence[Signature]) -> None:
    """Write cosignatures down; those that are there stay as they are."""
    rows = [{"size": size, "witness": one.name, "line": one.line()} for one in signed]
    await connection.execute(insert(LogCosignature).values(rows).on_conflict_do_nothing())


def witnesses_of(written: Sequence[str]) -> tuple[VerifierKey, ...]:
    """Read the witnesses that an operator names.

    Raises:
        WrongLogKeyError: one is no key of a witness.
    """
    try:
        read = tuple(VerifierKey.read(one) for one in written)
    except UnreadableNoteError as wrong:
        raise WrongLogKeyError(f"A key in ACCORD_LOG_WITNESSES cannot be read: {wrong}.") from wrong
    if any(one.type != COSIGNATURE for one in read):
        raise WrongLogKeyError("A key in ACCORD_LOG_WITNESSES is a log's; a witness's is of type 4.")
    return read
