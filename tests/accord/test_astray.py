"""An operator sees which files no row tells of and which are gone, and deletes only the former, and nothing young."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.files import Draft, Files
from shared.occasion import Occasion
from tests.accord.desk import Told, tell
from tests.files import PDF
from tests.make import AGENCY
from tests.rooms import House
from tests.shared.test_files import row_of, written

SERVICE = "recognition"
"""Whose database nothing else puts files into."""
ALL_WELL = "Every file is told of, and whatever is told of is there.\n"


@dataclass
class Shelf:
    """The stored files of one service, and the operator who looks through them."""

    house: House
    folder: Path
    files: Files

    def kept(self, *, told: bool, old: bool = True) -> Draft:
        """Return a file that took its place, with its row or without."""
        draft = written(self.files, PDF)
        self.files.keep(draft, AGENCY)
        if old:
            os.utime(self.place(draft), (0, 0))
        if told:
            with (
                self.house.database(SERVICE) as database,
                database.transaction(Occasion(service=SERVICE, agency=AGENCY)) as session,
            ):
                session.add(row_of(draft))
        return draft

    def place(self, draft: Draft) -> Path:
        """Return where a file lies."""
        return self.folder / SERVICE / AGENCY / draft.address[:2] / draft.address

    def look(self, *options: str, name: str = SERVICE) -> Told:
        """Run `accord files`."""
        given = {"ACCORD_POSTGRES": self.house.settings.postgres, "ACCORD_FILES": str(self.folder)}
        return tell(self.folder, "files", *((name,) if name else ()), *options, **given)

    def said(self, told: Told, *drafts: Draft) -> list[str]:
        """Return the lines about these files; the rows of other tests stay in the house."""
        return [line for line in told.out.splitlines() if any(draft.address in line for draft in drafts)]


@pytest.fixture
def shelf(house: House, tmp_path: Path) -> Shelf:
    return Shelf(house, tmp_path, Files(tmp_path / SERVICE, 1_000_000))


def test_where_every_file_is_told_of_and_there_the_list_says_so(shelf: Shelf) -> None:
    told = shelf.look(name="discipline")

    assert (told.code, told.out) == (0, ALL_WELL)


def test_a_file_without_a_row_and_a_row_without_its_file_are_listed_and_no_others(shelf: Shelf) -> None:
    whole, orphan, young = shelf.kept(told=True), shelf.kept(told=False), shelf.kept(told=False, old=False)
    lost = shelf.kept(told=True)
    shelf.place(lost).unlink()

    told = shelf.look()

    assert told.code == 3
    assert shelf.said(told, whole, orphan, young, lost) == [
        f"{SERVICE} {AGENCY} {lost.address}: missing or cut",
        f"{SERVICE} {AGENCY} {orphan.address}: no row tells of it",
    ]
    assert shelf.place(orphan).exists(), "looking removes nothing"


def cut(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [Path.unlink, cut])
def test_a_row_whose_file_is_gone_or_was_cut_stays_listed_whatever_is_removed(
    shelf: Shelf, harm: Callable[[Path], None]
) -> None:
    lost = shelf.kept(told=True)
    harm(shelf.place(lost))

    for options in ((), ("--remove",), ()):
        assert shelf.said(shelf.look(*options), lost) == [f"{SERVICE} {AGENCY} {lost.address}: missing or cut"]


def test_removing_deletes_what_no_row_tells_of_and_neither_the_young_nor_the_told(shelf: Shelf) -> None:
    whole, orphan, young = shelf.kept(told=True), shelf.kept(told=False), shelf.kept(told=False, old=False)

    told = shelf.look("--remove")

    assert told.out.splitlines()[0] == f"Deleted of {SERVICE}: 1 that no row told of, or that never arrived whole."
    assert [shelf.place(draft).exists() for draft in (whole, orphan, young)] == [True, False, True]
    assert shelf.said(told, whole, orphan, young) == []


def test_the_gateway_keeps_no_files(shelf: Shelf) -> None:
    said = "The gateway keeps no files; name one of complaints, discipline, recognition, reconciliation."
    assert shelf.look(name="gateway").refusal() == said
