"""What a file is, told by its bytes: neither its name nor what its sender says of it is trusted.

Only what is on the list is known. Everything on it can be shown without running anything.
"""

import codecs
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.errors import Malformed
from shared.words import TURNING


class Kind(StrEnum):
    """What a file is to people."""

    DOCUMENT = "document"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"


class Media(StrEnum):
    """What a file is; there is no other that is taken."""

    PDF = "PDF"
    DOCX = "DOCX"
    XLSX = "XLSX"
    ODT = "ODT"
    JPEG = "JPEG"
    PNG = "PNG"
    GIF = "GIF"
    WEBP = "WebP"
    TIFF = "TIFF"
    MP4 = "MP4"
    QUICKTIME = "QuickTime"
    MP3 = "MP3"
    M4A = "M4A"
    WAV = "WAV"
    OGG = "Ogg"
    TEXT = "text"


class Known(NamedTuple):
    """What is known of a type."""

    kind: Kind
    endings: tuple[str, ...]
    """How the name of such a file ends."""
    content_type: str


OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES: Mapping[Media, Known] = {
    Media.PDF: Known(Kind.DOCUMENT, ("pdf",), "application/pdf"),
    Media.DOCX: Known(Kind.DOCUMENT, ("docx",), f"{OFFICE}.wordprocessingml.document"),
    Media.XLSX: Known(Kind.DOCUMENT, ("xlsx",), f"{OFFICE}.spreadsheetml.sheet"),
    Media.ODT: Known(Kind.DOCUMENT, ("odt",), "application/vnd.oasis.opendocument.text"),
    Media.JPEG: Known(Kind.IMAGE, ("jpg", "jpeg"), "image/jpeg"),
    Media.PNG: Known(Kind.IMAGE, ("png",), "image/png"),
    Media.GIF: Known(Kind.IMAGE, ("gif",), "image/gif"),
    Media.WEBP: Known(Kind.IMAGE, ("webp",), "image/webp"),
    Media.TIFF: Known(Kind.IMAGE, ("tif", "tiff"), "image/tiff"),
    Media.MP4: Known(Kind.VIDEO, ("mp4", "m4v"), "video/mp4"),
    Media.QUICKTIME: Known(Kind.VIDEO, ("mov", "qt"), "video/quicktime"),
    Media.MP3: Known(Kind.AUDIO, ("mp3",), "audio/mpeg"),
    Media.M4A: Known(Kind.AUDIO, ("m4a",), "audio/mp4"),
    Media.WAV: Known(Kind.AUDIO, ("wav",), "audio/wav"),
    Media.OGG: Known(Kind.AUDIO, ("ogg", "oga", "opus"), "audio/ogg"),
    Media.TEXT: Known(Kind.TEXT, ("txt", "text", "csv", "log", "md"), "text/plain; charset=utf-8"),
}

TAKEN = f"{', '.join(media for media in Media if media is not Media.TEXT)} and text in UTF-8"

HEAD = 64
"""Bytes at the beginning of a file that tell its type."""

MARKS: tuple[tuple[re.Pattern[bytes], Media], ...] = tuple(
    (re.compile(mark, re.DOTALL), media)
    for mark, media in (
        (rb"%PDF-\d", Media.PDF),
        (rb"\xff\xd8\xff", Media.JPEG),
        (rb"\x89PNG\r\n\x1a\n", Media.PNG),
        (rb"GIF8[79]a", Media.GIF),
        (rb"RIFF....WEBP", Media.WEBP),
        (rb"RIFF....WAVE", Media.WAV),
        (rb"II\*\0|MM\0\*", Media.TIFF),
        (rb"OggS\0", Media.OGG),
        (rb"\0\0\0[\x08-\x40]ftypqt  ", Media.QUICKTIME),
        (rb"\0\0\0[\x08-\x40]ftypM4[AB] ", Media.M4A),
        (rb"\0\0\0[\x08-\x40]ftyp(isom|iso[2-9]|mp4[12]|avc1|M4V |MSNV|dash)", Media.MP4),
        (rb"ID3[\x02-\x04]", Media.MP3),
        (rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xeb]", Media.MP3),
    )
)
"""How a file begins → what it is. An MP3 without a tag begins with a frame of layer III."""

ARCHIVE = b"PK\x03\x04"
"""How an archive begins; DOCX, XLSX and ODT are archives, and `shared.archives` looks into them."""

UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""Characters that a text does not hold: control characters but for line ends, pages and tabs."""


class Sniffer:
    """Looks at a file as it arrives."""

    def __init__(self) -> None:
        self.head = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_text = True

    def feed(self, part: bytes) -> None:
        """Look at the next part."""
        self.head += part[: HEAD - len(self.head)]
        self._is_text = self._is_text and self._reads_as_text(part)

    def end(self) -> None:
        """Look at the end: a text does not end in the middle of a character."""
        self._is_text = self._is_text and self._reads_as_text(b"", final=True)

    @property
    def is_archive(self) -> bool:
        """Whether the file has to be looked into."""
        return self.head.startswith(ARCHIVE)

    @property
    def media(self) -> Media | None:
        """What the file is; None for an archive and for everything that is not on the list."""
        told = next((media for mark, media in MARKS if mark.match(self.head)), None)
        return told or (Media.TEXT if self._is_text and self.head else None)

    def _reads_as_text(self, part: bytes, *, final: bool = False) -> bool:
        try:
            return UNREADABLE.search(self._decoder.decode(part, final)) is None
        except UnicodeDecodeError:
            return False


LONGEST_NAME = 200
UNNAMED = re.compile(rf"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029{TURNING}]")


def refuse_name(name: str) -> None:
    """Refuse a file's name that is none.

    Raises:
        Malformed: it is empty or too long, or holds a path or characters that turn or break what people read.
    """
    if not name.strip(". ") or len(name) > LONGEST_NAME or name != name.strip():
        raise Malformed("A file takes a name of 1 to {most} characters, such as photo.jpg.", most=LONGEST_NAME)
    if "/" in name or "\\" in name:
        raise Malformed("The name of the file holds a path; give the name alone, such as photo.jpg.")
    if found := UNNAMED.search(name):
        said = "The name of the file holds the control character {strange}; remove it."
        raise Malformed(said, strange=f"U+{ord(found[0]):04X}")


def refuse_mismatch(name: str, media: Media | None) -> Media:
    """Return the type of a file whose content and name agree.

    Raises:
        Malformed: the content is of no type that is taken, or the name says something else.
    """
    if media is None:
        raise Malformed("By its content the file is of no type that is taken here. Taken are {taken}.", taken=TAKEN)
    known = TYPES[media]
    if name.rpartition(".")[2].lower() not in known.endings or "." not in name:
        endings = " or ".join(f".{ending}" for ending in known.endings)
        said = "By its content the file is {media}, and its name does not end in {endings}; name it so."
        raise Malformed(said, media=str(media), endings=endings)
    return media
