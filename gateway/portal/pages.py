"""The pages of the portal that are read. They are whole without a script, and made from the feed alone."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed import queries as feed
from gateway.feed.asked import DIGITS, LARGEST, Index
from gateway.log.checkpoints import Checkpoint
from gateway.log.loop import DELAY_SECONDS
from gateway.log.models import LAST
from gateway.log.notes import Note
from gateway.portal import queries
from gateway.portal.catalogue import PREFIXES, language_of, name_of
from gateway.portal.queries import PARTS, SHOWN, Wanted
from gateway.portal.rendering import HERE, page
from gateway.portal.showing import by_month, figures, shares, told, word, written
from gateway.schedule import next_release, today
from gateway.statistics import queries as statistics
from gateway.statistics.catalogue import tables
from shared.access import served
from shared.policy import Policy

LATEST = 20
BARS = 12
"""Of a chart, the longest ones."""
ROWS = 200
"""Rows of a table that a page shows; its files have all."""
AN_HOUR = {"Cache-Control": "public, max-age=3600"}

ANYONE = open_to_all("anyone may read the portal")

Before = Annotated[int | None, DIGITS, Query(ge=0, le=LARGEST)]
PageNumber = Annotated[int, DIGITS, Query(alias="page", ge=1, le=queries.BOARD)]
reading = APIRouter(include_in_schema=False)


@reading.get("/", dependencies=[ANYONE])
async def front(request: Request, session: Reading) -> Response:
    """Return the front page: what this is, what happened last, and in figures."""
    return await overview(request, session, None)


@reading.get("/agency/{code}", dependencies=[ANYONE])
async def agency(request: Request, session: Reading, code: str) -> Response:
    """Return the page of one agency."""
    served(code, policy_of(request).agencies)
    return await overview(request, session, code)


async def overview(request: Request, session: Reading, code: str | None) -> Response:
    """Return what happened last, and in figures, at one agency or at all."""
    language, policy = language_of(request), policy_of(request)
    latest, _ = await queries.selected(session, Wanted(agency=code))
    received, decided, outcomes = [
        await statistics.table(session, policy, name, code, language)
        for name in ("complaints-received", "days-open", "outcomes")
    ]
    months, monthly = by_month(received, decided)
    rows, chart = shares(outcomes, "outcome")
    return page(
        request,
        "front.html",
        code=code,
        figures=figures(await statistics.key_figures(session, code)),
        entries=told(request, latest[:LATEST], language),
        months=months,
        monthly=monthly,
        outcomes=rows,
        chart=chart,
    )


@reading.get("/record", dependencies=[ANYONE])
async def record(
    request: Request, session: Reading, agency: str = "", part: str = "", before: Before = None
) -> Response:
    """Return a page of the record, filtered."""
    wanted = Wanted(agency or None, part if part in PARTS else None, before)
    entries, older = await queries.selected(session, wanted)
    shown = told(request, entries, language_of(request))
    return page(request, "record.html", entries=shown, wanted=wanted, older=older, parts=PARTS)


@reading.get("/record/{index}", dependencies=[ANYONE])
async def entry(request: Request, session: Reading, index: Index) -> Response:
    """Return one entry whole: its words, its values, its case, and where its proof is."""
    language = language_of(request)
    found = await feed.entry(session, index)
    case = await queries.of_case(session, found.reference)
    last = await session.scalar(LAST)
    rules = policy_of(request).agencies.get(found.agency)
    values = [(name_of(field, language), written(value, language, rules)) for field, value in found.fields.items()]
    (shown,) = told(request, [found], language)
    return page(
        request,
        "entry.html",
        told=shown,
        fields=values,
        case=told(request, [one for one in case if one.index != index], language),
        corrected_by=[one.index for one in case if one.corrects == index],
        logged=last is not None and index < last.size,
        seconds=DELAY_SECONDS,
    )


@reading.get("/figures", dependencies=[ANYONE])
async def numbers(request: Request, session: Reading, agency: str = "") -> Response:
    """Return every table of the statistics."""
    language, policy = language_of(request), policy_of(request)
    code = agency if agency in policy.agencies else None
    shown = [await statistics.table(session, policy, name, code, language) for name in tables()]
    following = next_release(today())
    return page(
        request,
        "figures.html",
        tables=shown,
        charts={one.name: shares(one, one.dimensions[0])[1][:BARS] for one in shown if one.measure == "count"},
        code=code,
        following=following,
        most=ROWS,
    )


@reading.get("/commitments", dependencies=[ANYONE])
async def commitments(request: Request, session: Reading, number: PageNumber = 1) -> Response:
    """Return a page of the board of commitments."""
    language = language_of(request)
    now = today()
    promises = await queries.promises(session)
    shown = promises[(number - 1) * SHOWN : number * SHOWN]
    return page(
        request,
        "commitments.html",
        board=[(one, one.is_overdue(now)) for one in shown],
        number=number,
        is_last=len(promises) <= number * SHOWN,
        said=lambda text: word(text, language),
    )


@reading.get("/data", dependencies=[ANYONE])
async def data(request: Request) -> Response:
    """Return what can be had as data."""
    language = language_of(request)
    listed = [(name, table.title[language], table.about[language]) for name, table in tables().items()]
    return page(request, "data.html", tables=listed)


@reading.get("/verify", dependencies=[ANYONE])
async def verify(request: Request, session: Reading) -> Response:
    """Explain how this record can be verified."""
    last = await session.scalar(LAST)
    signed = Checkpoint.read(Note.read(last.note).text) if last else None
    root = signed.text().splitlines()[2] if signed else ""
    return page(request, "verify.html", signed=signed, root=root, site=request.base_url)


@reading.get("/about", dependencies=[ANYONE])
async def about(request: Request) -> Response:
    """Say what these pages are, and who helps."""
    language = language_of(request)
    offices = [
        (rules.agency.title, [said.get(language, said["en"]) for said in rules.agency.contacts.values()])
        for rules in policy_of(request).agencies.values()
    ]
    return page(request, "about.html", offices=offices)


def policy_of(request: Request) -> Policy:
    """Return the agencies that are served here, and their rules."""
    policy: Policy = request.app.state.policy
    return policy


router = APIRouter(include_in_schema=False)
for prefix in PREFIXES.values():
    router.include_router(reading, prefix=prefix)


@router.get("/static/portal.css", dependencies=[ANYONE])
async def stylesheet() -> Response:
    """Return the one stylesheet."""
    return FileResponse(HERE / "static" / "portal.css", media_type="text/css", headers=AN_HOUR)


@router.get("/static/icon.svg", dependencies=[ANYONE])
async def icon() -> Response:
    """Return the sign in the browser's tab."""
    return FileResponse(HERE / "static" / "icon.svg", media_type="image/svg+xml", headers=AN_HOUR)
