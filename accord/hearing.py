"""What a server hears out: heads that come in time and can be read in one way only.

uvicorn waits for a head for as long as a caller likes, and says in plain text that it could not read one.
"""

import asyncio
from http import HTTPStatus

import h11

from accord.gathering import GatheringProtocol
from gateway.leaving import HEADERS
from shared.errors import problem

HEAD_SECONDS = 20.0
"""How long a head may take from its first byte on, or from a new connection on; and how long what is left may take of a
body that was answered already."""
UNREADABLE = "This is no HTTP request that can be read in one way only; send it again as RFC 9112 writes it."


class HearingProtocol(GatheringProtocol):
    """HTTP/1.1 that does not wait forever, and refuses as the house does."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Begin, and wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and go on waiting unless a request is being answered now."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        else:
            self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._wait_no_more()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read, unless an answer was given already, and close the connection."""
        del msg
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            status = HTTPStatus.BAD_REQUEST
            always = {**HEADERS, "Cache-Control": "no-store", "Connection": "close"}
            answer = problem(status, "malformed", UNREADABLE, headers=always)
            head = h11.Response(status_code=status, headers=answer.raw_headers, reason=status.phrase.encode())
            for part in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(part) or b"")
        self.transport.close()

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
