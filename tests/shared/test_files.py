"""A file is kept whole or not at all, nobody can read it on the disk, and what nothing tells of is swept."""

import os
import stat
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared.custody import CustodyEntry, Deed, KeptFile, drop_orphans
from shared.errors import Away, Malformed, TooLarge
from shared.files import PART, TAG, Content, Draft, Files, LostFileError
from shared.occasion import Occasion
from shared.policy import Policy
from shared.sniffing import Media
from shared.worker import orphans_loop
from tests.files import PDF
from tests.shared.plumbing import Plumbing

LARGEST = 4 * PART


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path, LARGEST)


def written(files: Files, content: bytes) -> Draft:
    draft = files.draft()
    for start in range(0, len(content), 50_000):
        draft.write(content[start : start + 50_000])
    draft.finish()
    return draft


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [1, PART - 1, PART, PART + 1, 3 * PART, LARGEST])
def test_what_was_handed_in_comes_back_byte_for_byte(files: Files, size: int) -> None:
    content = os.urandom(size)
    draft = written(files, content)
    files.keep(draft, "rivertown")

    back = files.content("rivertown", draft.address, draft.key, size)

    assert b"".join(back.parts()) == content
    assert draft.digest == sha256(content).digest()


def test_a_file_lies_sealed_under_the_digest_of_what_lies_there(files: Files, tmp_path: Path) -> None:
    draft = files.draft()
    draft.write(PDF * 10_000)
    assert all(PDF not in path.read_bytes() for path in everything(tmp_path)), "not even a draft lies open"
    assert draft.finish() is Media.PDF
    files.keep(draft, "rivertown")

    (place,) = everything(tmp_path)
    assert place == tmp_path / "rivertown" / draft.address[:2] / draft.address
    assert sha256(place.read_bytes()).hexdigest() == draft.address
    assert b"%PDF" not in place.read_bytes()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_the_same_content_lies_differently_in_every_case(files: Files) -> None:
    assert written(files, PDF).address != written(files, PDF).address


def test_an_empty_file_is_refused(files: Files) -> None:
    draft = files.draft()
    with pytest.raises(Malformed, match=r"The file is empty; nothing was kept\."):
        draft.finish()
    draft.discard()


def test_a_file_that_is_too_large_is_refused_at_the_first_byte_too_many(files: Files) -> None:
    draft = files.draft()
    draft.write(b"x" * LARGEST)
    with pytest.raises(TooLarge, match=f"larger than the {LARGEST} bytes that are taken; hand in a smaller one"):
        draft.write(b"x")
    draft.discard()


def test_a_draft_that_is_discarded_leaves_nothing(files: Files, tmp_path: Path) -> None:
    draft = files.draft()
    draft.write(PDF)
    draft.discard()

    assert everything(tmp_path) == []


def test_a_file_that_was_kept_survives_the_end_of_its_request(files: Files, tmp_path: Path) -> None:
    draft = written(files, PDF)
    files.keep(draft, "rivertown")
    draft.discard()

    assert len(everything(tmp_path)) == 1


@pytest.fixture
def kept(files: Files, tmp_path: Path) -> tuple[Path, Draft]:
    draft = written(files, os.urandom(3 * PART))
    files.keep(draft, "rivertown")
    return next(iter(everything(tmp_path))), draft


def test_a_change_on_the_disk_does_not_go_unseen(kept: tuple[Path, Draft]) -> None:
    place, draft = kept
    whole = bytearray(place.read_bytes())
    whole[PART + TAG + 7] ^= 1
    place.write_bytes(whole)

    with pytest.raises(LostFileError, match="does not open at part 1"):
        list(Content(place, draft.key, draft.size).parts())


def test_parts_cannot_change_places(kept: tuple[Path, Draft]) -> None:
    place, draft = kept
    step = PART + TAG
    whole = place.read_bytes()
    place.write_bytes(whole[step : 2 * step] + whole[:step] + whole[2 * step :])

    with pytest.raises(LostFileError):
        list(Content(place, draft.key, draft.size).parts())


def test_a_file_that_is_gone_or_was_cut_is_said_to_be_lost(files: Files, kept: tuple[Path, Draft]) -> None:
    place, draft = kept
    place.write_bytes(place.read_bytes()[:-1])
    with pytest.raises(Away, match=r"The file is not where it was kept; tell the operator\."):
        files.content("rivertown", draft.address, draft.key, draft.size)
    place.unlink()
    with pytest.raises(Away):
        files.content("rivertown", draft.address, draft.key, draft.size)


def row_of(draft: Draft) -> KeptFile:
    return KeptFile(
        id=uuid4(),
        case_id=uuid4(),
        agency="rivertown",
        address=draft.address,
        sha256=draft.digest,
        size=draft.size,
        media=Media.PDF,
        sealed_name=b"",
        sealed_key=b"",
        walled=False,
        kept_at=datetime.now(UTC),
    )


def tell_of(plumbing: Plumbing, draft: Draft) -> KeptFile:
    with plumbing.database.transaction(Occasion(service="plumbing", agency="rivertown")) as session:
        row = row_of(draft)
        session.add(row)
        session.flush()
        entry = CustodyEntry(
            file_id=row.id, agency="rivertown", deed=Deed.RECEIVED, by=uuid4(), roles="", at=row.kept_at
        )
        entry.why = ""
        session.add(entry)
    return row


def test_a_file_that_no_row_tells_of_is_swept_and_no_other(files: Files, tmp_path: Path, plumbing: Plumbing) -> None:
    told, orphan, elsewhere, arriving = (written(files, PDF) for _ in range(4))
    for draft, agency in ((told, "rivertown"), (orphan, "rivertown"), (elsewhere, "closed-agency")):
        files.keep(draft, agency)
    tell_of(plumbing, told)

    assert drop_orphans(plumbing.database, files, ("rivertown",)) == 0, "what is young may be about to be told of"
    assert drop_orphans(plumbing.database, files, ("rivertown",), seconds=-1) == 2

    assert {path.name for path in everything(tmp_path)} == {told.address, elsewhere.address}
    assert not arriving.path.exists()


def test_however_many_files_are_kept_orphans_are_swept(
    files: Files, plumbing: Plumbing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement takes 65,535 parameters at most; so many files are here told of without being on the disk."""
    orphan = written(files, PDF)
    files.keep(orphan, "rivertown")
    many = [*(f"{number:064x}" for number in range(70_000)), orphan.address]
    monkeypatch.setattr(files, "old", lambda *_: many)

    assert drop_orphans(plumbing.database, files, ("rivertown",)) == len(many)


def test_workers_sweep_what_no_row_tells_of(files: Files, tmp_path: Path, plumbing: Plumbing) -> None:
    orphan, young = written(files, PDF), written(files, PDF)
    for draft in (orphan, young):
        files.keep(draft, "rivertown")
    os.utime(tmp_path / "rivertown" / orphan.address[:2] / orphan.address, (0, 0))
    stop = Event()
    worker = Thread(target=orphans_loop, args=(plumbing.database, files, Policy.read(), stop))

    worker.start()
    until = time.monotonic() + 20
    while len(everything(tmp_path)) > 1 and time.monotonic() < until:
        time.sleep(0.02)
    stop.set()
    worker.join()

    assert [path.name for path in everything(tmp_path)] == [young.address]


@pytest.mark.parametrize(
    "statement",
    [
        "update custody_entry set why = 'another'",
        "delete from custody_entry",
        "update kept_file set sha256 = ''",
        "delete from kept_file",
        "truncate custody_entry",
    ],
)
def test_the_chain_of_custody_can_only_be_added_to(files: Files, plumbing: Plumbing, statement: str) -> None:
    tell_of(plumbing, written(files, PDF))
    with pytest.raises(ProgrammingError) as refused, plumbing.database.engine.begin() as connection:
        connection.execute(text(statement))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
