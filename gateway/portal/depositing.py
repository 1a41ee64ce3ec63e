"""Handing a file in on the page of a case: it goes on to the service as it arrives, and is nowhere held as a whole.

A browser sends the receipt code in the form, before the file; the service takes it as a header. So the form is taken
apart here as far as the file, and what follows is passed on part by part in a form of its own.
"""

import sys
from collections.abc import AsyncIterator, Mapping
from secrets import token_hex
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from python_multipart.exceptions import FormParserError
from starlette.requests import ClientDisconnect

from gateway.bodies import Body
from gateway.doors import open_to_all
from gateway.portal.asking import Answer, Wish, ask
from gateway.portal.catalogue import PREFIXES, Voice, language_of
from gateway.portal.forms import agency_of, case_page, code_of, key_of
from shared.errors import Malformed, Refusal, TooLarge
from shared.files import ENVELOPE
from shared.settings import Settings
from shared.sniffing import refuse_name
from shared.uploads import BROKEN, FIELDS, FORM, MOST_FIELDS, TOO_MANY, Form, Piece

ANYONE = open_to_all("anyone may use the portal's forms")
COUNTED_HERE = sys.maxsize
"""The limit of the framework for these addresses: a body that is too large is refused here, on the page of the case."""
MEGABYTE = 1_000_000

Said = Mapping[str, str]


class Opened(NamedTuple):
    """A form as far as its file."""

    said: Said
    name: str
    """Of the file."""


class Arriving:
    """A form with one file that is arriving; remembers why it ended early, which the connection would hide.

    Args:
        body: where it comes from.
        content_type: what it is said to be.

    Raises:
        Malformed: it is no form.
    """

    def __init__(self, body: Body, content_type: str) -> None:
        self._pieces = pieces_of(body, Form(content_type))
        self.fault: Refusal | None = None

    async def open(self) -> Opened:
        """Return what stands before the file.

        Raises:
            Malformed: there is no file, or too much before it.
        """
        said: dict[str, bytearray] = {}
        here = bytearray()
        async for piece in self._pieces:
            if isinstance(piece, bytes):
                here += piece
            elif piece.file_name is not None:
                return Opened({name: value.decode(errors="replace") for name, value in said.items()}, piece.file_name)
            else:
                here = said[piece.field] = bytearray()
            if len(said) > MOST_FIELDS or sum(map(len, said.values())) > FIELDS:
                raise Malformed(TOO_MANY)
        raise Malformed(FORM)

    async def passed_on(self, boundary: str, opened: Opened) -> AsyncIterator[bytes]:
        """Yield the form that the service gets, as the file arrives."""
        if because := opened.said.get("because", "").strip():
            yield head(boundary, 'name="because"') + f"{because}\r\n".encode()
        name = opened.name.replace('"', r"\"")
        yield head(boundary, f'name="file"; filename="{name}"')
        try:
            async for piece in self._pieces:
                if not isinstance(piece, bytes):
                    raise Malformed(FORM)
                yield piece
        except Refusal as fault:
            self.fault = fault
            raise
        yield f"\r\n--{boundary}--\r\n".encode()


async def pieces_of(body: Body, form: Form) -> AsyncIterator[Piece]:
    """Yield what a form holds, as it arrives.

    Raises:
        Malformed: it is no form, or did not arrive whole.
        TooLarge: it is larger than this installation takes.
        SlowSender: its next part did not come in time.
    """
    try:
        async for chunk in body:
            for piece in form.taken(chunk):
                yield piece
    except (ClientDisconnect, FormParserError):
        raise Malformed(BROKEN) from None
    if not form.whole:
        raise Malformed(BROKEN)


def head(boundary: str, field: str) -> bytes:
    """Return how a field of a form begins."""
    return f"--{boundary}\r\nContent-Disposition: form-data; {field}\r\n\r\n".encode()


writing = APIRouter(include_in_schema=False)


@writing.post("/track/evidence", dependencies=[ANYONE])
async def deposit(request: Request) -> Response:
    """Hand a file in for whoever holds the receipt code, and show the case after it."""
    settings: Settings = request.app.state.settings
    body = Body(request.receive, settings.max_file_size + ENVELOPE, settings.body_seconds)
    arriving = Arriving(body, request.headers.get("content-type", ""))
    opened = await arriving.open()
    agency, code = agency_of(request, opened.said), code_of(opened.said)
    refusal = await handed_in(request, arriving, opened, f"/agencies/{agency}/complaints/track/evidence")
    return await case_page(request, agency, code, refusal, done=True)


async def handed_in(request: Request, arriving: Arriving, opened: Opened, path: str) -> str:
    """Pass a file on, and return why it was not taken; nothing where it was."""
    language, boundary = language_of(request), token_hex(16)
    try:
        refuse_name(opened.name)
    except Malformed as refusal:
        return refusal.told_in(language)
    wish = Wish(
        "complaints",
        "POST",
        path,
        arriving.passed_on(boundary, opened),
        f"multipart/form-data; boundary={boundary}",
        code_of(opened.said),
        key_of(opened.said),
    )
    answer: Answer = await ask(request, wish)
    if isinstance(arriving.fault, TooLarge):
        largest = request.app.state.settings.max_file_size // MEGABYTE
        return Voice(request).say("file_too_large", megabytes=largest)
    return arriving.fault.told_in(language) if arriving.fault else answer.refusal


router = APIRouter(include_in_schema=False)
for prefix in PREFIXES.values():
    router.include_router(writing, prefix=prefix)
