"""Forms with one file, taken in as they arrive: the file goes to the disk part by part, and never lies in memory.

Before a large body is waited for, the route asks with `db.first_ask` whether its sender may hand it in at all. The
request's transaction begins when everything is there, so that a slow sender holds no connection to the database.
"""

import logging
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from shared import idempotency
from shared.errors import Away, Malformed
from shared.files import Draft, Files
from shared.sniffing import Media, refuse_mismatch, refuse_name
from shared.words import Shape

logger = logging.getLogger(__name__)

FIELDS = 65_536
"""Bytes that all fields of a form may have beside its file."""
MOST_FIELDS = 20
"""Fields that a form may have beside its file."""
LONGEST_FIELD = 100
"""Characters of a field's name."""
LONGEST_BOUNDARY = 70
"""Characters of what separates the fields of a form (RFC 2046)."""

FORM = "Send a form (multipart/form-data) with the file in its field 'file'."
TOO_MANY = f"The form has more than {MOST_FIELDS} fields, or one with a name of more than {LONGEST_FIELD} characters."
BROKEN = "The form did not arrive whole; nothing of it was kept. Send it again."

S = TypeVar("S", bound=Shape)


@dataclass(frozen=True, slots=True)
class Upload(Generic[S]):
    """A file that has arrived whole, what it is, and what was said with it."""

    draft: Draft
    name: str
    media: Media
    said: S


class Head(NamedTuple):
    """How a part of a form begins."""

    field: str
    file_name: str | None


Piece = Head | bytes


class Form:
    """Takes a form apart as it arrives."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 0 < len(boundary) <= LONGEST_BOUNDARY:
            raise Malformed(FORM)
        self.whole = False
        self._pieces: list[Piece] = []
        self._header, self._value, self._disposition = b"", b"", b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_end": self._on_end,
            },
        )

    def taken(self, chunk: bytes) -> list[Piece]:
        """Return what the next chunk of the body holds.

        Raises:
            FormParserError: it is no form.
        """
        self._parser.write(chunk)
        found, self._pieces = self._pieces, []
        return found

    def _part_begins(self) -> None:
        self._disposition = b""

    def _on_header_field(self, chunk: bytes, start: int, end: int) -> None:
        self._header += chunk[start:end]

    def _on_header_value(self, chunk: bytes, start: int, end: int) -> None:
        self._value += chunk[start:end]

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition.decode("latin-1"))
        name = options.get(b"filename")
        self._pieces.append(Head(_text(options.get(b"name", b"")), None if name is None else _text(name)))

    def _on_part_data(self, chunk: bytes, start: int, end: int) -> None:
        self._pieces.append(chunk[start:end])

    def _on_end(self) -> None:
        self.whole = True


class Taking:
    """What was taken of a form so far."""

    def __init__(self, draft: Draft) -> None:
        self.name: str | None = None
        self._draft = draft
        self._fields: dict[str, bytearray] = {}
        self._here: bytearray | None = None
        """The field that is arriving; None for the file."""

    def take(self, pieces: list[Piece]) -> None:
        """Write the file on, and remember the fields.

        Raises:
            Malformed: there are two files, or two fields of a name, or the fields are too many or too long.
            TooLarge: the file is larger than this installation takes.
        """
        for piece in pieces:
            if isinstance(piece, Head):
                self._begin(piece)
            elif self._here is None:
                self._draft.write(piece)
            else:
                self._here += piece
        if sum(map(len, self._fields.values())) > FIELDS:
            raise Malformed(f"The fields of the form have more than {FIELDS} bytes beside the file; shorten them.")

    def said(self) -> dict[str, str]:
        """Return the fields; one that was left empty was not sent."""
        return {name: _text(bytes(told)) for name, told in self._fields.items() if told.strip()}

    def _begin(self, head: Head) -> None:
        if len(head.field) > LONGEST_FIELD or (head.field != "file" and len(self._fields) == MOST_FIELDS):
            raise Malformed(TOO_MANY)
        if head.field == "file":
            if self.name is not None:
                raise Malformed("The form holds two files; send each by itself.")
            self.name, self._here = unicodedata.normalize("NFC", head.file_name or ""), None
            refuse_name(self.name)
        elif head.file_name is not None or head.field in self._fields:
            raise Malformed(
                f"The field {head.field!r} of the form is one too many; send it once, and the file as 'file'."
            )
        else:
            self._here = self._fields[head.field] = bytearray()


def _text(written: bytes) -> str:
    try:
        return written.decode()
    except UnicodeDecodeError:
        raise Malformed("The form holds text that is not in UTF-8; send it in UTF-8.") from None


@asynccontextmanager
async def received(request: Request, files: Files, shape: type[S]) -> AsyncIterator[Upload[S]]:
    """Yield what a form brings, once all of it is there; nothing of it is left unless it is kept in the block.

    Raises:
        Malformed: it is no form, not whole, or its file is empty, no file that is taken, or misnamed.
        TooLarge: the file is larger than this installation takes.
        RequestValidationError: the fields are not those of `shape`.
    """
    form = Form(request.headers.get("content-type", ""))
    with no_room_for_files():
        draft = await run_in_threadpool(files.draft)
    try:
        with no_room_for_files():
            upload = await _upload(request, form, draft, shape)
        note_upload(request, upload)
        yield upload
    finally:
        draft.discard()


@contextmanager
def no_room_for_files() -> Iterator[None]:
    """Refuse what cannot be written down."""
    try:
        yield
    except OSError as fault:
        logger.exception("A file that arrived could not be written")
        raise Away(
            "The file cannot be written down at the moment; nothing of it was kept. Tell the operator."
        ) from fault


async def _upload(request: Request, form: Form, draft: Draft, shape: type[S]) -> Upload[S]:
    taking = Taking(draft)

    def take(chunk: bytes) -> None:
        taking.take(form.taken(chunk))

    try:
        async for chunk in request.stream():
            await run_in_threadpool(take, chunk)
    except (ClientDisconnect, FormParserError):
        raise Malformed(BROKEN) from None
    if taking.name is None or not form.whole:
        raise Malformed(BROKEN if taking.name else FORM)
    said = _said(shape, taking)
    media = refuse_mismatch(taking.name, await run_in_threadpool(draft.finish))
    return Upload(draft, taking.name, media, said)


def _said(shape: type[S], taking: Taking) -> S:
    try:
        return shape.model_validate_strings(taking.said())
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in errors]) from wrong


def note_upload(request: Request, upload: Upload[Any]) -> None:
    """Make the same file with the same words the same request, however it was packed on its way.

    Raises:
        Malformed: the Idempotency-Key is too short to be unguessable, or too long.
    """
    words = f"{upload.name}\n{upload.said.model_dump_json()}"
    idempotency.note_what_was_said(request, upload.draft.digest + words.encode())
