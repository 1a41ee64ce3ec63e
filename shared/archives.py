"""Looking into archives: which kind of document one is, and whether it would burst when somebody opens it.

Nothing is believed that the archive says of itself: its list of contents is bounded before it is read, and everything
in it is unpacked once, with a limit, and thrown away.
"""

import io
import zipfile
import zlib
from struct import unpack
from typing import BinaryIO

from shared.errors import Malformed
from shared.sniffing import ARCHIVE, TAKEN, Media

END = 22
"""Bytes of the record that ends an archive and has no comment."""
END_MARK = b"PK\x05\x06"
LARGE_MARK = b"PK\x06\x07"
LARGE = 20
"""Bytes of the record before it, where an archive is of the format for archives of more than 4 GB."""

MOST_ENTRIES = 5_000
LONGEST_LIST = 2_000_000
MOST_UNPACKED = 300_000_000
HIGHEST_RATIO = 100
FREE = 10_000_000
"""Bytes that may be unpacked at any ratio: the style sheets of small documents shrink well."""
PIECE = 262_144

PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MACROS = "vbaproject.bin"
NESTED = (ARCHIVE, b"\x1f\x8b\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\x00")
"""How archives begin that stand inside this one."""
ODT_SAYS = b"application/vnd.oasis.opendocument.text"


def examined(content: BinaryIO, size: int) -> Media:
    """Return which kind of document an archive of `size` bytes is.

    Raises:
        Malformed: it is none, is damaged, or would burst.
    """
    _refuse_list(content, size)
    try:
        with zipfile.ZipFile(content) as archive:
            _refuse_contents(archive, size)
            media = _media(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as wrong:
        raise Malformed("The file is a damaged archive; hand in one that opens.") from wrong
    if media is None:
        raise Malformed("The file is an archive; hand in what is in it one by one. Taken are {taken}.", taken=TAKEN)
    return media


def _refuse_list(content: BinaryIO, size: int) -> None:
    """Refuse an archive whose list of contents is longer than may be read, or stands where another reader differs."""
    content.seek(max(size - END - LARGE, 0))
    tail = content.read(END + LARGE)
    end = tail[-END:]
    if len(end) < END or not end.startswith(END_MARK) or tail[:-END].startswith(LARGE_MARK):
        raise Malformed("The file is a damaged archive; hand in one that opens.")
    entries, length = unpack("<4xHHHHI6x", end)[3], unpack("<12xI6x", end)[0]
    if entries > MOST_ENTRIES or length > LONGEST_LIST:
        raise Malformed("The file is an archive with more than {most} entries; it is not taken.", most=MOST_ENTRIES)


def _refuse_contents(archive: zipfile.ZipFile, size: int) -> None:
    """Unpack everything once, and refuse what is too much, locked, or an archive again."""
    if len(archive.infolist()) > MOST_ENTRIES:
        raise Malformed("The file is an archive with more than {most} entries; it is not taken.", most=MOST_ENTRIES)
    left = min(MOST_UNPACKED, max(FREE, size * HIGHEST_RATIO))
    for entry in archive.infolist():
        if entry.flag_bits & 1 or entry.compress_type not in PLAIN_METHODS:
            raise Malformed("The file is locked with a password or packed in a rare way; hand in an open one.")
        if entry.filename.lower().endswith(MACROS):
            raise Malformed("The document holds macros; hand in one without.")
        left -= _unpacked(archive, entry, left)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """Return how many bytes an entry unpacks to, of which no more than `left` are waited for."""
    length = 0
    with archive.open(entry) as unpacking:
        while piece := unpacking.read(PIECE):
            if not length and piece.startswith(NESTED):
                raise Malformed("The file holds another archive; hand in what is in it one by one.")
            length += len(piece)
            if length > left:
                raise Malformed("The file unpacks to far more than its size; it is not taken.")
    return length


def _media(archive: zipfile.ZipFile) -> Media | None:
    names = {entry.filename for entry in archive.infolist()}
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return Media.DOCX
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return Media.XLSX
    if "mimetype" in names and archive.getinfo("mimetype").file_size == len(ODT_SAYS):
        return Media.ODT if archive.read("mimetype") == ODT_SAYS else None
    return None


def opened(raw: io.RawIOBase) -> BinaryIO:
    """Return a reader that gives as many bytes as it is asked for, as the archive's own reader expects."""
    return io.BufferedReader(raw)
