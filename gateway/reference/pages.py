"""The routes under which the house documents itself: a document for programs, and pages for people."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from gateway.documents import Documents
from gateway.doors import open_to_all
from gateway.feed.caching import kept
from gateway.reference.merging import merge
from gateway.reference.reading import Reading, anchor
from shared.errors import NotFound

HERE = Path(__file__).parent
CODE = re.compile(r"`([^`]+)`")
JSON = "json"
INDEX = ""
HTML = "text/html; charset=utf-8"

router = APIRouter(include_in_schema=False)

ANYONE = open_to_all("anyone may read what can be asked")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of the documents that the services had at the time."""

    version: int
    document: Mapping[str, Any]
    pages: dict[str, str]
    """Page → what it holds, once somebody has asked for it."""


def written(app: FastAPI) -> Written:
    """Return the merged document, which is made anew when a service has another one."""
    documents: Documents = app.state.documents
    before: Written | None = getattr(app.state, "written", None)
    if before is None or before.version != documents.version:
        app.state.written = before = Written(documents.version, merge(app.openapi(), documents.content), {})
    return before


@router.get("/openapi.json", dependencies=[ANYONE])
async def openapi(request: Request) -> Response:
    """Return the document of everything that can be asked here."""
    return kept(request, await _page(request, JSON, _as_json), "application/json")


@router.get("/api", dependencies=[ANYONE])
async def index(request: Request) -> Response:
    """Return the page that lists everything."""
    missing: Documents = request.app.state.documents
    return kept(request, await _page(request, INDEX, lambda document: _index(document, missing.missing)), HTML)


@router.get("/api/{group}", dependencies=[ANYONE])
async def group(request: Request, group: str) -> Response:
    """Return the page of one group."""
    return kept(request, await _page(request, f"/{group}", lambda document: _group(document, group)), HTML)


@router.get("/static/reference.css", dependencies=[ANYONE])
async def stylesheet() -> Response:
    """Return the stylesheet of these pages."""
    return FileResponse(
        HERE / "static" / "reference.css", media_type="text/css", headers={"Cache-Control": "public, max-age=3600"}
    )


async def _page(request: Request, name: str, write: Callable[[Mapping[str, Any]], str]) -> str:
    """Return a page, which is written once for as long as the services document the same."""
    await request.app.state.documents.seek()
    now = written(request.app)
    if name not in now.pages:
        now.pages[name] = await run_in_threadpool(write, now.document)
    return now.pages[name]


def _as_json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _index(document: Mapping[str, Any], missing: tuple[str, ...]) -> str:
    reading = Reading(document)
    overview = {name: reading.asked(name) for name in reading.groups}
    about = document["info"]["description"]
    return templates.get_template("index.html").render(
        about=about, groups=reading.groups, group="", overview=overview, missing=missing
    )


def _group(document: Mapping[str, Any], name: str) -> str:
    reading = Reading(document)
    if name not in reading.groups:
        raise NotFound(f"There is no group {name!r}; there is {', '.join(reading.groups)}.")
    asked = reading.asked(name)
    return templates.get_template("group.html").render(
        groups=reading.groups, group=name, asked=asked, shapes=reading.shapes(asked)
    )


def marked(text: str) -> Markup:
    """Return text as paragraphs, with what stands between backticks as code."""
    paragraphs = [CODE.sub(r"<code>\1</code>", str(escape(one))) for one in text.strip().split("\n\n") if one]
    return Markup("").join(Markup(f"<p>{one}</p>") for one in paragraphs)  # noqa: S704 - escaped in the line above


def shape_anchor(name: str) -> str:
    """Return where a page has a shape."""
    return anchor(f"shape-{name}")


templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
templates.filters |= {"marked": marked, "shape_anchor": shape_anchor}
