"""Small files of every type that is taken, and of some that are not."""

import io
import zipfile
from collections.abc import Mapping
from struct import pack

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ODT_TYPE = "application/vnd.oasis.opendocument.text"

WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
EXCEL = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
ODT = {"mimetype": ODT_TYPE.encode(), "content.xml": b"<content/>"}


def archive(entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of these entries."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as zipped:
        for name, content in entries.items():
            zipped.writestr(name, content)
    return packed.getvalue()


def box(brand: bytes) -> bytes:
    """Return the beginning of a film or recording of this brand."""
    return pack(">I", 24) + b"ftyp" + brand + pack(">I", 0) + b"isommp42" + b"\x00" * 64


SMALL: dict[str, bytes] = {
    "report.pdf": PDF,
    "letter.docx": archive(WORD),
    "shifts.xlsx": archive(EXCEL),
    "letter.odt": archive(ODT),
    "photo.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 64,
    "photo.JPEG": b"\xff\xd8\xff\xdb\x00\x43" + b"\x00" * 64,
    "screen.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 32,
    "cat.gif": b"GIF89a" + b"\x00" * 32,
    "cat.webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 32,
    "scan.tiff": b"II*\x00\x08\x00\x00\x00" + b"\x00" * 32,
    "scan.tif": b"MM\x00*\x00\x00\x00\x08" + b"\x00" * 32,
    "film.mp4": box(b"isom"),
    "film.mov": box(b"qt  "),
    "call.m4a": box(b"M4A "),
    "call.mp3": b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\x00" * 32,
    "bare.mp3": b"\xff\xfb\x90\x00" + b"\x00" * 64,
    "call.wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 32,
    "call.ogg": b"OggS\x00\x02" + b"\x00" * 32,
    "notes.txt": "Él me empujó. 😀\n\u05e9\u05dc\u05d5\u05dd\n".encode(),
}
"""Name → content: a file of each type."""

FOREIGN: dict[str, bytes] = {
    "run.exe": b"MZ\x90\x00\x03\x00\x00\x00",
    "run.sh": b"\x7fELF\x02\x01\x01\x00",
    "photo.heic": box(b"heic"),
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 32,
    "all.rar": b"Rar!\x1a\x07\x00",
    "all.gz": b"\x1f\x8b\x08\x00\x00\x00",
    "latin.txt": "Él".encode("latin-1"),
    "half.txt": "Él".encode()[:1],
    "nul.txt": b"text\x00more",
    "escape.txt": b"\x1b]0;title\x07",
}
"""Name → content of no type that is taken."""
