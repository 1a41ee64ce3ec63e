"""The baselines that are servers: as little as can be written with the same parts.

Run as `python -m benchmarks.bare NAME PORT ARGUMENT`; listens on loopback until it is told to end.
"""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import psycopg
import uvicorn
from aiohttp import web
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

CREATE = "create table if not exists bare_complaint (id uuid primary key, narrative text, categories text[], day date)"


class Filing(BaseModel):
    """What is filed."""

    narrative: str
    categories: list[str]
    incident_on: date


def filing(url: str) -> FastAPI:
    """Return FastAPI and psycopg doing one INSERT and one commit for every request."""
    kept = threading.local()

    def connection() -> psycopg.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = psycopg.connect(url)
        found: psycopg.Connection = kept.connection
        return found

    def file(filing: Filing) -> dict[str, UUID]:
        """Store one row."""
        id_ = uuid4()
        row = (id_, filing.narrative, filing.categories, filing.incident_on)
        with connection().transaction():
            connection().execute("insert into bare_complaint values (%s, %s, %s, %s)", row)
        return {"id": id_}

    with psycopg.connect(url) as once:
        once.execute(CREATE)
    app = FastAPI()
    app.post("/complaints", status_code=201)(file)
    return app


def page(told: str) -> Starlette:
    """Return Starlette answering with the same bytes and headers every time; 304 to whoever asks with their ETag."""
    said = json.loads(told)
    body = said["body"].encode()
    headers: dict[str, str] = said["headers"]

    async def answer(asked: Request) -> Response:
        if asked.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers)

    return Starlette(routes=[Route("/page", answer)])


def service(path: str) -> FastAPI:
    """Return FastAPI with one answer."""

    async def answer() -> dict[str, str]:
        return {"status": "running"}

    app = FastAPI()
    app.get(path)(answer)
    return app


def proxy(upstream: str) -> web.Application:
    """Return aiohttp passing everything on."""

    async def session(app: web.Application) -> AsyncIterator[None]:
        app["session"] = aiohttp.ClientSession(auto_decompress=False)
        yield
        await app["session"].close()

    async def pass_on(came: web.Request) -> web.StreamResponse:
        async with came.app["session"].request(
            came.method, upstream + came.raw_path, headers=came.headers, data=came.content if came.body_exists else None
        ) as answer:
            headers = {name: value for name, value in answer.headers.items() if name != "Transfer-Encoding"}
            passed = web.StreamResponse(status=answer.status, headers=headers)
            await passed.prepare(came)
            async for chunk in answer.content.iter_any():
                await passed.write(chunk)
            await passed.write_eof()
            return passed

    app = web.Application()
    app.cleanup_ctx.append(session)
    app.router.add_route("*", "/{path:.*}", pass_on)
    return app


def stream(_: str) -> ASGIApp:
    """Return an ASGI application that tells whoever follows `/stream` what it is told at `/tell/N`."""
    followers: set[asyncio.Queue[bytes]] = set()
    told = b'event: entry\ndata: {"told": "' + b"x" * 600 + b'"}\n\n'

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] != "/stream":
            number = scope["path"].removeprefix("/tell/").encode()
            for queue in followers if number.isdigit() else ():
                queue.put_nowait(b"id: " + number + b"\n" + told)
            await send({"type": "http.response.body", "body": b"{}"})
            return
        queue = asyncio.Queue[bytes]()
        followers.add(queue)
        gone = asyncio.ensure_future(departure(receive))
        await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
        while not gone.done():
            part = asyncio.ensure_future(queue.get())
            await asyncio.wait({part, gone}, return_when=asyncio.FIRST_COMPLETED)
            if part.done():
                await send({"type": "http.response.body", "body": part.result(), "more_body": True})
        followers.discard(queue)

    return answer


async def departure(receive: Receive) -> None:
    """Wait until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


APPLICATIONS: dict[str, Callable[[str], Any]] = {
    "filing": filing,
    "page": page,
    "stream": stream,
    "service": service,
    "proxy": proxy,
}


def main(name: str, port: str, argument: str) -> None:
    """Serve one of them until told to end."""
    app = APPLICATIONS[name](argument)
    listener = socket.create_server(("127.0.0.1", int(port)), backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if isinstance(app, web.Application):
        web.run_app(app, sock=listener, access_log=None, print=None)
        return
    settings = uvicorn.Config(app, access_log=False, log_config=None, server_header=False, proxy_headers=False)
    uvicorn.Server(settings).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
