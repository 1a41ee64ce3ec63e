"""Which tokens are believed, and what is said about the others."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwe, jws
from joserfc.jwk import ECKey, OKPKey

from shared import tokens
from shared.actors import NOBODY, NOT_FROM_TOKENS, Actor, Role
from shared.errors import Unauthenticated
from shared.issuer_keys import Keyring, PublicKey
from shared.tokens import Verifier

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TIME = int(NOON.timestamp())
PERSON = UUID("5f0c4a3e-2d52-4d1c-9c5e-0a7a4b1f9d11")
KEY = OKPKey.generate_key("Ed25519", {"kid": "issuer-1"})
EC_KEY = ECKey.generate_key("P-256", {"kid": "issuer-2"})
STRANGER = OKPKey.generate_key("Ed25519", {"kid": "issuer-1"})
RSA_KEY = rsa.generate_private_key(65537, 2048)

HEADER = {"alg": "Ed25519", "typ": "at+jwt", "kid": "issuer-1"}
CLAIMS = {
    "iss": "https://id.example",
    "aud": "accord",
    "sub": str(PERSON),
    "iat": TIME,
    "exp": TIME + 3600,
    "jti": "token-1",
    "roles": ["intake", "investigator"],
    "agencies": ["springfield"],
}
ACTOR = Actor(PERSON, frozenset({Role.INTAKE, Role.INVESTIGATOR}), frozenset({"springfield"}), "token-1")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        """Return the moment at which it stands."""
        return self.moment

    def forward(self, **time: float) -> None:
        """Move it, in the units of `timedelta`."""
        self.moment += timedelta(**time)


def verifier(clock: Clock | None = None) -> Verifier:
    clock = clock or Clock()
    public: dict[str, PublicKey] = {
        "issuer-1": OKPKey.import_key(KEY.as_dict()),
        "issuer-2": ECKey.import_key(EC_KEY.as_dict()),
    }
    return Verifier("https://id.example", "accord", Keyring(lambda: public, clock), clock)


def segment(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: Mapping[str, Any], claims: object, key: OKPKey | ECKey = KEY) -> str:
    """Sign whatever is asked for, as an issuer or an attacker would who does not use our library's checks."""
    content = f"{segment(dict(header))}.{segment(claims)}"
    name = "ES256" if isinstance(key, ECKey) else "Ed25519"
    return f"{content}.{segment(jws.JWSRegistry.algorithms[name].sign(content.encode(), key))}"


def refusal(token: str) -> str:
    """Return the sentence with which a token is refused, once it is certain that it is refused every time."""
    one = verifier()
    with pytest.raises(Unauthenticated) as first:
        one.verify(token)
    assert one.cached(token) is None
    with pytest.raises(Unauthenticated) as second:
        one.verify(token)
    assert second.value.detail == first.value.detail
    return first.value.detail


@pytest.mark.parametrize(
    ("header", "claims", "key"),
    [
        pytest.param({}, {}, KEY, id="as RFC 9864 names Ed25519"),
        pytest.param({"alg": "EdDSA"}, {}, KEY, id="as most providers name Ed25519"),
        pytest.param({"alg": "ES256", "kid": "issuer-2"}, {}, EC_KEY, id="with ES256"),
        pytest.param({"typ": "application/AT+JWT"}, {}, KEY, id="with the long name of its type"),
        pytest.param({"x-provider": "kept for itself"}, {}, KEY, id="with a header that nobody knows"),
        pytest.param({}, {"aud": ["other", "accord"]}, KEY, id="for several audiences"),
        pytest.param({}, {"iat": TIME + 30, "nbf": TIME + 30}, KEY, id="from a clock that is half a minute ahead"),
        pytest.param({}, {"exp": TIME - 29}, KEY, id="expired for less than the leeway"),
        pytest.param({}, {"exp": 10**400}, KEY, id="that outlives the calendar"),
    ],
)
def test_a_token_of_the_issuer_is_believed(header: dict[str, Any], claims: dict[str, Any], key: OKPKey | ECKey) -> None:
    assert verifier().verify(signed(HEADER | header, CLAIMS | claims, key)) == ACTOR


EXPIRED = "The token expired at 2026-03-02 11:59 UTC; ask your identity provider for a new one."
LACKS = "The token lacks {}; ask your identity provider for an access token with it."
SUB = tokens.WRONG_CLAIM["sub"]


@pytest.mark.parametrize(
    ("claims", "detail"),
    [
        pytest.param({"exp": TIME - 30}, EXPIRED, id="it expired"),
        pytest.param({"exp": -(10**400)}, EXPIRED.replace("2026-03-02 11:59", "1970-01-01 00:00"), id="long ago"),
        pytest.param({"exp": "tomorrow"}, tokens.WRONG_CLAIM["exp"], id="it expires at a word"),
        pytest.param({"exp": float("nan")}, tokens.WRONG_CLAIM["exp"], id="it expires at no number"),
        pytest.param({"exp": None}, LACKS.format("exp"), id="it never expires"),
        pytest.param({"nbf": TIME + 31}, tokens.WRONG_CLAIM["nbf"], id="it is not yet valid"),
        pytest.param({"iat": TIME + 31}, tokens.WRONG_CLAIM["iat"], id="it comes from the future"),
        pytest.param({"iss": "https://id.example.evil"}, tokens.WRONG_CLAIM["iss"], id="another issuer made it"),
        pytest.param({"iss": ["https://id.example"]}, tokens.WRONG_CLAIM["iss"], id="its issuer is a list"),
        pytest.param({"aud": "accounting"}, tokens.WRONG_CLAIM["aud"], id="it is for another audience"),
        pytest.param({"aud": ["accounting", "accord-2"]}, tokens.WRONG_CLAIM["aud"], id="it is for other audiences"),
        pytest.param({"aud": {"accord": 1}}, tokens.WRONG_CLAIM["aud"], id="its audience is an object"),
        pytest.param({"aud": None}, LACKS.format("aud"), id="it is for no audience"),
        pytest.param({"sub": None, "iss": None}, LACKS.format("iss,sub"), id="it is about nobody, from nobody"),
        pytest.param({"sub": "homer"}, SUB, id="its person is a name"),
        pytest.param({"sub": 7}, SUB, id="its person is a number"),
        pytest.param({"sub": str(NOBODY)}, SUB, id="its person is the nobody that the house and the public are"),
        pytest.param({"jti": 7}, tokens.WRONG_CLAIM["jti"], id="its id is a number"),
        pytest.param({"roles": "intake"}, tokens.WRONG_CLAIM["roles"], id="its roles are one word"),
        pytest.param({"agencies": {"a": 1}}, tokens.WRONG_CLAIM["agencies"], id="its agencies are an object"),
    ],
)
def test_a_token_is_refused_when(claims: dict[str, Any], detail: str) -> None:
    assert refusal(signed(HEADER, CLAIMS | claims)) == detail


def secret_from_public_key() -> str:
    content = f"{segment(HEADER | {'alg': 'HS256'})}.{segment(CLAIMS)}"
    return f"{content}.{segment(hmac.digest(KEY.as_pem(), content.encode(), 'sha256'))}"


def rsa_token() -> str:
    content = f"{segment(HEADER | {'alg': 'RS256'})}.{segment(CLAIMS)}"
    return f"{content}.{segment(RSA_KEY.sign(content.encode(), padding.PKCS1v15(), SHA256()))}"


ALGORITHM = "The token must be signed with ES256 or EdDSA; ask for one that is."


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(secret_from_public_key(), id="HS256 with the public key as the secret"),
        pytest.param(rsa_token(), id="RS256"),
        pytest.param(f"{segment(HEADER | {'alg': 'none'})}.{segment(CLAIMS)}.", id="none"),
        pytest.param(signed(HEADER | {"alg": "none"}, CLAIMS), id="none, signed all the same"),
        pytest.param(signed(HEADER | {"alg": "Ed448"}, CLAIMS), id="another curve"),
    ],
)
def test_no_other_algorithm_is_accepted(token: str) -> None:
    assert refusal(token) == ALGORITHM


CRIT = "The token depends on an extension (`crit`) that is not known here; ask for a plain one."
NO_KID = "The token does not name its key (`kid`); have the identity provider name it."
TYPE = "The token is not an access token (`typ` must be at+jwt); do not send an id token."
FIT = "The token's algorithm does not fit its key; ask your identity provider."
UNKNOWN = "The token's key is not one of the identity provider's; ask it for a new token."


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        pytest.param({"typ": "JWT"}, TYPE, id="it is an id token"),
        pytest.param({"typ": None}, tokens.MALFORMED, id="its type is null"),
        pytest.param({"crit": ["x-must"], "x-must": True}, CRIT, id="it demands what we do not know"),
        pytest.param({"crit": ["b64"], "b64": False}, CRIT, id="it demands an unencoded payload"),
        pytest.param({"crit": 7}, CRIT, id="it demands a number"),
        pytest.param({"b64": False}, tokens.MALFORMED, id="its payload would be unencoded"),
        pytest.param({"kid": ""}, NO_KID, id="it names no key"),
        pytest.param({"kid": ["issuer-1"]}, tokens.MALFORMED, id="it names a list of keys"),
        pytest.param({"kid": "../issuer-1"}, UNKNOWN, id="it names a key that is not there"),
        pytest.param({"alg": ["Ed25519"]}, tokens.MALFORMED, id="its algorithm is a list"),
        pytest.param({"alg": "ES256"}, FIT, id="its algorithm is that of another key"),
        pytest.param({"kid": "issuer-2"}, FIT, id="its key is that of another algorithm"),
    ],
)
def test_a_header_is_refused_when(header: dict[str, Any], detail: str) -> None:
    assert refusal(signed(HEADER | header, CLAIMS)) == detail


def test_a_token_without_a_type_is_refused() -> None:
    assert refusal(signed({"alg": "Ed25519", "kid": "issuer-1"}, CLAIMS)) == TYPE


FORGED = "The token's signature is wrong: it was altered or forged; ask for a new one."


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"jwk": STRANGER.as_dict()}, id="in jwk"),
        pytest.param({"jku": "https://attacker.example/keys"}, id="behind jku"),
        pytest.param({"x5u": "https://attacker.example/certificate"}, id="behind x5u"),
        pytest.param({"x5c": [segment(STRANGER.as_der()), "A" * 2000]}, id="in x5c"),
        pytest.param({}, id="under the issuer's key id"),
    ],
)
def test_a_key_that_the_token_brings_along_is_never_used(header: dict[str, Any]) -> None:
    assert refusal(signed(HEADER | header, CLAIMS, STRANGER)) == FORGED
    assert verifier().verify(signed(HEADER | header, CLAIMS)) == ACTOR


def tampered() -> str:
    header, _, signature = signed(HEADER, CLAIMS).split(".")
    return f"{header}.{segment(CLAIMS | {'roles': ['admin']})}.{signature}"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(tampered(), id="with other roles written in"),
        pytest.param(signed(HEADER, CLAIMS).rpartition(".")[0] + ".", id="with its signature cut off"),
        pytest.param(signed(HEADER, CLAIMS)[:-4], id="with its signature cut short"),
        pytest.param(signed(HEADER, CLAIMS) + "AAAA", id="with its signature drawn out"),
        pytest.param(signed(HEADER, CLAIMS) + "=", id="with padding"),
        pytest.param(
            f"{segment(HEADER | {'alg': 'ES256', 'kid': 'issuer-2'})}.{segment(CLAIMS)}.{segment(bytes(64))}",
            id="with a signature of zeroes",
        ),
    ],
)
def test_an_altered_token_is_refused(token: str) -> None:
    assert refusal(token) == FORGED


NESTED = b"[" * 5000


@pytest.mark.parametrize(
    "token",
    [
        "",
        "token",
        "..",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e.f",
        "\udcff.\u00fc.a",
        f"{segment(HEADER)}.!.a",
        f"{segment([*HEADER])}.{segment(CLAIMS)}.a",
        f"{segment(7)}.{segment(CLAIMS)}.a",
        f"{segment(b'not json')}.{segment(CLAIMS)}.a",
        f"{segment({'typ': 'at+jwt'})}.{segment(CLAIMS)}.a",
        f"{segment(NESTED)}.{segment(CLAIMS)}.a",
        signed(HEADER, ["iss"]),
        signed(HEADER, b"not json"),
        signed(HEADER, b""),
        signed(HEADER, NESTED),
        signed(HEADER, CLAIMS).replace(".", " ."),
    ],
    ids=lambda token: ascii(token[:20]),
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refusal(token) == tokens.MALFORMED


def test_an_encrypted_token_is_refused() -> None:
    recipient = ECKey.import_key(EC_KEY.as_dict())
    header = {"alg": "ECDH-ES", "enc": "A128GCM", "kid": "issuer-2", "typ": "at+jwt"}
    token = jwe.encrypt_compact(header, signed(HEADER, CLAIMS), recipient)
    assert refusal(token) == "The token is encrypted (JWE); ask your identity provider for a signed one."


def test_an_oversized_token_is_refused_and_the_largest_is_not() -> None:
    bare = len(signed(HEADER, CLAIMS | {"padding": ""}))
    fits = signed(HEADER, CLAIMS | {"padding": "x" * ((8192 - bare) * 3 // 4 - 2)})
    assert 8188 <= len(fits) <= 8192
    assert verifier().verify(fits) == ACTOR
    assert refusal(fits + "x" * 10) == "The token is longer than 8192 characters; ask for one with fewer claims."


def test_roles_that_are_not_given_by_tokens_are_never_taken_from_one() -> None:
    claims = CLAIMS | {"roles": [role.value for role in Role]}
    assert verifier().verify(signed(HEADER, claims)).roles == set(Role) - NOT_FROM_TOKENS
    assert {"complainant", "public", "house", "clock"} == NOT_FROM_TOKENS


def test_words_that_are_not_understood_grant_nothing() -> None:
    roles = ["Admin", "admin ", "root", 7, None, ["admin"], "auditor"]
    agencies = ["*", "", "a", "Springfield", "spring field", "shelby\n", "../x", 7, "x" * 64, "ogden-ville"]
    actor = verifier().verify(signed(HEADER, CLAIMS | {"roles": roles, "agencies": agencies}))
    assert actor.roles == {Role.AUDITOR}
    assert actor.agencies == {"ogden-ville"}


def test_a_token_without_roles_and_agencies_names_a_person_who_may_nothing() -> None:
    claims = {name: value for name, value in CLAIMS.items() if name not in ("roles", "agencies")}
    assert verifier().verify(signed(HEADER, claims)) == Actor(PERSON, frozenset(), frozenset(), "token-1")


@pytest.mark.parametrize("jti", ["", "x" * 129, "null\x00byte", "two\nlines", "b\u00fcro"])
def test_a_token_without_a_usable_id_is_known_by_its_hash(jti: str) -> None:
    token = signed(HEADER, CLAIMS | {"jti": jti})
    assert verifier().verify(token).token_id == sha256(token.encode()).hexdigest()[:16]


def test_a_token_that_passed_is_remembered_until_it_expires() -> None:
    clock = Clock()
    one = verifier(clock)
    token = signed(HEADER, CLAIMS | {"exp": TIME + 60})
    assert one.cached(token) is None
    assert one.verify(token) is one.verify(token) is one.cached(token)
    clock.forward(seconds=59.9)
    assert one.cached(token) == ACTOR
    clock.forward(seconds=0.1)
    assert one.cached(token) is None
    clock.forward(seconds=30)
    with pytest.raises(Unauthenticated, match=r"^The token expired at 2026-03-02 12:01 UTC; "):
        one.verify(token)


def test_a_token_that_lives_long_is_checked_again_after_a_quarter_of_an_hour() -> None:
    clock = Clock()
    one = verifier(clock)
    token = signed(HEADER, CLAIMS)
    one.verify(token)
    clock.forward(seconds=899)
    assert one.cached(token) == ACTOR
    clock.forward(seconds=1)
    assert one.cached(token) is None
    assert one.verify(token) == ACTOR
    assert one.cached(token) == ACTOR


def test_only_so_many_tokens_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_REMEMBERED", 2)
    one = verifier()
    shown = [signed(HEADER, CLAIMS | {"jti": f"token-{number}"}) for number in range(4)]
    for token in shown:
        one.verify(token)
    assert [one.cached(token) is not None for token in shown] == [False, False, True, True]
