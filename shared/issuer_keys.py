"""The issuer's public keys: where they come from, how long they are believed, and what happens when the issuer is away.

Keys come from the configured place and from nowhere else; nothing that a token says about keys, other than the id of
one, is ever used. Which algorithms a key may serve is `shared.tokens`.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from time import monotonic

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from shared.clock import now
from shared.errors import Away
from shared.settings import Environment, Settings

PublicKey = ECKey | OKPKey
PublicKeys = Mapping[str, PublicKey]

FILE = "issuer.json"
"""The development issuer's key, in the folder of `Settings`."""

LARGEST_ANSWER = 65_536
"""Bytes of a key set; real ones have two to ten thousand."""
TIMEOUT = httpx.Timeout(3)
"""Seconds for each of connecting, writing and every read."""
LONGEST_ANSWER = 10
"""Seconds for the whole of it, however steadily it drips."""
BELIEVED_FOR = timedelta(minutes=15)
"""After this the keys are asked for again, so that a key which the issuer withdrew stops counting."""
ASKED_EVERY = timedelta(minutes=1)
"""At most one question in this time, whatever key ids strangers make up."""
RETRIED_EVERY = timedelta(seconds=5)
"""The same while no key at all is known, so that a start beside the issuer's own start does not take a minute."""

log = logging.getLogger(__name__)


class IssuerAwayError(Away):
    """The identity provider's keys cannot be had, so that nothing can be said about a token."""


class Keyring:
    """The public keys of one issuer by id, fetched when needed; threads may share it.

    A fetch that fails leaves the keys that were known in force: an identity provider that is down stops new logins,
    not the people who are already at work.
    """

    def __init__(self, fetch: Callable[[], PublicKeys], clock: Callable[[], datetime] = now) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._keys: PublicKeys = {}
        self._asked: datetime | None = None
        self._away = ""

    def find(self, kid: str) -> PublicKey | None:
        """Return the key with this id, or None when the issuer has no such key.

        Raises:
            IssuerAwayError: the key is not known and the issuer did not answer when it was last asked.
        """
        if self._should_ask(kid):
            with self._lock:
                if self._should_ask(kid):
                    self._ask()
        key = self._keys.get(kid)
        if key is None and self._away:
            raise IssuerAwayError(self._away)
        return key

    def _should_ask(self, kid: str) -> bool:
        if self._asked is None:
            return True
        since = self._clock() - self._asked
        pause = RETRIED_EVERY if not self._keys else ASKED_EVERY
        return since >= pause and (kid not in self._keys or bool(self._away) or since >= BELIEVED_FOR)

    def _ask(self) -> None:
        try:
            self._keys = self._fetch()
            self._away = ""
        except IssuerAwayError as error:
            log.warning("the issuer's keys could not be read: %s", error.__cause__ or error.detail)
            self._away = error.detail
        self._asked = self._clock()


def keyring(settings: Settings, clock: Callable[[], datetime] = now) -> Keyring:
    """Return the keys of the issuer that `settings` names: its published set, or the development issuer's file.

    Raises:
        ValueError: the address of the key set is neither https nor http where that may be: on this machine in
            development, or anywhere with `jwks_plain_http`, since whoever can change that answer can mint tokens.
    """
    if not settings.jwks:
        file = settings.folder / FILE
        return Keyring(lambda: keys_from_file(file), clock)
    try:
        url = httpx.URL(settings.jwks)
    except httpx.InvalidURL as error:
        raise ValueError("ACCORD_JWKS is not an address") from error
    if not url.host or url.scheme not in ("https", "http") or (url.scheme == "http" and not _plain(url, settings)):
        raise ValueError(
            "ACCORD_JWKS must be an https address; http is for this machine in development,"
            " or for a network of your own with ACCORD_JWKS_PLAIN_HTTP=true"
        )
    return Keyring(lambda: keys_from_url(url), clock)


def _plain(url: httpx.URL, settings: Settings) -> bool:
    """Whether this address may be asked without TLS."""
    return settings.jwks_plain_http or (settings.env is Environment.DEVELOPMENT and _on_this_machine(url))


def _on_this_machine(url: httpx.URL) -> bool:
    if url.host == "localhost":
        return True
    try:
        return ip_address(url.host).is_loopback
    except ValueError:
        return False


def keys_from_file(file: Path) -> PublicKeys:
    """Return the public half of the development issuer's key.

    Raises:
        IssuerAwayError: there is no such file yet, or it holds no usable key.
    """
    advice = "The development issuer has no key yet; start it with `accord up`."
    try:
        return _by_id([json.loads(file.read_bytes())], advice)
    except (OSError, ValueError) as error:
        raise IssuerAwayError(advice) from error


def keys_from_url(url: httpx.URL) -> PublicKeys:
    """Return the keys that the issuer publishes (RFC 7517 section 5), without following redirects.

    Raises:
        IssuerAwayError: no answer in time, a refusal, too much of it, or nothing usable in it.
    """
    advice = "The identity provider does not answer, so your token cannot be checked; try again in a minute."
    try:
        found = json.loads(_body(url))["keys"]
    except (httpx.HTTPError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise IssuerAwayError(advice) from error
    return _by_id(found if isinstance(found, list) else [], advice)


def _body(url: httpx.URL) -> bytes:
    plain = {"accept": "application/jwk-set+json, application/json", "accept-encoding": "identity"}
    body = b""
    deadline = monotonic() + LONGEST_ANSWER
    with httpx.stream("GET", url, headers=plain, timeout=TIMEOUT) as response:
        response.raise_for_status()
        for part in response.iter_raw(4096):
            body += part
            if len(body) > LARGEST_ANSWER or monotonic() > deadline:
                raise ValueError(f"more than {LARGEST_ANSWER} bytes or {LONGEST_ANSWER} seconds of key set")
    return body


def _by_id(found: Iterable[object], advice: str) -> PublicKeys:
    keys: dict[str, PublicKey] = {}
    for entry in found:
        key = _usable(entry)
        if key is not None and key.kid:
            keys.setdefault(key.kid, key)
    if not keys:
        raise IssuerAwayError(advice) from ValueError("no key in it can be used here: Ed25519 or P-256, with a `kid`")
    return keys


def _usable(entry: object) -> PublicKey | None:
    """Return the public half of a signing key on one of our two curves; a set may hold others, for other readers."""
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or not isinstance(entry.get("kid"), str):
        return None
    public = {name: value for name, value in entry.items() if name != "d"}
    try:
        match entry.get("kty"), entry.get("crv"):
            case "EC", "P-256":
                return ECKey.import_key(public)
            case "OKP", "Ed25519":
                return OKPKey.import_key(public)
    except (JoseError, ValueError, TypeError) as error:
        log.warning("a key of the issuer is malformed and was left out: %s", error)
    return None
