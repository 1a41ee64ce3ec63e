"""Real servers on loopback for the gateway to meet: good ones, one that tells what it was sent, and bad ones."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from accord.hearing import HearingProtocol

WORDS = ("complaints", "discipline", "commendations", "reconciliation")
FILE: Any = {"requestBody": {"content": {"multipart/form-data": {}}}}
DOCUMENT: Any = {
    "openapi": "3.1.0",
    "info": {"title": "A service", "version": "1"},
    "paths": {
        **{f"/agencies/{{agency}}/{word}": {"get": {}, "post": {}} for word in WORDS},
        **{f"/agencies/{{agency}}/{word}/{{case}}/steps": {"get": {}, "post": {}, "patch": {}} for word in WORDS},
        "/agencies/{agency}/complaints/{case}": {"get": {}},
        "/agencies/{agency}/complaints/track": {"post": {}},
        "/agencies/{agency}/complaints/{case}/evidence": {"post": FILE},
        "/agencies/{agency}/complaints/officers/{officer}/history": {"get": {}},
        "/health/ready": {"get": {}},
        "/agencies/{agency}": {"get": {}},
        "/internal": {"get": {}},
    },
}
"""What the servers here document of themselves, whatever they do."""

PATIENCE = 20.0
"""Seconds until a test gives up; nothing waits so long when all is well."""


@contextmanager
def serving(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve `app` in a thread, on a free port unless one is given; yields its base URL."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            app,
            http=HearingProtocol,
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


def documented(app: ASGIApp, document: Any = DOCUMENT) -> ASGIApp:
    """Return `app` with a document of what it takes."""

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/openapi.json":
            await answer(send, 200, {"content-type": "application/json"}, json.dumps(document).encode())
        else:
            await app(scope, receive, send)

    return both


async def mirror(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what was asked, and with headers that should and should not come through."""
    if scope["type"] != "http":
        return
    body = b"".join([chunk async for chunk in chunks(receive)])
    told = {
        "method": scope["method"],
        "target": scope["raw_path"].decode() + ("?" + scope["query_string"].decode() if scope["query_string"] else ""),
        "headers": sorted([name.decode(), value.decode()] for name, value in scope["headers"]),
        "body": body.decode(),
    }
    host = dict(scope["headers"])[b"host"].decode()
    headers = {
        "content-type": "application/json",
        "etag": '"7"',
        "retry-after": "9",
        "www-authenticate": "Bearer",
        "location": f"http://{host}/agencies/rivertown/complaints/1",
        "set-cookie": "who=you",
        "x-powered-by": "the house",
        "via": host,
    }
    await answer(send, 207, headers, json.dumps(told).encode())


async def chunks(receive: Receive) -> Any:
    """Yield a request's body as it arrives."""
    more = True
    while more:
        message = await receive()
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def answer(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    """Send one whole answer."""
    written = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": written})
    await send({"type": "http.response.body", "body": body})


class Meeting:
    """An application and a test that wait for each other in the middle of a body."""

    def __init__(self) -> None:
        self.first_arrived = threading.Event()
        self.go_on = threading.Event()

    async def upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say when the first part of a body has arrived, and answer with the length of the whole."""
        if scope["type"] == "http":
            length = 0
            async for chunk in chunks(receive):
                length += len(chunk)
                self.first_arrived.set()
            await answer(send, 200, {}, str(length).encode())

    async def download(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send one part of the answer, and the other one once the test has seen the first."""
        del receive
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            await asyncio.to_thread(self.go_on.wait, PATIENCE)
            await send({"type": "http.response.body", "body": b"second" if self.go_on.is_set() else b"nobody"})


Behave = Callable[[socket.socket, bytes], None]


@contextmanager
def misbehaving(behave: Behave) -> Iterator[tuple[str, list[bytes]]]:
    """Serve connections one by one as `behave` does with the first bytes; yields the base URL and what was received."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    while sent := connection.recv(65536):
                        if sent.startswith(b"GET /openapi.json"):
                            connection.sendall(CLOSING + json.dumps(DOCUMENT).encode())
                            break
                        received.append(sent)
                        behave(connection, sent)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(PATIENCE)


CLOSING = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"


def half(connection: socket.socket, sent: bytes) -> None:
    """Announce a hundred bytes, send five, and close the connection."""
    del sent
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfirst")
    connection.shutdown(socket.SHUT_RDWR)


def hang_up(connection: socket.socket, sent: bytes) -> None:
    """Close the connection without an answer."""
    del sent
    connection.shutdown(socket.SHUT_RDWR)


def mumble(connection: socket.socket, sent: bytes) -> None:
    """Answer something that is not HTTP."""
    del sent
    connection.sendall(b"what?\r\n\r\n")
    connection.shutdown(socket.SHUT_RDWR)


def say_nothing(connection: socket.socket, sent: bytes) -> None:
    """Keep the connection open without an answer."""
    del connection, sent


def answer_once(connection: socket.socket, sent: bytes) -> None:
    """Answer GET and keep the connection; close it when anything else comes."""
    if sent.startswith(b"GET"):
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    else:
        connection.shutdown(socket.SHUT_RDWR)
