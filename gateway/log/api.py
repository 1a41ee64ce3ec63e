"""The routes of the log: what clients, monitors and witnesses read, in the formats that they know."""

import gzip
import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Request, Response

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed.asked import Index
from gateway.feed.caching import kept
from gateway.feed.shapes import EntryOut
from gateway.log import queries
from gateway.log.loop import DELAY_SECONDS
from gateway.log.notes import LONGEST_NOTE
from gateway.log.tiles import Tile, bundle, level_at, tile_at
from shared.words import Shape

router = APIRouter(prefix="/log", tags=["log"])

ANYONE = open_to_all("anyone may read the log")
WITNESSES = open_to_all("a witness is known by its signature")
GZIP = re.compile(r"(?:^|,)\s*gzip\s*(?:$|,|;\s*q=(?:1|0\.0*[1-9]))", re.IGNORECASE)
"""Accept-Encoding takes gzip (RFC 9110 section 12.5.3)."""
TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
TEXT_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}}}}
BYTES_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {BYTES: {}}}}

Level = Annotated[str, Path(description="from 0 to 63")]
Reference = Annotated[str, Path(pattern=r"^[a-z2-7]{16}$", description="what the public calls the case")]
CosignedNote = Annotated[str, Body(media_type="text/plain", max_length=LONGEST_NOTE)]


class KeysOut(Shape):
    """What the log says of its keys."""

    statements: list[str]
    """Signed notes, the first one first; each lists every key with the days from and until which it signs."""


class ReceiptOut(Shape):
    """The proof that a case is in the record, which can be checked without asking anybody."""

    told: str
    entry: EntryOut
    proof: str
    """https://c2sp.org/tlog-proof"""


class StatusOut(Shape):
    """How the log is."""

    size: int
    """Entries under the last checkpoint."""
    entries: int
    """Entries of the feed."""
    signed_at: datetime | None
    refusal: str | None
    """Why nothing is signed any more; null when all is well."""
    maximum_delay_seconds: int


class AcceptedOut(Shape):
    """Whose cosignatures were taken."""

    accepted: list[str]


@router.get("/checkpoint", response_class=Response, responses=TEXT_ANSWER, dependencies=[ANYONE])
async def checkpoint(request: Request, session: Reading) -> Response:
    """Return the last checkpoint, a signed note (https://c2sp.org/tlog-checkpoint), with its cosignatures."""
    return kept(request, await queries.cosigned(session, await queries.last(session)), TEXT)


@router.get("/status", response_model=StatusOut, dependencies=[ANYONE])
async def status(request: Request, session: Reading) -> Response:
    """Return how far the log is, and why it signs nothing if it does not."""
    found = await queries.condition(session)
    out = StatusOut(**found._asdict(), maximum_delay_seconds=DELAY_SECONDS)
    return kept(request, out.model_dump_json(), "application/json")


@router.get("/keys", response_model=KeysOut, dependencies=[ANYONE])
async def keys(request: Request, session: Reading) -> Response:
    """Return what the log has said of its keys; whoever trusts one key learns the others from a note it has signed."""
    return kept(request, KeysOut(statements=await queries.keys(session)).model_dump_json(), "application/json")


@router.get("/tile/entries/{place:path}", response_class=Response, responses=BYTES_ANSWER, dependencies=[ANYONE])
async def entries(
    request: Request, session: Reading, place: str, accepted: Annotated[str, Header(alias="Accept-Encoding")] = ""
) -> Response:
    """Return a bundle of entries (https://c2sp.org/tlog-tiles); they commit to values and hold none."""
    content = bundle(await queries.entries(session, asked(place)))
    zipped = GZIP.search(accepted) is not None
    answer = kept(request, gzip.compress(content, mtime=0) if zipped else content, BYTES, for_good=True)
    answer.headers["Vary"] = "Accept-Encoding"
    if zipped and answer.body:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@router.get("/tile/{level}/{place:path}", response_class=Response, responses=BYTES_ANSWER, dependencies=[ANYONE])
async def tile(request: Request, session: Reading, level: Level, place: str) -> Response:
    """Return a tile of the tree (https://c2sp.org/tlog-tiles)."""
    return kept(request, await queries.tile(session, *asked_on(level, place)), BYTES, for_good=True)


@router.get("/proof/{index}", response_class=Response, responses=TEXT_ANSWER, dependencies=[ANYONE])
async def proof(request: Request, session: Reading, index: Index) -> Response:
    """Return the proof that an entry is in the log (https://c2sp.org/tlog-proof)."""
    return kept(request, (await queries.proof(session, index)).write(), TEXT)


@router.get("/receipt/{reference}", response_model=ReceiptOut, dependencies=[ANYONE])
async def receipt(request: Request, session: Reading, reference: Reference) -> Response:
    """Return the first entry of a case with the proof that it is in the log; `accord verify --receipt` checks it."""
    entry = await queries.first_of(session, reference)
    there = await queries.proof(session, entry.index)
    told = f"Entry {entry.index} is in the log for good; this proof shows it to anybody, without us."
    out = ReceiptOut(told=told, entry=EntryOut.model_validate(entry), proof=there.write())
    return kept(request, out.model_dump_json(), "application/json")


@router.post("/cosignature", dependencies=[WITNESSES])
async def cosignature(request: Request, session: Reading, note: CosignedNote) -> AcceptedOut:
    """Take a witness's cosignature under a checkpoint of this log: the checkpoint, and the line under it."""
    size, signed = await queries.cosignatures(session, note, request.app.state.witnesses)
    async with request.app.state.engine.begin() as connection:
        await queries.keep(connection, size, signed)
    return AcceptedOut(accepted=[one.name for one in signed])


def asked(place: str) -> Tile:
    """Read which tile is asked for.

    Raises:
        NotYet: no tile is called that.
    """
    return asked_on("0", place)[1]


def asked_on(level: str, place: str) -> tuple[int, Tile]:
    """Read on which level which tile is asked for.

    Raises:
        NotYet: no tile is called that.
    """
    try:
        return level_at(level), tile_at(place)
    except ValueError as wrong:
        raise queries.NotYet(f"There is no such tile: {wrong}.") from wrong
