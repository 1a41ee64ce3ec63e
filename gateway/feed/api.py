"""The routes of the feed. Anyone may read them, from any page, and keep what they read."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed import queries
from gateway.feed.asked import (
    EACH_ONCE,
    EVERYTHING,
    PAGE,
    Asked,
    AskedOfAgency,
    AskedOfEntry,
    Index,
    Wanted,
    address,
)
from gateway.feed.caching import ASK_AGAIN, FOR_AN_HOUR, kept
from gateway.feed.formats import FORMATS, Written
from gateway.feed.sentences import Language
from gateway.feed.shapes import FeedOut, SpokenEntryOut, spoken
from gateway.feed.shelf import PLACE
from shared.access import Rules
from shared.errors import NotFound
from shared.policy import Policy

router = APIRouter(tags=["feed"])
of_agency = APIRouter(prefix="/agencies/{agency}", tags=["feed"])

TITLE = "Accord transparency feed"
Serve = Callable[..., Coroutine[Any, Any, Response]]
ANYONE = open_to_all("anyone may read the feed")


def whole_feed(form: str) -> Serve:
    """Return the route of the whole feed in one format."""
    path = f"/feed.{form}"

    async def feed(request: Request, session: Reading, asked: Annotated[Asked, Query()]) -> Response:
        """Return a page of the feed: page N holds the indexes from N x 100 on. A full page never gets other entries.

        With a filter, the newest hundred that match; the address of those before them comes with the answer.
        """
        wanted = asked.filtered(request.app.state.policy)
        if wanted != EVERYTHING or asked.before is not None:
            return await filtered(request, session, form, path, asked, wanted)
        length = await queries.size(session)
        newest = max(length - 1, 0) // PAGE
        number = newest if asked.page is None else asked.page
        if number > newest:
            raise NotFound(f"The feed has no page {number} yet; the newest is {newest}.")
        language = unless_english(asked.language)
        written = Written(
            title=TITLE,
            language=asked.language,
            here=address(path, page=asked.page, language=language),
            before=address(path, page=number - 1, language=language) if number else None,
            entries=await queries.page(session, number, length),
            policy=request.app.state.policy,
        )
        full = asked.page is not None and (number + 1) * PAGE <= length
        return answer(request, form, written, FOR_AN_HOUR if full else ASK_AGAIN)

    return feed


def agency_feed(form: str) -> Serve:
    """Return the route of one agency's feed in one format."""

    async def feed(
        request: Request, session: Reading, rules: Rules, asked: Annotated[AskedOfAgency, Query()]
    ) -> Response:
        """Return an agency's newest entries, a hundred at a time."""
        wanted = asked.wanted(request.app.state.policy, rules.code)
        return await filtered(request, session, form, f"/agencies/{rules.code}/feed.{form}", asked, wanted)

    return feed


async def filtered(
    request: Request, session: AsyncSession, form: str, path: str, asked: AskedOfAgency, wanted: Wanted
) -> Response:
    """Return the newest hundred entries of those that are wanted."""
    policy: Policy = request.app.state.policy
    found = await queries.matching(session, wanted, asked.before, PAGE + 1)
    at_home = path.startswith("/agencies/")
    said = {**(wanted.at_home() if at_home else wanted).said(), "language": unless_english(asked.language)}
    written = Written(
        title=f"{policy.agencies[wanted.agency].agency.title}: transparency feed" if wanted.agency else TITLE,
        language=asked.language,
        here=address(path, before=asked.before, **said),
        before=address(path, before=found[PAGE - 1].index, **said) if len(found) > PAGE else None,
        entries=found[:PAGE],
        policy=policy,
    )
    return answer(request, form, written, ASK_AGAIN)


def answer(request: Request, form: str, written: Written, how_long: str) -> Response:
    """Return a page in a format; where the entries before it are is also said in a header."""
    media_type, write = FORMATS[form]
    request.scope.get(PLACE, {})["may be kept"] = True
    made = kept(request, write(written), media_type, how_long=how_long)
    if written.before is not None:
        made.headers["Link"] = f'<{written.before}>; rel="next"'
    return made


@router.get("/feed/{index}", response_model=SpokenEntryOut, dependencies=[ANYONE, EACH_ONCE])
async def entry(request: Request, session: Reading, index: Index, asked: Annotated[AskedOfEntry, Query()]) -> Response:
    """Return one entry of the feed."""
    policy: Policy = request.app.state.policy
    found = await queries.entry(session, index)
    request.scope.get(PLACE, {})["may be kept"] = True
    return kept(request, spoken(found, policy, asked.language).model_dump_json(), "application/json")


def unless_english(language: Language) -> Language | None:
    """Return what an address says of the language; the feed without one is English, so that it has one address."""
    return None if language == "en" else language


for _form, _format in FORMATS.items():
    _told: dict[str, Any] = {
        "dependencies": [ANYONE, EACH_ONCE],
        "response_model": FeedOut if _form == "json" else None,
        "responses": {} if _form == "json" else {200: {"content": {_format.media_type.partition(";")[0]: {}}}},
    }
    router.get(f"/feed.{_form}", name=f"feed_as_{_form}", **_told)(whole_feed(_form))
    of_agency.get(f"/feed.{_form}", name=f"agency_feed_as_{_form}", **_told)(agency_feed(_form))
router.include_router(of_agency)
