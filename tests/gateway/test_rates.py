"""Whoever asks too often waits, is told for how long, and is not kept."""

import re

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from accord.rooms import ROOT
from gateway.callers import address_of
from gateway.main import create_gateway
from gateway.rates import DEVELOPMENT_TIMES, KEY_SECONDS, MOST, PRODUCTION, Kind, Rates, kind_of, network
from shared.settings import Settings
from tests.rooms import House


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Return what it was set to."""
        return self.now


def rates(clock: Clock, **said: str) -> Rates:
    return Rates(Settings.model_validate({"rates": said}), clock)


def waits(rates: Rates, times: int, address: str = "192.0.2.1", kind: Kind = Kind.FILING) -> list[int]:
    return [rates.ask(kind, address).wait for _ in range(times)]


def test_so_many_are_let_through_at_once_and_then_one_after_the_other() -> None:
    clock = Clock()
    asked = rates(clock, filing="3/30")
    assert waits(asked, 5) == [0, 0, 0, 10, 10]
    clock.now += 9.5
    assert waits(asked, 1) == [1]
    clock.now += 0.5
    assert waits(asked, 2) == [0, 10]
    clock.now += 30
    assert waits(asked, 4) == [0, 0, 0, 10]


def test_one_caller_and_one_deed_do_not_count_for_another() -> None:
    asked = rates(Clock(), filing="1/60", codes="1/60")
    assert waits(asked, 2) == [0, 60]
    assert waits(asked, 1, "192.0.2.2") == [0]
    assert waits(asked, 1, kind=Kind.CODES) == [0]


def test_an_answer_says_what_is_left_in_the_words_of_the_draft() -> None:
    asked = rates(Clock(), filing="3/30")
    said = [dict(asked.ask(Kind.FILING, "192.0.2.1").headers) for _ in range(4)]
    assert {one[b"ratelimit-policy"] for one in said} == {b'"filing";q=3;w=30'}
    assert [one[b"ratelimit"] for one in said] == [
        b'"filing";r=2;t=10',
        b'"filing";r=1;t=20',
        b'"filing";r=0;t=30',
        b'"filing";r=0;t=30',
    ]


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(0, 2)), max_size=60))
def test_no_window_lets_more_through_than_twice_the_quota_and_whoever_waited_is_let_through(
    steps: list[tuple[float, int]],
) -> None:
    clock = Clock()
    asked = rates(clock, filing="5/50")
    let: dict[int, list[float]] = {}
    for pause, caller in steps:
        clock.now += pause
        wait = asked.ask(Kind.FILING, str(caller)).wait
        if wait:
            assert wait <= 50
        else:
            let.setdefault(caller, []).append(clock.now)
    for times in let.values():
        assert all(sum(begin <= one < begin + 50 for one in times) <= 10 for begin in times)


def test_no_address_is_kept_and_only_so_many_callers_are_counted() -> None:
    asked = rates(Clock())
    for number in range(MOST + 10):
        asked.ask(Kind.READING, f"10.0.{number // 250}.{number % 250}")
    assert len(asked) == MOST
    assert "10.0." not in repr(vars(asked))


def test_the_key_is_another_one_the_next_day_and_nobody_can_be_found_again() -> None:
    clock = Clock()
    asked = rates(clock, filing="1/86400")
    assert waits(asked, 2) == [0, 86_400]
    clock.now += KEY_SECONDS
    assert waits(asked, 1) == [0]
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("address", "one"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "testclient"),
        ("a:b", "a:b"),
        ("", ""),
    ],
)
def test_a_household_is_one_caller(address: str, one: str) -> None:
    assert network(address) == one


def test_what_a_request_is_can_be_seen_before_it_is_answered() -> None:
    code, token, case = {b"receipt-code": b"x"}, {b"authorization": b"x"}, b"/agencies/rivertown/complaints"
    assert [kind_of("POST", case, {**code, **token}), kind_of("GET", case, code)] == [Kind.CODES, Kind.CODES]
    assert [kind_of("POST", case, token), kind_of("GET", case, token)] == [Kind.ASKING, Kind.ASKING]
    unshown = [kind_of(method, case, {}) for method in ("GET", "POST", "PATCH")]
    assert unshown == [Kind.READING, Kind.FILING, Kind.FILING]


@pytest.mark.parametrize("header", [b"authorization", b"receipt-code"])
@pytest.mark.parametrize(("path", "value"), [(b"/complain", b"x"), (b"/agencies/rivertown/complaints/form", b"")])
def test_what_nobody_looks_at_lets_nobody_file_more(header: bytes, path: bytes, value: bytes) -> None:
    assert kind_of("POST", path, {header: value}) is Kind.FILING


@pytest.mark.parametrize("said", [{"filing": "often"}, {"filing": "0/60"}, {"filing": "1/0"}, {"everything": "1/1"}])
def test_a_rate_that_cannot_be_read_is_refused_at_the_start(said: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"rates": said})


def test_development_plays_everybody_from_one_machine() -> None:
    policy = dict(rates(Clock()).ask(Kind.CODES, "").headers)[b"ratelimit-policy"]
    quota, seconds = PRODUCTION[Kind.CODES].split("/")
    assert policy == f'"codes";q={int(quota) * DEVELOPMENT_TIMES};w={seconds}'.encode()


PROXIES = Settings.model_validate({"proxies": ["10.0.0.0/8", "fd00::/8"]})
FORWARDED = PROXIES.model_copy(update={"proxies_say": "forwarded"})


@pytest.mark.parametrize(
    ("peer", "header", "value", "settings", "found"),
    [
        ("198.51.100.7", "x-forwarded-for", "192.0.2.1", Settings(), "198.51.100.7"),
        ("198.51.100.7", "x-forwarded-for", "192.0.2.1", PROXIES, "198.51.100.7"),
        ("10.0.0.1", "x-forwarded-for", "192.0.2.1", PROXIES, "192.0.2.1"),
        ("10.0.0.1", "x-forwarded-for", "203.0.113.9, 192.0.2.1", PROXIES, "192.0.2.1"),
        ("10.0.0.1", "x-forwarded-for", "203.0.113.9, 192.0.2.1, 10.0.0.2", PROXIES, "192.0.2.1"),
        ("10.0.0.1", "x-forwarded-for", "", PROXIES, "10.0.0.1"),
        ("10.0.0.1", "x-forwarded-for", "10.0.0.3", PROXIES, "10.0.0.3"),
        ("10.0.0.1", "forwarded", "for=192.0.2.1", PROXIES, "10.0.0.1"),
        ("10.0.0.1", "forwarded", "for=203.0.113.9, For=192.0.2.1;proto=https", FORWARDED, "192.0.2.1"),
        ("fd00::1", "forwarded", 'by=x;for="[2001:db8::1]:4711"', FORWARDED, "2001:db8::1"),
        ("10.0.0.1", "forwarded", "for=192.0.2.1, for=_hidden", FORWARDED, ""),
        ("10.0.0.1", "x-forwarded-for", "192.0.2.1", FORWARDED, "10.0.0.1"),
    ],
)
def test_a_proxys_word_is_taken_from_a_proxy_alone(
    peer: str, header: str, value: str, settings: Settings, found: str
) -> None:
    scope = {"client": (peer, 1), "headers": [(header.encode(), value.encode())]}
    assert address_of(scope, settings) == found


def test_who_asks_too_often_is_refused_with_a_sentence_and_told_when_to_come_back(house: House) -> None:
    settings = house.settings.model_copy(update={"rates": {"reading": "2/60"}, "services": {}})
    with TestClient(create_gateway(settings), raise_server_exceptions=False) as client:
        assert [client.get("/feed.json").status_code for _ in range(2)] == [200, 200]
        refused = client.get("/feed.json")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        assert refused.headers["ratelimit"] == '"reading";r=0;t=60'
        assert refused.headers["content-type"] == "application/problem+json"
        said = "Too much was asked from your address in a short time; ask again in 30 seconds."
        assert refused.json()["detail"] == said
        assert client.get("/feed.json", headers={"Authorization": "Bearer x"}).status_code == 429
        assert client.get("/agencies/rivertown/x", headers={"Authorization": "Bearer x"}).status_code == 404


def test_the_settings_in_the_documentation_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "gateway.md").read_text(encoding="utf-8")
    for name, value in re.findall(r"^(ACCORD_[A-Z_]+)='?([^'\s#]+(?: [^'#]+)?)'?", page, flags=re.MULTILINE):
        monkeypatch.setenv(name, value.strip())
    settings = Settings()
    assert settings.rates == {"reading": "600/60", "filing": "20/600"}
    assert [str(network) for network in settings.proxies] == ["10.1.0.0/16"]
    for kind, rate in PRODUCTION.items():
        assert re.search(rf"\| `{kind}` \| [^|]+ \| {rate} \|", page)
