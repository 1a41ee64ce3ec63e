"""Which address asks, for as long as one request is counted: the connection's, or what a trusted reverse proxy says."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.types import Scope

from shared.settings import Settings

FOR = re.compile(r'(?:^|;)\s*for="?\[?(?P<address>[0-9A-Fa-f:.]+?)\]?(?::[0-9]+)?"?\s*(?:;|$)', re.IGNORECASE)
"""The part of `Forwarded` (RFC 7239) that names who asked; obfuscated names are nobody's address."""


def address_of(scope: Scope, settings: Settings) -> str:
    """Return the address of the caller; an empty one where the server knows none.

    Proxies add to the header's end what they saw, so what is trusted is read from there; the rest a caller may invent.
    """
    client = scope.get("client")
    address: str = client[0] if client else ""
    if not settings.proxies:
        return address
    said = _said(scope, settings.proxies_say)
    while said and is_of(address, settings.proxies):
        address = said.pop()
    return address


def is_of(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether an address belongs to one of the networks."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def _said(scope: Scope, header: str) -> list[str]:
    """Return the addresses that the header tells, the one that was added last at the end."""
    name = header.encode()
    said = ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)
    parts = [part.strip() for part in said.split(",") if part.strip()]
    if header == "x-forwarded-for":
        return parts
    return [found["address"] if (found := FOR.search(part)) else "" for part in parts]
