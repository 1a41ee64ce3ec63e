"""What a file is, is told by its bytes, and a name that says otherwise is refused."""

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.archives import examined
from shared.errors import Malformed
from shared.sniffing import HEAD, TYPES, Media, Sniffer, refuse_mismatch, refuse_name
from tests.files import FOREIGN, SMALL


def sniffed(content: bytes, at_once: int = 1_000) -> Media | None:
    """Return what a file is by its content, which arrives in pieces."""
    sniffer = Sniffer()
    for start in range(0, len(content), at_once):
        sniffer.feed(content[start : start + at_once])
    sniffer.end()
    return sniffer.media


def in_memory(content: bytes) -> Media | None:
    """Return what a file is, archives too."""
    if not content.startswith(b"PK"):
        return sniffed(content)
    return examined(io.BytesIO(content), len(content))


@pytest.mark.parametrize("name", SMALL)
def test_every_type_that_is_taken_is_known_by_its_bytes(name: str) -> None:
    media = in_memory(SMALL[name])

    assert media is not None
    assert name.rpartition(".")[2].lower() in TYPES[media].endings
    assert refuse_mismatch(name, media) is media


def test_every_type_has_an_example() -> None:
    assert {in_memory(content) for content in SMALL.values()} == set(Media)


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_on_the_list_is_not_known(name: str) -> None:
    assert sniffed(FOREIGN[name]) is None


@pytest.mark.parametrize("name", [name for name in SMALL if not SMALL[name].startswith(b"PK")])
def test_in_whatever_pieces_a_file_arrives_it_is_the_same(name: str) -> None:
    assert sniffed(SMALL[name], 1) is sniffed(SMALL[name])


@given(some.binary(max_size=3 * HEAD), some.integers(1, 2 * HEAD))
def test_no_bytes_break_the_sniffer_and_pieces_do_not_matter(content: bytes, at_once: int) -> None:
    assert sniffed(content, at_once) is sniffed(content)


@given(some.text(some.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_text_in_any_script_is_text(text: str) -> None:
    assert sniffed(f" {text}".encode()) is Media.TEXT


@pytest.mark.parametrize("media", Media)
def test_a_name_that_says_otherwise_is_refused_with_a_sentence(media: Media) -> None:
    for name in ("malware.exe", "photo", f"{TYPES[media].endings[0]}", f"x.{TYPES[media].endings[0]}.html"):
        with pytest.raises(Malformed, match=r"and its name does not end in .* name it so") as refused:
            refuse_mismatch(name, media)
        assert str(media) in refused.value.detail


def test_content_of_no_type_that_is_taken_is_refused_with_the_list() -> None:
    with pytest.raises(
        Malformed, match=r"By its content the file is of no type that is taken here\. Taken are PDF, DOCX"
    ):
        refuse_mismatch("report.pdf", None)


WRONG_NAMES = [
    ("", "A file takes a name"),
    (" ", "A file takes a name"),
    ("..", "A file takes a name"),
    (" photo.jpg", "A file takes a name"),
    ("x" * 197 + ".jpg", "A file takes a name"),
    ("../../etc/passwd", "holds a path"),
    ("/etc/passwd", "holds a path"),
    ("a\\b.jpg", "holds a path"),
    ("photo\x00.jpg", "U\\+0000"),
    ("photo\r\nX-Evil: 1.jpg", "U\\+000D"),
    ("photo\u202egpj.exe", "U\\+202E"),
    ("photo\u2028.jpg", "U\\+2028"),
    ("photo\x85.jpg", "U\\+0085"),
]


@pytest.mark.parametrize(("name", "sentence"), WRONG_NAMES)
def test_a_name_with_a_path_or_control_characters_is_refused(name: str, sentence: str) -> None:
    with pytest.raises(Malformed, match=sentence):
        refuse_name(name)


@given(some.text(max_size=300))
def test_a_name_that_is_taken_holds_nothing_that_breaks_a_path_or_a_line(name: str) -> None:
    with suppress(Malformed):
        refuse_name(name)
        assert not set(name) & set("/\\\x00\r\n\u2028\u202e")
        assert 0 < len(name) <= 200
        assert name.strip() == name
        assert name not in (".", "..")
