"""Archives are looked into, and nothing that would burst is taken."""

import io
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.archives import FREE, MOST_ENTRIES, examined
from shared.errors import Malformed
from shared.sniffing import Media
from tests.files import EXCEL, ODT, SMALL, WORD, archive


def looked_into(content: bytes) -> Media:
    return examined(io.BytesIO(content), len(content))


def refusal(content: bytes) -> str:
    with pytest.raises(Malformed) as refused:
        looked_into(content)
    return refused.value.detail


DAMAGED = "The file is a damaged archive; hand in one that opens."
TOO_MANY = f"The file is an archive with more than {MOST_ENTRIES} entries; it is not taken."
BURSTS = "The file unpacks to far more than its size; it is not taken."
NESTED = "The file holds another archive; hand in what is in it one by one."


@pytest.mark.parametrize(("entries", "media"), [(WORD, Media.DOCX), (EXCEL, Media.XLSX), (ODT, Media.ODT)])
def test_a_document_is_known_by_what_is_in_it(entries: dict[str, bytes], media: Media) -> None:
    assert looked_into(archive(entries)) is media


def test_an_archive_that_is_no_document_is_refused() -> None:
    assert refusal(archive({"photo.jpg": SMALL["photo.jpg"]})).startswith(
        "The file is an archive; hand in what is in it one by one. Taken are PDF,"
    )


def test_an_archive_that_unpacks_to_far_more_than_its_size_is_refused() -> None:
    assert refusal(archive({**WORD, "word/media/bomb.xml": b"\x00" * (FREE + 1)})) == BURSTS


def test_many_entries_that_burst_together_are_refused() -> None:
    piece = b" " * (FREE // 10)
    assert refusal(archive({**WORD, **{f"word/{number}.xml": piece for number in range(11)}})) == BURSTS


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    whole = bytearray(archive({**WORD, "word/bomb.xml": b"\x00" * (FREE + 1)}))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = whole.rfind(mark)
        whole[start + place : start + place + 4] = struct.pack("<I", 10)

    assert refusal(bytes(whole)) in (BURSTS, DAMAGED)


def test_too_many_entries_are_refused() -> None:
    assert refusal(archive({f"{number}": b"" for number in range(MOST_ENTRIES + 1)})) == TOO_MANY


def test_a_list_of_contents_that_is_too_long_is_not_even_read() -> None:
    whole = bytearray(archive(WORD))
    whole[-10:-6] = struct.pack("<I", 50_000_000)

    assert refusal(bytes(whole)) == TOO_MANY


@pytest.mark.parametrize("inner", ["word/embeddings/a.xlsx", "word/media/photo.png"])
def test_an_archive_in_an_archive_is_refused_whatever_its_name(inner: str) -> None:
    assert refusal(archive({**WORD, inner: archive(EXCEL)})) == NESTED
    assert refusal(archive({**WORD, inner: b"\x1f\x8b\x08\x00"})) == NESTED


def test_a_document_with_macros_is_refused() -> None:
    assert refusal(archive({**WORD, "word/vbaProject.bin": b"x"})) == "The document holds macros; hand in one without."


def test_a_locked_or_oddly_packed_archive_is_refused() -> None:
    assert refusal(archive(WORD, zipfile.ZIP_BZIP2)).startswith(
        "The file is locked with a password or packed in a rare"
    )
    locked = bytearray(archive(WORD))
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(locked)).startswith("The file is locked with a password")


def test_an_archive_with_something_behind_its_end_is_refused() -> None:
    assert refusal(archive(WORD) + b"<script>") == DAMAGED


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 200])
def test_half_an_archive_is_refused(content: bytes) -> None:
    assert refusal(content) == DAMAGED


@given(some.data())
def test_no_damage_breaks_the_examination(data: some.DataObject) -> None:
    whole = bytearray(archive(WORD))
    for _ in range(data.draw(some.integers(1, 6))):
        whole[data.draw(some.integers(0, len(whole) - 1))] = data.draw(some.integers(0, 255))

    with suppress(Malformed):
        assert looked_into(bytes(whole)) is Media.DOCX
