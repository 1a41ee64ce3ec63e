"""Tokens: how the one that a caller shows becomes an `Actor`, or a sentence why not.

Access tokens are signed JWTs (RFC 9068) and are checked as RFC 8725 and OWASP ASVS 5.0 chapter 9 ask. Every service
checks them itself. Where the issuer's keys come from is `shared.issuer_keys`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Any, Self
from uuid import UUID

from joserfc import jwa, jws
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError, UnsupportedAlgorithmError
from joserfc.jwt import JWTClaimsRegistry

from shared.actors import NOBODY, NOT_FROM_TOKENS, Actor, Role
from shared.clock import now
from shared.errors import Unauthenticated
from shared.issuer_keys import Keyring, PublicKey, keyring
from shared.settings import Settings

LARGEST_TOKEN = 8192
"""Characters; what common servers accept as one header line."""
LEEWAY = 30
"""Seconds that the issuer's clock and ours may differ."""
REMEMBERED_FOR = timedelta(minutes=15)
"""A token that lives longer is checked again after this, so that it falls with the key that signed it."""
MOST_REMEMBERED = 10_000

TYPES = frozenset({"at+jwt", "application/at+jwt"})
"""Access tokens only: an id token proves who somebody is to another party, not what they may do here."""
SIGNED, ENCRYPTED = 3, 5
"""Parts of a compact JWS and of a compact JWE."""

ROLES = {role.value: role for role in Role if role not in NOT_FROM_TOKENS}
AGENCY = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
TOKEN_ID = re.compile(r"[\x21-\x7e]{1,128}")

MALFORMED = "The token is malformed; send `Authorization: Bearer` with a signed access token, as you received it."
WRONG_CLAIM = {
    "iss": "The token comes from another issuer; ask this installation's identity provider for one.",
    "aud": "The token is meant for another audience; ask your identity provider for one for this installation.",
    "exp": "The token does not say when it expires; ask your identity provider for one with `exp` in seconds.",
    "nbf": "The token is not valid yet; wait until it is, or have the identity provider's clock set right.",
    "iat": "The token was issued in the future; have the identity provider's clock set right.",
    "sub": "The token's `sub` must be the person's id in the roster, a UUID; have the identity provider send that.",
    "jti": "The token's `jti` must be text; have the identity provider send that.",
    "roles": "The token's `roles` must be a list of words; have the identity provider send that.",
    "agencies": "The token's `agencies` must be a list of codes; have the identity provider send that.",
}


class _EdDSA(jwa.EdDSAAlgorithm):
    """The name that most identity providers still give to Ed25519.

    RFC 9864 deprecates it because it does not name the curve; here the curve is settled when keys are read.
    """

    security_warning = ""


def _accepted() -> jws.JWSRegistry:
    """Return a registry without any other algorithm: no `none`, nothing with a shared secret, no RSA.

    Unknown headers are ignored (RFC 7515 section 4); what must not be ignored is named in `crit`.
    """
    algorithms = [alg for alg in jwa.JWS_ALGORITHMS if alg.name in ("ES256", "Ed25519")] + [_EdDSA()]
    by_name = {alg.name: alg for alg in algorithms}
    registry = jws.JWSRegistry(algorithms=by_name, strict_check_header=False)
    registry.algorithms = by_name
    registry.max_header_length = LARGEST_TOKEN
    return registry


ACCEPTED = _accepted()


@dataclass(frozen=True, slots=True)
class _Remembered:
    actor: Actor
    until: float


@dataclass(eq=False)
class Verifier:
    """Checks tokens of one issuer for one audience, and remembers those that passed; threads may share it."""

    issuer: str
    audience: str
    keys: Keyring
    clock: Callable[[], datetime] = now
    _passed: dict[bytes, _Remembered] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(cls, settings: Settings, clock: Callable[[], datetime] = now) -> Self:
        """Return the verifier for the issuer, audience and keys that `settings` name.

        Raises:
            ValueError: the address of the keys is not one that may be used.
        """
        return cls(settings.issuer, settings.audience, keyring(settings, clock), clock)

    def cached(self, token: str) -> Actor | None:
        """Return the actor of a token that passed lately and still holds; never waits, so it may run in the loop."""
        if len(token) > LARGEST_TOKEN:
            return None
        known = self._passed.get(_digest(token))
        return known.actor if known is not None and self.clock().timestamp() < known.until else None

    def verify(self, token: str) -> Actor:
        """Return who holds this token; may wait seconds for the issuer's keys.

        Raises:
            Unauthenticated: the token does not prove it; the sentence says why and what to do.
            IssuerAwayError: nothing can be said, because the issuer's keys cannot be had.
        """
        known = self.cached(token)
        if known is not None:
            return known
        signed = read(token)
        key = self.keys.find(signed.headers()["kid"])
        if key is None:
            raise Unauthenticated("The token's key is not one of the identity provider's; ask it for a new token.")
        claims = proven_claims(signed, key)
        self._check(claims)
        digest = _digest(token)
        actor = actor_of(claims, digest.hex()[:16])
        self._remember(digest, actor, claims["exp"])
        return actor

    def _check(self, claims: dict[str, Any]) -> None:
        rules = JWTClaimsRegistry(
            now=int(self.clock().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            rules.validate(claims)
        except ExpiredTokenError as error:
            moment = datetime.fromtimestamp(max(claims["exp"], 0), UTC)
            detail = f"The token expired at {moment:%Y-%m-%d %H:%M} UTC; ask your identity provider for a new one."
            raise Unauthenticated(detail) from error
        except MissingClaimError as error:
            detail = f"The token lacks {error.claim}; ask your identity provider for an access token with it."
            raise Unauthenticated(detail) from error
        except InvalidClaimError as error:
            raise Unauthenticated(WRONG_CLAIM[error.claim]) from error

    def _remember(self, digest: bytes, actor: Actor, expires: float) -> None:
        until = min(expires, self.clock().timestamp() + REMEMBERED_FOR.total_seconds())
        with self._lock:
            self._passed.pop(digest, None)
            while len(self._passed) >= MOST_REMEMBERED:
                del self._passed[next(iter(self._passed))]
            self._passed[digest] = _Remembered(actor, until)


def _digest(token: str) -> bytes:
    """Return the SHA-256 of a token; what is not ASCII becomes a character that no token contains."""
    return sha256(token.encode("ascii", "replace")).digest()


def read(token: str) -> jws.CompactSignature:
    """Return a token's parts, with nothing proven yet: its headers are of a kind that we accept, and name a key.

    Raises:
        Unauthenticated: it is too long, encrypted, malformed, or asks for anything that we do not do.
    """
    if len(token) > LARGEST_TOKEN:
        raise Unauthenticated(f"The token is longer than {LARGEST_TOKEN} characters; ask for one with fewer claims.")
    parts = token.count(".") + 1
    if parts == ENCRYPTED:
        raise Unauthenticated("The token is encrypted (JWE); ask your identity provider for a signed one.")
    if parts != SIGNED:
        raise Unauthenticated(MALFORMED)
    try:
        signed = jws.extract_compact(token.encode("ascii"), registry=ACCEPTED)
        _check_header(signed.headers())
    except UnsupportedAlgorithmError as error:
        raise Unauthenticated("The token must be signed with ES256 or EdDSA; ask for one that is.") from error
    except (JoseError, ValueError, RecursionError) as error:
        raise Unauthenticated(MALFORMED) from error
    return signed


def _check_header(header: object) -> None:
    if not isinstance(header, dict):
        raise Unauthenticated(MALFORMED)
    if "crit" in header:
        raise Unauthenticated("The token depends on an extension (`crit`) that is not known here; ask for a plain one.")
    ACCEPTED.check_header(header)
    ACCEPTED.get_alg(header["alg"])
    if str(header.get("typ")).lower() not in TYPES:
        raise Unauthenticated("The token is not an access token (`typ` must be at+jwt); do not send an id token.")
    if not header.get("kid"):
        raise Unauthenticated("The token does not name its key (`kid`); have the identity provider name it.")


def proven_claims(signed: jws.CompactSignature, key: PublicKey) -> dict[str, Any]:
    """Return what the token says, once its signature is proven with `key`.

    Raises:
        Unauthenticated: the signature is not by this key over this token, or what it signs is not a JSON object.
    """
    try:
        genuine = jws.validate_compact(signed, key, registry=ACCEPTED)
    except JoseError as error:
        raise Unauthenticated("The token's algorithm does not fit its key; ask your identity provider.") from error
    if not genuine:
        raise Unauthenticated("The token's signature is wrong: it was altered or forged; ask for a new one.")
    try:
        claims = json.loads(signed.payload)
    except (ValueError, RecursionError) as error:
        raise Unauthenticated(MALFORMED) from error
    if not isinstance(claims, dict):
        raise Unauthenticated(MALFORMED)
    return claims


def actor_of(claims: Mapping[str, Any], otherwise: str) -> Actor:
    """Return whom proven claims describe; words and codes that are not understood grant nothing.

    `otherwise` identifies the token in the audit when it has no `jti` of its own.
    """
    roles = frozenset(ROLES[word] for word in _words(claims, "roles") if word in ROLES)
    agencies = frozenset(code for code in _words(claims, "agencies") if AGENCY.fullmatch(code))
    token_id = claims.get("jti") or ""
    return Actor(_person(claims["sub"]), roles, agencies, token_id if TOKEN_ID.fullmatch(token_id) else otherwise)


def _person(subject: str) -> UUID:
    try:
        person = UUID(subject)
    except ValueError as error:
        raise Unauthenticated(WRONG_CLAIM["sub"]) from error
    if person == NOBODY:
        raise Unauthenticated(WRONG_CLAIM["sub"])
    return person


def _words(claims: Mapping[str, Any], name: str) -> list[str]:
    listed = claims.get(name, [])
    if not isinstance(listed, list):
        raise Unauthenticated(WRONG_CLAIM[name])
    return [word for word in listed if isinstance(word, str)]
