"""Files of cases and their chain of custody: who brought a file, who has read it, to whom a copy went, when and why.

A file's name and key are sealed under the key of its case, so that erasing the case erases its files. What is written
in the chain is never changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Protocol
from uuid import UUID, uuid4

from fastapi import Depends, Request
from sqlalchemy import ForeignKey, Identity, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actors import Actor
from shared.db import Database
from shared.errors import NotFound, Objection
from shared.files import Content, Files
from shared.occasion import Occasion
from shared.sniffing import Media
from shared.tables import Table
from shared.uploads import Upload
from shared.vault import Vault

ORPHAN_SECONDS = 86_400.0
"""After which a file of which no row tells was left by a transaction that did not commit; none takes so long."""
AT_ONCE = 1_000
"""Files that are asked about with one statement; more than 65,535 cannot be."""


class Deed(StrEnum):
    """What happened to a file."""

    RECEIVED = "received"
    READ = "read"
    COPIED_OUT = "copied out"


class KeptFile(Table):
    """One file of one case."""

    __tablename__ = "kept_file"
    __table_args__ = (UniqueConstraint("case_id", "sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID]
    agency: Mapped[str]
    address: Mapped[str] = mapped_column(unique=True)
    """Where it lies: the SHA-256 of what lies there."""
    sha256: Mapped[bytes]
    """Of the file as it was handed in."""
    size: Mapped[int]
    media: Mapped[Media]
    sealed_name: Mapped[bytes]
    sealed_key: Mapped[bytes]
    walled: Mapped[bool]
    """Whether only those see it for whom the service opens its wall."""
    kept_at: Mapped[datetime]


class CustodyEntry(Table):
    """An entry of a file's chain of custody."""

    __tablename__ = "custody_entry"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("kept_file.id"), index=True)
    agency: Mapped[str]
    deed: Mapped[Deed]
    by: Mapped[UUID]
    roles: Mapped[str]
    """The roles at that moment, in alphabetical order."""
    at: Mapped[datetime]
    channel: Mapped[str | None]
    """How a file that was received came here."""
    handed_to: Mapped[str | None]
    """Who got the copy."""
    why: Mapped[str]


class Cased(Protocol):
    """What keeping a file needs to know of its case."""

    id: Any
    agency: Any


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where files and their keys are kept."""

    files: Files
    vault: Vault


def place(column: str, file_id: UUID) -> str:
    """Return where a file's sealed value belongs; it opens nowhere else."""
    return f"kept_file.{column}:{file_id}"


def keep(
    session: Session, case: Cased, upload: Upload[Any], keeping: Keeping, now: datetime, *, walled: bool = False
) -> KeptFile:
    """Keep a file that has arrived, for good once the transaction commits.

    The case is locked, so that a file that is sent twice at once is kept once.

    Raises:
        Objection: the case has this very file.
    """
    draft = upload.draft
    same = select(KeptFile).where(KeptFile.case_id == case.id, KeptFile.sha256 == draft.digest)
    if (there := session.scalar(same)) is not None:
        said = "This very file was handed in on {day} (SHA-256 {sha256})."
        raise Objection(said, day=there.kept_at.date(), sha256=draft.digest.hex())
    file_id = uuid4()
    file = KeptFile(
        id=file_id,
        case_id=case.id,
        agency=case.agency,
        address=draft.address,
        sha256=draft.digest,
        size=draft.size,
        media=upload.media,
        sealed_name=keeping.vault.seal(session, case.id, place("name", file_id), upload.name),
        sealed_key=keeping.vault.seal(session, case.id, place("key", file_id), draft.key.hex()),
        walled=walled,
        kept_at=now,
    )
    session.add(file)
    session.flush()
    keeping.files.keep(draft, case.agency)
    return file


def note(session: Session, file: KeptFile, deed: Deed, actor: Actor, now: datetime, **said: str | None) -> None:
    """Add an entry to the chain of custody; `said` are its columns `channel`, `handed_to` and `why`."""
    entry = CustodyEntry(
        file_id=file.id,
        agency=file.agency,
        deed=deed,
        by=actor.id,
        roles=" ".join(sorted(actor.roles)),
        at=now,
        **{"why": "", **said},
    )
    session.add(entry)
    session.flush()


def name_of(session: Session, file: KeptFile, vault: Vault) -> str:
    """Return what whoever handed a file in calls it."""
    return vault.open(session, file.case_id, place("name", file.id), file.sealed_name)


def content_of(session: Session, file: KeptFile, keeping: Keeping) -> Content:
    """Return what is in a file; whoever asks has noted it in the chain.

    Raises:
        Away: the file is not where it was kept.
    """
    key = keeping.vault.open(session, file.case_id, place("key", file.id), file.sealed_key)
    return keeping.files.content(file.agency, file.address, bytes.fromhex(key), file.size)


def files_of_case(session: Session, case_id: UUID, *, walled: bool = False) -> Sequence[KeptFile]:
    """Return the files of a case in the order in which they were kept; those behind the wall only where it is open."""
    found = select(KeptFile).where(KeptFile.case_id == case_id)
    if not walled:
        found = found.where(KeptFile.walled.is_(False))
    return session.scalars(found.order_by(KeptFile.kept_at, KeptFile.id)).all()


def file_of_case(session: Session, case_id: UUID, file_id: UUID, *, walled: bool = False) -> KeptFile:
    """Return one file of a case.

    Raises:
        NotFound: the case has none with this id, or it is behind the wall.
    """
    file = session.get(KeptFile, file_id)
    if file is None or file.case_id != case_id or (file.walled and not walled):
        raise NotFound("There is no such file in this case.")
    return file


def count(session: Session, case_id: UUID) -> int:
    """Return how many files a case has."""
    return session.scalar(select(func.count()).where(KeptFile.case_id == case_id)) or 0


def chain(session: Session, file_id: UUID) -> Sequence[CustodyEntry]:
    """Return the chain of custody of a file from its beginning."""
    return session.scalars(select(CustodyEntry).where(CustodyEntry.file_id == file_id).order_by(CustodyEntry.id)).all()


def received_by(session: Session, case_id: UUID, channel: str) -> Sequence[KeptFile]:
    """Return the files of a case that came by this channel."""
    brought = select(CustodyEntry.file_id).where(CustodyEntry.deed == Deed.RECEIVED, CustodyEntry.channel == channel)
    found = select(KeptFile).where(KeptFile.case_id == case_id, KeptFile.id.in_(brought))
    return session.scalars(found.order_by(KeptFile.kept_at, KeptFile.id)).all()


def drop_orphans(database: Database, files: Files, agencies: Iterable[str], seconds: float = ORPHAN_SECONDS) -> int:
    """Delete the files of which nothing tells, for whose key nobody has, and say how many they were.

    A file takes its place before the transaction that tells of it commits, and the process may be killed in between.
    Files of an agency that is not named are left alone.
    """
    dropped = files.drop_drafts(seconds)
    for agency in agencies:
        old = files.old(agency, seconds)
        for first in range(0, len(old), AT_ONCE):
            some = old[first : first + AT_ONCE]
            with database.transaction(Occasion(service=database.service, agency=agency)) as session:
                told = set(session.scalars(select(KeptFile.address).where(KeptFile.address.in_(some))))
            for address in set(some) - told:
                files.drop(agency, address)
                dropped += 1
    return dropped


@dataclass(frozen=True, slots=True)
class Astray:
    """A file of which nothing tells, or one that is told of and cannot be read."""

    agency: str
    address: str
    wrong: str


ORPHAN = "no row tells of it"
LOST = "missing or cut"


def astray(database: Database, files: Files, agency: str, seconds: float = ORPHAN_SECONDS) -> list[Astray]:
    """Return where an agency's files and what is told of them differ; a file may be `seconds` old before it counts."""
    with database.transaction(Occasion(service=database.service, agency=agency)) as session:
        sizes = dict(session.execute(select(KeptFile.address, KeptFile.size)).tuples().all())
    orphans = [Astray(agency, address, ORPHAN) for address in files.old(agency, seconds) if address not in sizes]
    lost = [Astray(agency, address, LOST) for address, size in sizes.items() if not files.whole(agency, address, size)]
    return sorted((*orphans, *lost), key=lambda found: (found.wrong, found.address))


async def keeping_of(request: Request) -> Keeping:
    """Return where the service keeps files and their keys."""
    return Keeping(request.app.state.files, request.app.state.vault)


KeptIn = Annotated[Keeping, Depends(keeping_of)]
"""Where the service keeps files and their keys."""
