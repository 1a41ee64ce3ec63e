"""A request's body on its way through: its beginning is waited for, so that a slow sender holds nothing of others."""

from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus

import anyio
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from shared.errors import TOO_LARGE, Refusal, TooLarge

HELD = 65_536
"""Bytes that are waited for before a service is asked; the rest of a larger body is passed on as it arrives."""


class SlowSender(Refusal):
    """The body comes too slowly; nothing was passed on."""

    status = HTTPStatus.REQUEST_TIMEOUT
    kind = "slow"


class Body:
    """A body; remembers why it ended early, which the connection to the service would hide.

    Args:
        receive: where it comes from.
        largest: bytes that are taken.
        seconds: how long its next part may take.
    """

    def __init__(self, receive: Receive, largest: int, seconds: float) -> None:
        self._receive = receive
        self._largest = largest
        self._seconds = seconds
        self._came = 0
        self.held = b""
        self.whole = False
        """Whether nothing is to come after what has come."""
        self.fault: ClientDisconnect | Refusal | None = None

    async def begin(self) -> None:
        """Wait for the whole body, or for enough of it to ask a service.

        Raises:
            SlowSender: the next part did not come in time.
            TooLarge: the body is larger than this installation takes.
        """
        while len(self.held) < HELD and not self.whole:
            self.held += await self._next()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what is held, and then the rest as it arrives."""
        yield self.held
        try:
            while not self.whole:
                yield await self._next()
        except (ClientDisconnect, TooLarge, SlowSender) as fault:
            self.fault = fault
            raise

    async def _next(self) -> bytes:
        try:
            with anyio.fail_after(self._seconds):
                message = await self._receive()
        except TimeoutError:
            raise SlowSender("The body of the request comes too slowly; send it again at once.") from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part: bytes = message.get("body", b"")
        self._came += len(part)
        if self._came > self._largest:
            raise TooLarge(TOO_LARGE, largest=self._largest)
        self.whole = not message.get("more_body", False)
        return part


async def begun(receive: Receive, headers: Mapping[bytes, bytes], largest: int, seconds: float) -> Body | None:
    """Return the request's body as far as it has to be there before a service is asked; None when it has none.

    The edge has seen to it that one thing is said about its length.

    Raises:
        TooLarge: the body is larger than this installation takes.
        SlowSender: the body does not come.
    """
    length = headers.get(b"content-length")
    if length is None and b"transfer-encoding" not in headers:
        return None
    if length is not None and int(length) > largest:
        raise TooLarge(TOO_LARGE, largest=largest)
    body = Body(receive, largest, seconds)
    await body.begin()
    return body
