"""A file that is handed in on a page goes through the gateway as it arrives, with nothing added and nothing held."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from gateway.bodies import Body
from gateway.portal.depositing import Arriving
from shared.uploads import Form, Head
from tests.gateway.conftest import OpenGateway
from tests.gateway.servers import PATIENCE, answer, chunks, documented, serving
from tests.gateway.test_streaming import BUFFERS, PART, PARTS, connected, memory, settled

CODE = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF"
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="/\\"), min_size=1)


class Keeper:
    """A service that takes a file once the test says so, and tells of no case."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.length = 0
        self.first = b""
        self.read = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a file."""
        if scope["type"] != "http":
            return
        if scope["method"] == "POST":
            self.headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            await asyncio.to_thread(self.read.wait, PATIENCE)
            async for part in chunks(receive):
                self.first = self.first or part
                self.length += len(part)
        refused = json.dumps({"detail": "No case opens."}).encode()
        await answer(send, 404 if scope["method"] == "GET" else 201, {"content-length": str(len(refused))}, refused)


def form(boundary: str, name: str, because: str) -> bytes:
    """Return a form of the page as far as its file."""
    fields = {"agency": "rivertown", "code": CODE, "key": "k" * 36, "because": because}
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    told = "".join(f'{head}{field}"\r\n\r\n{value}\r\n' for field, value in fields.items())
    return f'{told}{head}file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'.encode()


def test_a_file_that_the_service_does_not_read_waits_with_its_sender(open_gateway: OpenGateway) -> None:
    keeper, sent, told = Keeper(), [0], form("edge", "a.txt", "")
    length = len(told) + PARTS * len(PART) + len(b"\r\n--edge--\r\n")
    with (
        serving(documented(keeper)) as address,
        connected(open_gateway(address, max_file_size=PARTS * len(PART))) as connection,
    ):

        def send() -> None:
            head = f"POST /track/evidence HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
            connection.sendall(head.encode() + b"Content-Type: multipart/form-data; boundary=edge\r\n\r\n" + told)
            for _ in range(PARTS):
                connection.sendall(PART)
                sent[0] += len(PART)
            connection.sendall(b"\r\n--edge--\r\n")

        sender, before = threading.Thread(target=send), memory()
        sender.start()
        assert settled(lambda: sent[0]) < BUFFERS
        assert memory() - before < BUFFERS
        keeper.read.set()
        sender.join(PATIENCE)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 404 ")
    assert 0 < keeper.length - PARTS * len(PART) < len(told)
    assert (keeper.headers["receipt-code"], keeper.headers["idempotency-key"]) == (CODE, "k" * 36)
    assert CODE.encode() not in keeper.first


@given(NAMES, st.text(st.characters(codec="utf-8", exclude_characters="\r")), st.binary(max_size=300), st.data())
def test_what_is_passed_on_is_the_file_that_came_however_it_was_cut(
    name: str, because: str, content: bytes, drawn: Any
) -> None:
    whole = form("edge", name.replace('"', r"\""), because) + content + b"\r\n--edge--\r\n"
    size = drawn.draw(st.integers(1, len(whole)))
    coming = [whole[place : place + size] for place in range(0, len(whole), size)]

    async def receive() -> Any:
        return {"type": "http.request", "body": coming.pop(0), "more_body": len(coming) > 0}

    async def passed() -> AsyncIterator[bytes]:
        arriving = Arriving(Body(receive, 10_000_000, PATIENCE), "multipart/form-data; boundary=edge")
        async for part in arriving.passed_on("other", await arriving.open()):
            yield part

    async def taken() -> list[tuple[str, str | None, bytes]]:
        read, found = Form("multipart/form-data; boundary=other"), []
        async for part in passed():
            for piece in read.taken(part):
                if isinstance(piece, Head):
                    found.append((piece.field, piece.file_name, b""))
                else:
                    found[-1] = (*found[-1][:2], found[-1][2] + piece)
        assert read.whole
        return found

    said = [("because", None, because.strip().encode())] if because.strip() else []
    assert asyncio.run(taken()) == [*said, ("file", name, content)]
