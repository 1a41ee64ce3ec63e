"""Checking a whole record: keys, checkpoint, tree, entries, and that it goes on from what was seen before."""

from collections.abc import Iterator
from dataclasses import dataclass

from accord.verifying.growing import Growing
from accord.verifying.memory import Memory
from accord.verifying.source import RecordError, ServedEntry, Source
from gateway.feed.leaves import body_of, digest, leaf
from gateway.log.checkpoints import Checkpoint
from gateway.log.keys import periods_of
from gateway.log.notes import UnreadableNoteError, UntrustedNoteError, VerifierKey, trusted_text
from gateway.log.tiles import full_or_partial, unbundle
from gateway.log.tree import leaf_hash
from shared.events.record import CaseExpunged


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found of a record that holds."""

    memory: Memory
    checkpoint: Checkpoint
    before: Checkpoint | None
    redacted: int
    expunged: int
    first_time: bool

    def sentences(self) -> Iterator[str]:
        """Say what was found."""
        yield (
            f"The record holds: {self.checkpoint.size:,} entries, signed as {self.checkpoint.origin}. "
            f"Every entry is what its leaf commits to, and every leaf is in the tree that was signed."
        )
        if self.redacted or self.expunged:
            yield f"Deleted and marked as such: {self.redacted} fields, and all fields of {self.expunged} entries."
        if self.before is not None:
            yield f"It goes on from the {self.before.size:,} entries that were seen before; none of them has changed."
        if self.first_time:
            yield "It was looked at for the first time, so its key was taken on trust; compare it with a printed one:"
            yield from self.memory.keys


def verify(source: Source, memory: Memory) -> Verified:
    """Check the record and return what to remember.

    Raises:
        RecordError: says what does not hold.
    """
    trusted = learned_keys(source.statements(), memory)
    try:
        checkpoint = Checkpoint.read(trusted_text(source.text("/log/checkpoint"), trusted))
    except UntrustedNoteError as wrong:
        raise RecordError(f"The checkpoint does not hold: {wrong}.") from wrong
    except UnreadableNoteError as wrong:
        raise RecordError(f"What is served at /log/checkpoint is no checkpoint: {wrong}.") from wrong
    before = memory.last()
    if before is not None:
        refuse_going_back(before, checkpoint)
    redacted, expunged = check_tree(source, checkpoint, before)
    keys = tuple(key.write() for key in trusted)
    kept = Memory(url=memory.url, keys=keys, checkpoint=checkpoint.text())
    return Verified(kept, checkpoint, before, redacted, expunged, first_time=not memory.keys)


def learned_keys(statements: list[str], memory: Memory) -> list[VerifierKey]:
    """Return the keys that are trusted: those that are remembered, and those that a trusted one has vouched for.

    The first time the last statement is taken on trust.

    Raises:
        RecordError: no statement can be trusted.
    """
    trusted = {key.id: key for key in memory.trusted()}
    try:
        if not trusted and statements:
            stated = periods_of(statements[-1].rpartition("\n\n")[0] + "\n")
            trusted = {one.verifier.id: one.verifier for one in stated if one.until is None}
            trusted_text(statements[-1], trusted.values())
        for statement in statements:
            try:
                stated = periods_of(trusted_text(statement, trusted.values()))
            except UntrustedNoteError:
                continue
            trusted |= {one.verifier.id: one.verifier for one in stated}
    except (UnreadableNoteError, UntrustedNoteError) as wrong:
        raise RecordError(f"What the log says of its keys does not hold: {wrong}.") from wrong
    if not trusted:
        raise RecordError("The log says nothing of its keys.")
    return list(trusted.values())


def refuse_going_back(before: Checkpoint, now: Checkpoint) -> None:
    """Refuse a log that has another name, is shorter than it was, or has another root at the same size.

    Raises:
        RecordError: it is.
    """
    if now.origin != before.origin:
        raise RecordError(f"The log called itself {before.origin} before and {now.origin} now; it is another one.")
    if now.size < before.size:
        raise RecordError(
            f"The log had {before.size:,} entries and has {now.size:,} now; what was signed was taken back."
        )
    if now.size == before.size and now.root != before.root:
        raise RecordError(f"Two different trees of {now.size:,} entries were signed; the log has split.")


def check_tree(source: Source, checkpoint: Checkpoint, before: Checkpoint | None) -> tuple[int, int]:
    """Compute the tree again from the entries, and return how many fields and how many entries were deleted.

    Raises:
        RecordError: an entry, a leaf, a tile or a root is not what it should be.
    """
    growing, tombstones = Growing(), Tombstones()
    for index, (entry, logged) in enumerate(beside(source, checkpoint.size)):
        check_entry(index, entry, logged)
        tombstones.note(entry)
        for level, tile, content in growing.add(leaf_hash(logged)):
            check_tile(level, tile.number, source.tile(level, tile), content)
        if before is not None and growing.size == before.size and growing.root() != before.root:
            raise RecordError(f"The first {before.size:,} entries are not those that were signed before.")
    for level, tile, content in growing.partial():
        check_tile(level, tile.number, source.tile(level, tile), content)
    if growing.root() != checkpoint.root:
        raise RecordError(f"The entries do not give the root that was signed for {checkpoint.size:,} of them.")
    tombstones.check()
    return tombstones.fields, len(tombstones.expunged)


def beside(source: Source, size: int) -> Iterator[tuple[ServedEntry, bytes]]:
    """Yield each entry of the feed beside its leaf in the log.

    Raises:
        RecordError: one of them is missing.
    """
    served, logged = source.entries(size), leaves(source, size)
    for index in range(size):
        entry, kept = next(served, None), next(logged, None)
        if entry is None or entry.index != index:
            raise RecordError(f"The feed lacks entry {index}.")
        if kept is None:
            raise RecordError(f"The log lacks the leaf of entry {index}.")
        yield entry, kept


def leaves(source: Source, size: int) -> Iterator[bytes]:
    """Yield the leaves of the log.

    Raises:
        RecordError: a bundle cannot be read, or does not have as many as it should.
    """
    number = 0
    while (tile := full_or_partial(number, size)) is not None:
        try:
            held = unbundle(source.tile("entries", tile))
        except ValueError as wrong:
            raise RecordError(f"Bundle {number} of the log cannot be read: {wrong}.") from wrong
        if len(held) != tile.width:
            raise RecordError(f"Bundle {number} of the log has {len(held)} entries and should have {tile.width}.")
        yield from held
        number += 1


def check_tile(level: int, number: int, served: bytes, computed: bytes) -> None:
    """Refuse a tile that is not what the entries give.

    Raises:
        RecordError: it is not.
    """
    if served != computed:
        raise RecordError(f"Tile {number} of level {level} is not what the entries give.")


def check_entry(index: int, entry: ServedEntry, logged: bytes) -> None:
    """Refuse an entry whose leaf is another one, or whose values are not those that it commits to.

    Raises:
        RecordError: it is so.
    """
    try:
        told = (entry.index, entry.type, entry.agency, entry.reference, entry.day_of())
        computed = leaf(*told, body_of(entry.digests))
        shown = [digest(entry.salts[name], name, value) for name, value in entry.fields.items()]
    except (KeyError, ValueError) as wrong:
        raise RecordError(f"Entry {index} cannot be checked: a value of it has no salt, or no form.") from wrong
    if computed != logged:
        raise RecordError(f"Entry {index} is not the one that is in the log.")
    if not set(shown) <= set(entry.digests):
        raise RecordError(f"Entry {index} shows a value that it did not commit to.")
    hidden = len(entry.digests) - len(shown)
    if hidden != len(entry.redacted) and entry.expunged_by is None:
        raise RecordError(f"Entry {index} hides {hidden} fields and says so of {len(entry.redacted)}.")
    if entry.expunged_by is not None and (entry.fields or entry.salts):
        raise RecordError(f"Entry {index} is said to be expunged and still shows values.")


class Tombstones:
    """What was deleted, and the entries that tell by which order."""

    def __init__(self) -> None:
        self.fields = 0
        self.expunged = dict[int, int]()
        self.told = set[int]()

    def note(self, entry: ServedEntry) -> None:
        """Note what an entry says of deletions."""
        self.fields += len(entry.redacted)
        if entry.expunged_by is not None:
            self.expunged[entry.index] = entry.expunged_by
        if entry.type == CaseExpunged.name:
            self.told.add(entry.index)

    def check(self) -> None:
        """Refuse an expunged entry without an entry that tells of the order.

        Raises:
            RecordError: there is one.
        """
        for index, by in self.expunged.items():
            if by not in self.told:
                raise RecordError(f"Entry {index} was expunged, and entry {by} does not tell by which order.")
