"""The pages of the portal. They are whole without a script."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed import queries
from gateway.feed.caching import kept
from gateway.feed.sentences import sentence
from shared.policy import Policy

HERE = Path(__file__).parent
LATEST = 20

router = APIRouter(include_in_schema=False)
templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)

ANYONE = open_to_all("anyone may read the portal")


@router.get("/", dependencies=[ANYONE])
async def front(request: Request, session: Reading) -> Response:
    """Return the front page: what this is, and what was entered last."""
    policy: Policy = request.app.state.policy
    entries = await queries.newest(session, LATEST)
    titles = {code: rules.agency.title for code, rules in policy.agencies.items()}
    shown = [
        {
            "index": entry.index,
            "sentence": sentence(entry, policy),
            "day": entry.day.isoformat(),
            "agency": titles.get(entry.agency, entry.agency),
        }
        for entry in entries
    ]
    page = templates.get_template("front.html").render(entries=shown, titles=titles)
    return kept(request, page, "text/html; charset=utf-8")


@router.get("/static/portal.css", dependencies=[ANYONE])
async def stylesheet() -> Response:
    """Return the one stylesheet."""
    return FileResponse(
        HERE / "static" / "portal.css", media_type="text/css", headers={"Cache-Control": "public, max-age=3600"}
    )
