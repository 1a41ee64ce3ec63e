"""Asking a service for somebody who uses the pages, as any other caller would: only what they wrote is passed on.

No page sets a cookie or knows who asks, so no other site can make a browser do anything in somebody's name: whoever
knows the receipt code can do what it opens, and nobody else.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp
from fastapi import Request

from gateway.portal.catalogue import Voice, language_of
from gateway.proxy import Content, Proxy
from shared.errors import Away

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
LARGEST_ANSWER = 5_000_000
"""In bytes."""
REFUSED = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered, or why it did not."""

    status: int
    content: Mapping[str, Any] = field(default_factory=dict)

    @property
    def refusal(self) -> str:
        """The sentence of a refusal; empty where there is none."""
        return str(self.content.get("detail", "")) if self.status >= REFUSED else ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a service."""

    service: str
    method: str
    path: str
    content: Content = None
    kind: str = FORM
    code: str = ""
    """The receipt code, where the wish takes one."""
    key: str = ""
    """The same for the same wish, however often it is sent."""

    def headers(self, language: str) -> list[tuple[str, str]]:
        """Return what the service is told beside the content."""
        said = {
            "accept": JSON,
            "accept-language": language,
            "content-type": self.kind if self.content else "",
            "receipt-code": self.code,
            "idempotency-key": self.key,
        }
        return [(name, value) for name, value in said.items() if value]


async def ask(request: Request, wish: Wish) -> Answer:
    """Return what a service answers; where it is away, a sentence that says what that means."""
    proxy: Proxy = request.app.state.proxy
    headers = wish.headers(language_of(request))
    try:
        answer = await proxy.ask(wish.service, wish.method, wish.path, headers, wish.content)
        try:
            return Answer(answer.status, json.loads(await answer.content.read(LARGEST_ANSWER)))
        finally:
            answer.release()
    except (Away, aiohttp.ClientError, TimeoutError, ValueError):
        return Answer(Away.status, {"detail": Voice(request).say("away")})


def as_form(fields: Sequence[tuple[str, str]]) -> bytes:
    """Return fields as a browser sends them, without those that were left empty."""
    return urlencode([(name, value) for name, value in fields if value.strip()]).encode()


def as_json(**values: object) -> bytes:
    """Return values as JSON."""
    return json.dumps(values).encode()


def new_key() -> str:
    """Return what tells one wish from another, made with the page on which it is uttered."""
    return str(uuid4())
