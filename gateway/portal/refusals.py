"""Refusals as pages, where a browser asks; programs get problem documents."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response

from gateway.portal.catalogue import language_of
from gateway.portal.rendering import PRIVATE, private_page

KEPT = ("retry-after", "allow")
"""Headers of a refusal that a page keeps."""

Handler = Callable[[Request, Any], Response | Awaitable[Response]]


def answer_with_pages(app: FastAPI) -> None:
    """Let browsers see what `app` refuses as a page; call this once it answers with problem documents."""
    for kind, handler in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = _as_page(handler)


def _as_page(handler: Handler) -> Handler:
    async def answer(request: Request, refused: Exception) -> Response:
        is_read = request.headers.get("accept", "").startswith("text/html")
        said = handler(in_its_language(request) if is_read else request, refused)
        plain = await said if isinstance(said, Awaitable) else said
        if not is_read:
            return plain
        detail = json.loads(bytes(plain.body))["detail"]
        page = private_page(request, "sorry.html", plain.status_code, detail=detail)
        page.headers.update({name: plain.headers[name] for name in KEPT if name in plain.headers} | PRIVATE)
        return page

    return answer


def in_its_language(request: Request) -> Request:
    """Return the request of a page as if the page's language had been asked for: what is refused is said in it."""
    others = [one for one in request.scope["headers"] if one[0] != b"accept-language"]
    return Request({**request.scope, "headers": [*others, (b"accept-language", language_of(request).encode())]})
