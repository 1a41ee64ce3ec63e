"""The routes of the feed. Anyone may read them, from any page, and keep what they read."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed import queries
from gateway.feed.caching import kept
from gateway.feed.queries import PAGE
from gateway.feed.sentences import Language
from gateway.feed.shapes import FeedOut, SpokenEntryOut, address, items, spoken
from gateway.feed.vocabulary import public_kind, public_kinds
from shared.access import Rules
from shared.errors import Malformed, NotFound
from shared.policy import Policy

router = APIRouter(tags=["feed"])
of_agency = APIRouter(prefix="/agencies/{agency}", tags=["feed"])

JSON_FEED = "application/feed+json"
LARGEST = 2**63 - 1
"""The largest index that the database can hold."""

Page = Annotated[int | None, Query(ge=0, le=LARGEST // PAGE, description="absent for the newest page")]
Before = Annotated[int | None, Query(ge=0, le=LARGEST, description="only entries with a smaller index")]
Index = Annotated[int, Path(ge=0, le=LARGEST)]
Kind = Annotated[str | None, Query(alias="type", description="only entries of this type")]
ANYONE = open_to_all("anyone may read the feed")


@router.get("/feed.json", response_model=FeedOut, dependencies=[ANYONE])
async def feed(
    request: Request, session: Reading, page: Page = None, kind: Kind = None, language: Language = "en"
) -> Response:
    """Return a page of the feed: page N holds the indexes from N x 100 on, and a full page never changes.

    Of one type only, a page still covers the same indexes and may therefore be short or empty; `next_url` goes on.
    """
    asked = {"type": known(kind), "language": unless_english(language)}
    policy: Policy = request.app.state.policy
    length = await queries.size(session)
    newest = max(length - 1, 0) // PAGE
    number = newest if page is None else page
    if number > newest:
        raise NotFound(f"The feed has no page {number} yet; the newest is {newest}.")
    written = FeedOut(
        title="Accord transparency feed",
        language=language,
        feed_url=address("/feed.json", **asked),
        next_url=address("/feed.json", page=number - 1, **asked) if number else None,
        items=items(await queries.page(session, number, length, kind), policy, language),
    )
    full = page is not None and (number + 1) * PAGE <= length
    return kept(request, written.as_json(), JSON_FEED, for_good=full)


@router.get("/feed/{index}", response_model=SpokenEntryOut, dependencies=[ANYONE])
async def entry(request: Request, session: Reading, index: Index, language: Language = "en") -> Response:
    """Return one entry of the feed."""
    policy: Policy = request.app.state.policy
    found = await queries.entry(session, index)
    return kept(request, spoken(found, policy, language).model_dump_json(), "application/json")


@of_agency.get("/feed.json", response_model=FeedOut, dependencies=[ANYONE])
async def agency_feed(
    request: Request,
    session: Reading,
    rules: Rules,
    before: Before = None,
    kind: Kind = None,
    language: Language = "en",
) -> Response:
    """Return an agency's newest entries, a hundred at a time."""
    asked = {"type": known(kind), "language": unless_english(language)}
    policy: Policy = request.app.state.policy
    found = await queries.of_agency(session, rules.code, before, kind, PAGE + 1)
    shown, path = found[:PAGE], f"/agencies/{rules.code}/feed.json"
    written = FeedOut(
        title=f"{rules.agency.title}: transparency feed",
        language=language,
        feed_url=address(path, **asked),
        next_url=address(path, before=shown[-1].index, **asked) if len(found) > PAGE else None,
        items=items(shown, policy, language),
    )
    return kept(request, written.as_json(), JSON_FEED)


def known(kind: str | None) -> str | None:
    """Return the type that is asked for.

    Raises:
        Malformed: no entry can have it; names the types that there are.
    """
    if kind is not None and public_kind(kind) is None:
        types = ", ".join(sorted(one.name for one in public_kinds()))
        raise Malformed(f"There are no public events of the type {kind!r}; there is {types}.")
    return kind


def unless_english(language: Language) -> Language | None:
    """Return what an address says of the language; the feed without one is English, so that it has one address."""
    return None if language == "en" else language


router.include_router(of_agency)
