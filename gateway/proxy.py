"""The gateway's connections to the services.

A request that may have reached a service is never sent a second time; whoever asks again does so with their
`Idempotency-Key`.
"""

from collections.abc import AsyncIterable, Mapping, Sequence
from http import HTTPStatus

import aiohttp
from aiohttp import ClientTimeout
from yarl import URL

from shared.errors import Away

Content = bytes | AsyncIterable[bytes] | None
"""What a request carries: all of it, or parts as they arrive."""
Headers = Sequence[tuple[str, str]]

CONNECT_SECONDS = 2.0
CONNECTIONS = 200
IDLE_SECONDS = 30.0
"""How long a connection to a service is kept for the next request; a service keeps it open for longer than that."""


class Unavailable(Away):
    """A service could not be reached; it has not seen the request."""


class Broken(Away):
    """A service was reached and did not answer properly."""

    status = HTTPStatus.BAD_GATEWAY


class TooSlow(Away):
    """A service was reached and has not answered in time."""

    status = HTTPStatus.GATEWAY_TIMEOUT


class Proxy:
    """Connections to the services, kept and shared; they keep no cookie, which would go out with the next request.

    Args:
        addresses: service → base URL.
        patience: seconds to wait for a service's next byte.
    """

    def __init__(self, addresses: Mapping[str, str], patience: float) -> None:
        self.addresses = {name: address.rstrip("/") for name, address in addresses.items()}
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "User-Agent", "Content-Type"),
            auto_decompress=False,
            timeout=ClientTimeout(connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=patience),
        )

    async def ask(
        self, service: str, method: str, target: str, headers: Headers, content: Content = None
    ) -> aiohttp.ClientResponse:
        """Return the service's answer to somebody's request as soon as it begins; the caller releases it.

        Args:
            service: who is asked.
            method: as it came.
            target: path and query, sent on as they are.
            headers: all that the service is to get, but for those of the connection.
            content: what the request carries.

        Raises:
            Unavailable: the service cannot be reached and has not seen the request.
            TooSlow: it has not answered in time.
            Broken: the connection broke before an answer.
        """
        url = URL(self._address(service) + target, encoded=True)
        try:
            return await self._session.request(method, url, headers=headers, data=content, allow_redirects=False)
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise _away(service, fault) from fault

    async def close(self) -> None:
        """Let go of all connections."""
        await self._session.close()

    def _address(self, service: str) -> str:
        if service not in self.addresses:
            raise Unavailable("The {service} service is not set up here; tell the operator.", service=service)
        return self.addresses[service]


NOT_IN_TIME = (
    "The {service} service has not answered in time; it may have been carried out. "
    "Ask again with the same Idempotency-Key."
)
BROKE_OFF = (
    "The {service} service broke off before it answered; it may have been carried out. "
    "Ask again with the same Idempotency-Key."
)


def _away(service: str, fault: BaseException) -> Away:
    """Say what happened, judged by the connection's own fault."""
    if isinstance(fault, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        said = "The {service} service is away; nothing was stored. Try again in a few seconds."
        return Unavailable(said, service=service)
    if isinstance(fault, TimeoutError):
        return TooSlow(NOT_IN_TIME, service=service)
    return Broken(BROKE_OFF, service=service)
