"""The routes of the releases and of the catalogue."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import select

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed.asked import DIGITS
from gateway.feed.caching import kept
from gateway.schedule import next_release, today
from gateway.statistics.dcat import Place, Released, catalogue
from gateway.statistics.formats import as_csv, crossed_as_csv
from gateway.statistics.models import Release, ReleasedTable
from gateway.statistics.shapes import CrossedOut, ReleasedOut, ReleaseOut, ReleasesOut, TableOut
from shared.errors import NotFound
from shared.policy import Policy
from shared.settings import DEVELOPMENT_LOG, Settings

router = APIRouter(tags=["statistics"])
ANYONE = open_to_all("anyone may read the statistics")

JSON, CSV = "application/json", "text/csv; charset=utf-8"
HERE = "/statistics/releases"
Number = Annotated[int, DIGITS, Path(ge=1, le=2**31)]


@router.get("/statistics/releases.json", response_model=ReleasesOut, dependencies=[ANYONE])
async def releases(request: Request, session: Reading) -> Response:
    """Return every release, the newest first, and the day of the next."""
    found = await session.execute(select(ReleasedTable.release, ReleasedTable.name, ReleasedTable.digest))
    tables: dict[int, list[ReleasedOut]] = {}
    for number, name, digest in sorted(found):
        tables.setdefault(number, []).append(ReleasedOut(name=name, url=f"{HERE}/{number}/{name}.json", digest=digest))
    every = await session.scalars(select(Release).order_by(Release.number.desc()))
    shown = ReleasesOut(
        next_release=next_release(today()),
        releases=[ReleaseOut(**_columns(one), tables=tables.get(one.number, [])) for one in every],
    )
    return kept(request, shown.model_dump_json(), JSON)


@router.get("/statistics/releases/{number}/{name}.json", dependencies=[ANYONE], response_model=TableOut | CrossedOut)
async def released(request: Request, session: Reading, number: Number, name: str) -> Response:
    """Return a table as it was released; it never changes."""
    return kept(request, await _content(session, number, name), JSON, for_good=True)


@router.get("/statistics/releases/{number}/{name}.csv", dependencies=[ANYONE], response_class=Response)
async def released_as_csv(request: Request, session: Reading, number: Number, name: str) -> Response:
    """Return a table as it was released, as CSV."""
    content = await _content(session, number, name)
    if '"attribute":' in content[:60]:
        return kept(request, crossed_as_csv(CrossedOut.model_validate_json(content)), CSV, for_good=True)
    return kept(request, as_csv(TableOut.model_validate_json(content)), CSV, for_good=True)


@router.get("/data.json", dependencies=[ANYONE])
async def data(request: Request, session: Reading) -> Response:
    """Return the catalogue of what can be had as data, as DCAT-US 3.0 has it."""
    policy: Policy = request.app.state.policy
    settings: Settings = request.app.state.settings
    place = Place(settings.log, house(request))
    released = select(ReleasedTable.release, ReleasedTable.name, Release.made_on)
    found = await session.execute(
        released.join(Release, Release.number == ReleasedTable.release).order_by(Release.number, ReleasedTable.name)
    )
    shown = catalogue(place, policy, [Released(*one) for one in found])
    return kept(request, shown, JSON)


def house(request: Request) -> str:
    """Return the address under which this house is reached: that of its log, or in development what a caller says."""
    settings: Settings = request.app.state.settings
    if settings.log == DEVELOPMENT_LOG:
        return str(request.base_url).rstrip("/")
    return f"https://{settings.log.removesuffix('/log')}"


async def _content(session: Reading, number: int, name: str) -> str:
    found = await session.get(ReleasedTable, (number, name))
    if found is None:
        raise NotFound(f"No table {name!r} is in a release {number}; {HERE}.json lists those that are.")
    return found.content


def _columns(release: Release) -> dict[str, object]:
    names = ("number", "made_on", "until", "entries", "corrects", "because", "digest")
    return {name: getattr(release, name) for name in names}
