"""Making a page from a template, in the language that was asked for."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.feed.caching import kept
from gateway.portal.catalogue import Voice, name_of, stage_of
from shared.policy import Policy

HERE = Path(__file__).parent
HTML = "text/html; charset=utf-8"
PRIVATE = {"Cache-Control": "no-store"}
"""Of pages that hold what somebody wrote, or a receipt code: nobody keeps them."""

templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
STYLE = sha256((HERE / "static" / "portal.css").read_bytes()).hexdigest()[:12]
"""Stands in the stylesheet's address, so that a page never comes with the stylesheet of an older one."""
templates.globals["style"] = STYLE
templates.filters |= {"field_name": name_of, "stage": stage_of}


def page(request: Request, template: str, **values: Any) -> Response:  # noqa: ANN401 - whatever the template shows
    """Return a page that anybody may keep until it has changed."""
    return kept(request, rendered(request, template, **values), HTML)


def private_page(request: Request, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
    """Return a page that nobody may keep."""
    return Response(rendered(request, template, **values), status, PRIVATE, HTML)


def rendered(request: Request, template: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """Return the text of a page."""
    voice = Voice(request)
    policy: Policy = request.app.state.policy
    titles = {code: rules.agency.title for code, rules in policy.agencies.items()}
    return templates.get_template(template).render(v=voice, t=voice.say, titles=titles, **values)
