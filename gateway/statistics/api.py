"""The routes of the statistics. Anyone may read them, from any page, and keep what they read."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed.caching import kept
from gateway.feed.sentences import Language
from gateway.schedule import next_release, today
from gateway.statistics import queries
from gateway.statistics.catalogue import tables
from gateway.statistics.dictionary import dictionary
from gateway.statistics.formats import as_csv
from gateway.statistics.shapes import DictionaryOut, IndexOut, KeyFiguresOut, ListedOut, TableOut
from shared.errors import NotFound
from shared.policy import Policy

router = APIRouter(tags=["statistics"])
ANYONE = open_to_all("anyone may read the statistics")

HERE = "/statistics"
JSON, CSV = "application/json", "text/csv; charset=utf-8"
AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
Agency = Annotated[str | None, Query(description="only of this agency")]
Month = Annotated[str | None, Query(pattern=r"^\d{4}(-\d{2})?$", description="only of this year or month")]


@router.get("/statistics.json", response_model=IndexOut, dependencies=[ANYONE])
async def index(request: Request, language: Language = "en") -> Response:
    """Return which tables there are, and the day of the next release."""
    listed = [
        ListedOut(
            name=name,
            title=table.title[language],
            json_url=f"/statistics/{name}.json",
            csv_url=f"/statistics/{name}.csv",
        )
        for name, table in tables().items()
    ]
    shown = IndexOut(tables=listed, next_release=next_release(today()), dictionary_url="/statistics/dictionary.json")
    return kept(request, shown.model_dump_json(), JSON)


@router.get("/statistics/dictionary.json", response_model=DictionaryOut, dependencies=[ANYONE])
async def data_dictionary(request: Request, language: Language = "en") -> Response:
    """Return what every table and every column of it means."""
    return kept(request, dictionary(language).model_dump_json(), JSON)


@router.get("/statistics/figures.json", response_model=KeyFiguresOut, dependencies=[ANYONE])
async def figures(request: Request, session: Reading, agency: Agency = None) -> Response:
    """Return what is told first, of one agency or of all."""
    shown = await queries.key_figures(session, served(request, agency))
    return kept(request, shown.model_dump_json(), JSON)


@router.get("/statistics/{name}.json", response_model=TableOut, dependencies=[ANYONE])
async def table(
    request: Request, session: Reading, name: str, agency: Agency = None, month: Month = None, language: Language = "en"
) -> Response:
    """Return a table as the feed stands now."""
    shown = await _table(request, session, name, served(request, agency), language)
    return kept(request, of_month(shown, month).model_dump_json(), JSON)


@router.get(
    "/statistics/{name}.csv",
    dependencies=[ANYONE],
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
)
async def table_as_csv(
    request: Request, session: Reading, name: str, agency: Agency = None, month: Month = None
) -> Response:
    """Return a table as the feed stands now, as CSV."""
    shown = await _table(request, session, name, served(request, agency), "en")
    return kept(request, as_csv(of_month(shown, month)), CSV)


async def _table(request: Request, session: Reading, name: str, agency: str | None, language: Language) -> TableOut:
    policy: Policy = request.app.state.policy
    return await queries.table(session, policy, name, agency, language)


def of_month(shown: TableOut, month: str | None) -> TableOut:
    """Return the rows of one month, or of one year."""
    rows = [row for row in shown.rows if month is None or row.month.startswith(month)]
    return shown.model_copy(update={"rows": rows})


def served(request: Request, agency: str | None) -> str | None:
    """Return the agency that is asked for.

    Raises:
        NotFound: no such agency is served here; names those that are.
    """
    policy: Policy = request.app.state.policy
    if agency is not None and agency not in policy.agencies:
        raise NotFound(f"No agency {agency!r} is served here; there is {', '.join(sorted(policy.agencies))}.")
    return agency
