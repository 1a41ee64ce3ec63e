"""How often one caller may ask, and how an answer says so, without keeping who the caller is.

What is counted stands under a hash of the caller's address whose key is made in the memory of this process, lives for a
day at most and is stored nowhere; with a new key, all counting begins anew. Headers are those of the IETF's draft
`draft-ietf-httpapi-ratelimit-headers-09`, policies named after what the caller does.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from ipaddress import IPv6Address
from math import ceil
from typing import Any

from shared.settings import Environment, Settings
from shared.throttling import Pace

KEY_SECONDS = 86_400.0
MOST = 50_000
"""So many callers are counted at most; beyond that the ones that asked the longest ago are forgotten."""


class Kind(StrEnum):
    """What a request is, as far as anyone can tell before it is answered."""

    READING = "reading"
    """Reads what everyone may read."""
    ASKING = "asking"
    """Shows a token; a service looks at it."""
    FILING = "filing"
    """Hands something in without a token."""
    CODES = "codes"
    """Shows a receipt code, which could be a guess."""


PRODUCTION: Mapping[Kind, str] = {
    Kind.READING: "1200/60",
    Kind.ASKING: "3000/60",
    Kind.FILING: "60/600",
    Kind.CODES: "60/300",
}
"""Requests / seconds. A whole library may stand behind one address."""
DEVELOPMENT_TIMES = 10_000
"""One machine plays everybody there."""


SHOWN_AT = b"/agencies/"
"""How every address begins at which a service looks at what a caller shows."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    name: str
    pace: Pace
    policy: bytes
    """The header `RateLimit-Policy`."""

    @classmethod
    def of(cls, name: str, said: str, times: int = 1) -> "Rate":
        """Return the rate that is written `requests/seconds`, or so many times that."""
        quota, _, seconds = said.partition("/")
        most = int(quota) * times
        return cls(name, Pace(most, int(seconds) / most), f'"{name}";q={most};w={seconds}'.encode())


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request is let through, and what its answer says of the rate."""

    headers: list[tuple[bytes, bytes]]
    wait: int = 0
    """Seconds until the next one is let through; 0 when this one is."""


class Rates:
    """What callers have asked of this process lately."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        times = 1 if settings.env is Environment.PRODUCTION else DEVELOPMENT_TIMES
        said: Mapping[Any, str] = settings.rates
        self._rates = {
            kind: Rate.of(kind, said[kind]) if kind in said else Rate.of(kind, PRODUCTION[kind], times) for kind in Kind
        }
        self._clock = clock
        self._owed: dict[bytes, float] = {}
        """Hash of a caller and a kind → until when is owed; the one that asked last stands last."""
        self._new_key()

    def ask(self, kind: Kind, address: str) -> Verdict:
        """Count a request, unless it has to wait."""
        now = self._clock()
        if now - self._key_since >= KEY_SECONDS:
            self._new_key()
        rate = self._rates[kind]
        key = blake2b(network(address).encode(), key=self._key, salt=kind.encode(), digest_size=16).digest()
        owed = max(self._owed.pop(key, now), now)
        wait = ceil(rate.pace.wait(owed, now))
        self._owed[key] = owed if wait else rate.pace.used(owed, now)
        if len(self._owed) > MOST:
            del self._owed[next(iter(self._owed))]
        return Verdict(_headers(rate, self._owed[key] - now), wait)

    def __len__(self) -> int:
        return len(self._owed)

    def _new_key(self) -> None:
        self._key, self._key_since = secrets.token_bytes(32), self._clock()
        self._owed.clear()


def _headers(rate: Rate, owed: float) -> list[tuple[bytes, bytes]]:
    left = int(rate.pace.at_once - owed / rate.pace.seconds + 1e-6)
    said = f'"{rate.name}";r={max(left, 0)};t={ceil(owed)}'.encode()
    return [(b"ratelimit-policy", rate.policy), (b"ratelimit", said)]


def network(address: str) -> str:
    """Return what of an address is one caller: a household has the last 64 bits of IPv6 for itself."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


def kind_of(method: str, path: bytes, headers: Mapping[bytes, bytes]) -> Kind:
    """Return what a request is; a code or a token counts where a service looks at it, since anyone can invent one."""
    if path.startswith(SHOWN_AT):
        if headers.get(b"receipt-code"):
            return Kind.CODES
        if headers.get(b"authorization"):
            return Kind.ASKING
    return Kind.READING if method in ("GET", "HEAD", "OPTIONS") else Kind.FILING
