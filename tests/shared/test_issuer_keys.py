"""Where the issuer's keys come from, how often they are asked for, and what holds while the issuer is away."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from shared.errors import Unauthenticated
from shared.issuer_keys import IssuerAwayError, keyring
from shared.settings import Environment, Settings
from shared.tokens import Verifier

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PERSON = UUID("5f0c4a3e-2d52-4d1c-9c5e-0a7a4b1f9d11")
ISSUER = "https://id.example"
AWAY = "The identity provider does not answer, so your token cannot be checked; try again in a minute."


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        """Return the moment at which it stands."""
        return self.moment

    def forward(self, seconds: float) -> None:
        """Move it."""
        self.moment += timedelta(seconds=seconds)


class Provider:
    """An identity provider's key address on this machine, over real HTTP."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] = (200, b"")
        self.headers: dict[str, str] = {}
        self.asked = 0
        provider = self

        class Address(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked += 1
                status, body = provider.answer
                self.send_response(status)
                for name, value in provider.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's signature
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Address)
        self.url = f"http://127.0.0.1:{self.server.server_port}/keys"

    def publish(self, *entries: object) -> None:
        """Answer with a set of these from now on."""
        self.answer = (200, json.dumps({"keys": entries}).encode())

    def fail(self) -> None:
        """Answer with an error from now on."""
        self.answer = (500, b"no")


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    thread = Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield provider
    provider.server.shutdown()
    thread.join()
    provider.server.server_close()


def key(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})


def token(signer: OKPKey, jti: str = "token") -> str:
    header = {"alg": "Ed25519", "typ": "at+jwt", "kid": signer.kid}
    expires = int(NOON.timestamp()) + 86_400
    claims = {"iss": ISSUER, "aud": "accord", "sub": str(PERSON), "exp": expires, "jti": jti}
    return jwt.encode(header, claims, signer, algorithms=["Ed25519"])


def verifier(provider: Provider, clock: Clock) -> Verifier:
    return Verifier.of(Settings(issuer=ISSUER, jwks=provider.url), clock)


def test_keys_are_asked_for_once_and_only_when_a_token_is_shown(provider: Provider) -> None:
    one, two = key("one"), key("two")
    provider.publish(one.as_dict(), two.as_dict())
    checks = verifier(provider, Clock())
    assert provider.asked == 0
    with ThreadPoolExecutor(8) as people:
        actors = list(people.map(checks.verify, [token((one, two)[n % 2], f"token-{n}") for n in range(32)]))
    assert [actor.token_id for actor in actors] == [f"token-{n}" for n in range(32)]
    assert provider.asked == 1


def test_an_unknown_key_causes_one_question_a_minute(provider: Provider) -> None:
    known = key("known")
    provider.publish(known.as_dict())
    clock = Clock()
    checks = verifier(provider, clock)
    checks.verify(token(known))
    for seconds, asked in ((59, 1), (1, 2), (59, 2), (1, 3)):
        clock.forward(seconds)
        for kid in ("made-up", "made-up", f"made-up-{seconds}-{asked}"):
            with pytest.raises(Unauthenticated, match=r"^The token's key is not one of the identity provider's; "):
                checks.verify(token(key(kid)))
        assert provider.asked == asked


def test_a_new_key_of_the_issuer_is_found(provider: Provider) -> None:
    old, new = key("old"), key("new")
    provider.publish(old.as_dict())
    clock = Clock()
    checks = verifier(provider, clock)
    checks.verify(token(old))
    provider.publish(old.as_dict(), new.as_dict())
    clock.forward(60)
    assert checks.verify(token(new)).id == PERSON
    assert checks.verify(token(old, "another")).id == PERSON


def test_a_withdrawn_key_and_its_tokens_stop_counting_within_a_quarter_of_an_hour(provider: Provider) -> None:
    stolen, new = key("stolen"), key("new")
    provider.publish(stolen.as_dict())
    clock = Clock()
    checks = verifier(provider, clock)
    checks.verify(token(stolen))
    provider.publish(new.as_dict())
    clock.forward(899)
    assert checks.verify(token(stolen, "another")).id == PERSON
    clock.forward(1)
    with pytest.raises(Unauthenticated, match="not one of the identity provider's"):
        checks.verify(token(stolen))


def test_known_keys_stay_in_force_while_the_issuer_is_away(provider: Provider) -> None:
    known = key("known")
    provider.publish(known.as_dict())
    clock = Clock()
    checks = verifier(provider, clock)
    checks.verify(token(known))
    provider.fail()
    clock.forward(3600)
    assert checks.verify(token(known)).id == PERSON
    assert checks.verify(token(known, "another")).id == PERSON
    assert provider.asked == 2
    with pytest.raises(IssuerAwayError, match=f"^{AWAY}$"):
        checks.verify(token(key("perhaps-new")))


def test_an_issuer_that_is_back_is_heard_within_a_minute(provider: Provider) -> None:
    stolen = key("stolen")
    provider.publish(stolen.as_dict())
    clock = Clock()
    checks = verifier(provider, clock)
    checks.verify(token(stolen))
    provider.fail()
    clock.forward(900)
    assert checks.verify(token(stolen)).id == PERSON
    provider.publish(key("new").as_dict())
    clock.forward(60)
    with pytest.raises(Unauthenticated, match="not one of the identity provider's"):
        checks.verify(token(stolen, "another"))


def test_an_issuer_that_was_away_at_the_start_is_asked_again_after_five_seconds(provider: Provider) -> None:
    known = key("known")
    provider.fail()
    clock = Clock()
    checks = verifier(provider, clock)
    for seconds, asked in ((0, 1), (4.9, 1), (0.1, 2)):
        clock.forward(seconds)
        with pytest.raises(IssuerAwayError, match=f"^{AWAY}$") as away:
            checks.verify(token(known))
        assert away.value.status == 503
        assert provider.asked == asked
    provider.publish(known.as_dict())
    clock.forward(5)
    assert checks.verify(token(known)).id == PERSON


def test_an_issuer_that_nobody_listens_for_is_away(caplog: pytest.LogCaptureFixture) -> None:
    provider = Provider()
    provider.server.server_close()
    with caplog.at_level(logging.WARNING), pytest.raises(IssuerAwayError, match=f"^{AWAY}$"):
        verifier(provider, Clock()).verify(token(key("known")))
    (warning,) = caplog.messages
    assert warning.startswith("the issuer's keys could not be read: ")
    assert warning.endswith("Connection refused")


def test_a_key_set_that_comes_with_an_error_is_not_believed(provider: Provider) -> None:
    known = key("known")
    provider.publish(known.as_dict())
    provider.answer = (404, provider.answer[1])
    with pytest.raises(IssuerAwayError, match=f"^{AWAY}$"):
        verifier(provider, Clock()).verify(token(known))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((200, b""), id="nothing"),
        pytest.param((200, b"<html>"), id="a page"),
        pytest.param((200, b"[]"), id="a list"),
        pytest.param((200, b'{"keys": {"kid": "known"}}'), id="an object of keys"),
        pytest.param((200, b'{"keys": []}'), id="no keys"),
        pytest.param((200, b"[" * 50_000), id="a nest"),
        pytest.param((204, b""), id="no content"),
        pytest.param((404, b'{"keys": []}'), id="not found"),
    ],
)
def test_an_answer_that_is_no_key_set_counts_as_away(provider: Provider, answer: tuple[int, bytes]) -> None:
    provider.answer = answer
    with pytest.raises(IssuerAwayError, match=f"^{AWAY}$"):
        verifier(provider, Clock()).verify(token(key("known")))


@pytest.mark.parametrize(("size", "believed"), [(65_536, True), (65_537, False)])
def test_a_key_set_has_a_largest_size(provider: Provider, size: int, *, believed: bool) -> None:
    known = key("known")
    provider.answer = (200, json.dumps({"keys": [known.as_dict()]}).encode().ljust(size))
    if believed:
        assert verifier(provider, Clock()).verify(token(known)).id == PERSON
    else:
        with pytest.raises(IssuerAwayError):
            verifier(provider, Clock()).verify(token(known))


def test_a_redirect_is_not_followed(provider: Provider) -> None:
    provider.answer = (302, b"")
    provider.headers = {"location": provider.url + "/elsewhere"}
    with pytest.raises(IssuerAwayError):
        verifier(provider, Clock()).verify(token(key("known")))
    assert provider.asked == 1


def test_keys_of_other_kinds_are_left_out_without_losing_the_rest(provider: Provider) -> None:
    good = key("good")
    broken = good.as_dict() | {"kid": "broken", "x": "!"}
    off_curve = ECKey.generate_key("P-256", {"kid": "off"}).as_dict() | {"y": "A" * 43}
    others = [
        OctKey.generate_key(256, {"kid": "secret"}).as_dict(private=True),
        RSAKey.generate_key(2048, {"kid": "rsa"}).as_dict(),
        ECKey.generate_key("P-384", {"kid": "long"}).as_dict(),
        OKPKey.generate_key("X25519", {"kid": "exchange"}).as_dict(),
        good.as_dict() | {"kid": "for-encryption", "use": "enc"},
        good.as_dict() | {"kid": None},
        good.as_dict() | {"kid": "listed", "kty": ["OKP"]},
        broken,
        off_curve,
        "a key",
        None,
    ]
    provider.publish(*others, good.as_dict(), key("good").as_dict())
    keys = keyring(Settings(issuer=ISSUER, jwks=provider.url), Clock())
    found = keys.find("good")
    assert found is not None
    assert found.as_dict() == good.as_dict()
    names = ["secret", "rsa", "long", "exchange", "for-encryption", "listed", "broken", "off"]
    assert [keys.find(name) for name in names] == [None] * len(names)


def test_a_private_key_that_an_issuer_publishes_by_mistake_is_not_kept(provider: Provider) -> None:
    careless = key("careless")
    provider.publish(careless.as_dict(private=True))
    found = keyring(Settings(issuer=ISSUER, jwks=provider.url), Clock()).find("careless")
    assert found is not None
    assert not found.is_private
    assert "d" not in found.dict_value


PRODUCTION = {
    "env": Environment.PRODUCTION,
    "issuer": ISSUER,
    "postgres": "postgresql://database.example",
    "vault_key": Path("key"),
    "files": Path("files"),
    "log": "records.example/log",
}


@pytest.mark.parametrize(
    ("jwks", "production"),
    [
        ("http://127.0.0.1:9/keys", True),
        ("http://localhost:9/keys", True),
        ("http://id.example/keys", False),
        ("http://127.0.0.1.id.example/keys", False),
        ("http://10.0.0.1/keys", False),
        ("file:///etc/keys", False),
        ("id.example/keys", False),
        ("https:///keys", False),
        ("https://id.example:port/keys", False),
    ],
)
def test_keys_come_over_https_or_from_this_machine_in_development(jwks: str, *, production: bool) -> None:
    settings = Settings(**(PRODUCTION if production else {"issuer": ISSUER}), jwks=jwks)
    with pytest.raises(ValueError, match=r"^ACCORD_JWKS "):
        Verifier.of(settings)


@pytest.mark.parametrize("jwks", ["http://localhost:9/keys", "http://[::1]:9/keys", "https://id.example/keys"])
def test_an_address_for_keys_that_is_safe_is_taken_as_it_is(jwks: str) -> None:
    assert Verifier.of(Settings(issuer=ISSUER, jwks=jwks)).issuer == ISSUER
    if jwks.startswith("https"):
        assert Verifier.of(Settings(**PRODUCTION, jwks=jwks)).audience == "accord"  # type: ignore[arg-type]


def test_plain_http_for_keys_in_production_takes_a_word_of_its_own() -> None:
    inside = {**PRODUCTION, "jwks": "http://keycloak:8080/realms/accord/protocol/openid-connect/certs"}

    assert Verifier.of(Settings(**inside, jwks_plain_http=True)).issuer == PRODUCTION["issuer"]  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ACCORD_JWKS_PLAIN_HTTP=true"):
        Verifier.of(Settings(**inside))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^ACCORD_JWKS "):
        Verifier.of(Settings(**{**inside, "jwks": "file:///etc/keys"}, jwks_plain_http=True))  # type: ignore[arg-type]
