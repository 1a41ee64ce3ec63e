"""Growing the tree by what the feed has grown, and signing it: one root for one size, whatever is killed or doubled.

The order of a round is what its promise stands on: the nodes are written and read again; that the tree only grew is
proved from what was read; the note is put in the second place; and only then the transaction that shows it commits.
A round that was killed in between left a note that nobody saw, and the next one comes to the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from gateway.feed.leaves import body_of, digest, leaf
from gateway.feed.models import LENGTH, Entry
from gateway.log.checkpoints import Checkpoint
from gateway.log.keys import KeyRing
from gateway.log.models import LAST, LogCheckpoint, LogKeys, LogNode
from gateway.log.notes import trusted_text
from gateway.log.second_place import FILE, SecondPlace
from gateway.log.tree import EMPTY_ROOT, Read, consistency, grown, is_consistent, leaf_hash, root
from shared.db import Database
from shared.occasion import Occasion
from shared.settings import Settings
from shared.tables import plain

TOGETHER = 1_000
"""Entries that one round takes at most."""
LOOKED_AT = 256
"""Entries of the past that one look compares with the tree."""
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('accord log'))")


class LogRefusedError(Exception):
    """The log signs nothing: what it would sign is not what it signed before, or is not what it was given."""


@dataclass(frozen=True, slots=True)
class Sequencer:
    """Signs the tree of one gateway's feed."""

    database: Database
    ring: KeyRing
    second: SecondPlace
    step: Callable[[str], None] = lambda _: None
    """Is told each step before it is taken; for tests that kill."""

    @classmethod
    def of(cls, database: Database, settings: Settings, ring: KeyRing) -> "Sequencer":
        """Return the sequencer of an installation that signs with these keys."""
        return cls(database, ring, SecondPlace((settings.log_folder or settings.folder) / FILE))

    def advance(self) -> int:
        """Take in what the feed has beyond the tree, sign it, and return how many entries that were.

        Raises:
            LogRefusedError: says what does not agree; nothing was signed.
        """
        told = Occasion(service=self.database.service, agency="")
        with self.second.alone(), self.database.transaction(told) as session:
            session.execute(ONE_AT_A_TIME)
            self._state_keys(session)
            last = last_checkpoint(session, self.ring.origin)
            promised = self._promised(session, last)
            there = session.scalar(LENGTH) or 0
            size = promised.size if promised else min(there, last.size + TOGETHER)
            if size > there:
                raise LogRefusedError(f"The feed has {there} entries, and a tree of {size} was signed; put it back.")
            if size > last.size:
                self._grow(session, last, size, promised)
        return size - last.size

    def look_again(self, start: int) -> int:
        """Compare some signed entries, from `start`, with the tree, and return where the next look begins.

        Raises:
            LogRefusedError: an entry is not what was signed.
        """
        with self.database.transaction(Occasion(service=self.database.service, agency="")) as session:
            size = last_checkpoint(session, self.ring.origin).size
            first = start if start < size else 0
            end = min(first + LOOKED_AT, size)
            now = [leaf_hash(one) for one in leaves(session, first, end)]
            then = written(session, first, end)
            if now != then:
                changed = next(
                    (at for at, pair in enumerate(zip(now, then, strict=False), first) if len({*pair}) > 1), end
                )
                raise LogRefusedError(f"Entry {changed} is not what was signed.")
        return end

    def _grow(self, session: Session, last: Checkpoint, size: int, promised: Checkpoint | None) -> None:
        self.step("nodes")
        hashes = [leaf_hash(one) for one in leaves(session, last.size, size)]
        nodes = grown(last.size, hashes, reading(session))
        rows = [{"level": level, "index": index, "hash": hashed} for level, index, hashed in nodes]
        session.execute(insert(plain(LogNode)), rows)
        self.step("proof")
        read = reading(session)
        reached = Checkpoint(self.ring.origin, size, root(size, read))
        grew = is_consistent(last.size, size, last.root, reached.root, consistency(last.size, size, read))
        again = [leaf_hash(one) for one in leaves(session, last.size, size)]
        if not grew or written(session, last.size, size) != again:
            raise LogRefusedError(f"The tree of {size} entries does not go on from the one of {last.size}.")
        if promised is not None and promised.root != reached.root:
            raise LogRefusedError(f"Another tree of {size} entries was signed before; the feed has been changed.")
        note = self.ring.sign(reached.text())
        self.step("second place")
        self.second.write(note)
        self.step("checkpoint")
        session.add(LogCheckpoint(size=size, root=reached.root, note=note, signed_at=datetime.now(UTC)))
        session.flush()
        self.step("commit")

    def _promised(self, session: Session, last: Checkpoint) -> Checkpoint | None:
        """Return the checkpoint that is in the second place only, or None; both places agree up to the shorter one.

        Raises:
            LogRefusedError: they do not.
        """
        kept = self.second.read()
        if kept is None:
            return None
        verifiers = [signer.verifier for signer, _, _ in self.ring.keys]
        try:
            there = Checkpoint.read(trusted_text(kept, verifiers))
        except ValueError as wrong:
            raise LogRefusedError(f"The checkpoint in {self.second.file.name} is not ours: {wrong}.") from wrong
        if there.size > last.size:
            return there
        if root(there.size, reading(session)) != there.root:
            raise LogRefusedError(f"The tree in the database is not the one that was signed at {there.size} entries.")
        return None

    def _state_keys(self, session: Session) -> None:
        """Say which keys there are, if neither this worker nor another has said so before."""
        said = self.ring.statement()
        notes = session.scalars(select(LogKeys.note).order_by(LogKeys.number)).all()
        if not any(note.startswith(f"{said}\n") for note in notes):
            session.add(LogKeys(number=len(notes), note=self.ring.sign(said), signed_at=datetime.now(UTC)))


def last_checkpoint(session: Session, origin: str) -> Checkpoint:
    """Return the last checkpoint, or that of the empty tree.

    Raises:
        LogRefusedError: its row does not say what its note says.
    """
    row = session.scalar(LAST)
    if row is None:
        return Checkpoint(origin, 0, EMPTY_ROOT)
    said = Checkpoint(origin, row.size, row.root)
    if not row.note.startswith(said.text()):
        raise LogRefusedError(f"The checkpoint of {row.size} entries in the database is not the one that was signed.")
    return said


def leaves(session: Session, start: int, end: int) -> list[bytes]:
    """Return the leaves of entries, as they are now.

    Raises:
        LogRefusedError: one is missing, or does not hold what it commits to.
    """
    wanted = select(Entry).where(Entry.index >= start, Entry.index < end).order_by(Entry.index)
    found = session.scalars(wanted.execution_options(populate_existing=True)).all()
    if [entry.index for entry in found] != list(range(start, end)):
        raise LogRefusedError(f"The feed lacks an entry between {start} and {end - 1}.")
    return [leaf_of(entry) for entry in found]


def leaf_of(entry: Entry) -> bytes:
    """Return an entry's leaf.

    Raises:
        LogRefusedError: it does not hold what it commits to.
    """
    kept = {digest(entry.salts[name], name, value) for name, value in entry.fields.items() if name in entry.salts}
    if not kept <= set(entry.digests) or entry.fields.keys() != entry.salts.keys():
        raise LogRefusedError(f"Entry {entry.index} does not hold what it commits to.")
    return leaf_as_kept(entry)


def leaf_as_kept(entry: Entry) -> bytes:
    """Return an entry's leaf, as its digests have it."""
    body = body_of(entry.digests)
    return leaf(entry.index, entry.type, entry.agency, entry.reference, entry.day, body)


def written(session: Session, start: int, end: int) -> Sequence[bytes]:
    """Return the hashes of these entries, as they are in the tree."""
    node = plain(LogNode).c
    there = select(node.hash).where(node.level == 0, node.index >= start, node.index < end)
    return session.execute(there.order_by(node.index)).scalars().all()


def reading(session: Session) -> Read:
    """Return what reads nodes of the tree, each once."""
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        if (level, index) not in known:
            node = plain(LogNode).c
            found = session.execute(select(node.hash).where(node.level == level, node.index == index)).scalar()
            if found is None:
                raise LogRefusedError(f"The tree lacks the node {index} of level {level}.")
            known[level, index] = found
        return known[level, index]

    return read
