"""A request's body on its way through: its beginning is waited for, so that a slow sender holds nothing of others."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from shared.errors import Malformed, Refusal

NEXT_PART_SECONDS = 10.0
"""How long the next part of a body may take."""
HELD = 65_536
"""Bytes that are waited for before a service is asked; the rest of a larger body is passed on as it arrives."""


class SlowSender(Refusal):
    """The body comes too slowly; nothing was passed on."""

    status = HTTPStatus.REQUEST_TIMEOUT
    kind = "slow"


class Body:
    """A body; remembers why it ended early, which the connection to the service would hide."""

    def __init__(self, came: Request) -> None:
        self._parts = aiter(came.stream())
        self.held = b""
        self.whole = False
        """Whether nothing is to come after what is held."""
        self.fault: Exception | None = None

    async def begin(self) -> None:
        """Wait for the whole body, or for enough of it to ask a service.

        Raises:
            SlowSender: the next part did not come in time.
            HTTPException: the body is larger than this installation takes.
        """
        while len(self.held) < HELD and not self.whole:
            part = await self._next()
            self.whole = part is None
            self.held += part or b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what is held, and then the rest as it arrives."""
        yield self.held
        try:
            while (part := await self._next()) is not None:
                yield part
        except (HTTPException, ClientDisconnect, SlowSender) as fault:
            self.fault = fault
            raise

    async def _next(self) -> bytes | None:
        try:
            with anyio.fail_after(NEXT_PART_SECONDS):
                return await anext(self._parts, None)
        except TimeoutError:
            raise SlowSender("The body of the request comes too slowly; send it again at once.") from None


async def body_of(came: Request) -> Body | None:
    """Return the request's body as far as it has to be there before a service is asked; None when it has none.

    Raises:
        Malformed: the request says two things about the body's length.
        SlowSender: the body does not come.
    """
    measured, chunked = "content-length" in came.headers, "transfer-encoding" in came.headers
    if measured and chunked:
        raise Malformed("Send either Content-Length or Transfer-Encoding, not both.")
    if not (measured or chunked):
        return None
    body = Body(came)
    await body.begin()
    return body
