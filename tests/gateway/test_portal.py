import json
import re
from pathlib import Path

from fastapi.testclient import TestClient

from gateway.main import create_gateway
from shared.settings import Environment, Settings
from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received
from tests.rooms import House

SCRIPT = "<script>alert('x')</script>"


def test_the_front_page_tells_the_latest_entries_as_sentences(feed: Feed, public: TestClient) -> None:
    feed.append(*((make_envelope(), json.dumps(make_received()).encode()) for _ in range(25)))
    page = public.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert re.findall(r'<li value="(\d+)">', page.text) == [str(index) for index in range(24, 4, -1)]
    assert page.text.count("<p>A complaint alleging unnecessary force was received.</p>") == 20
    assert page.text.count('<time datetime="2026-03-04">2026-03-04</time> · Rivertown Police Department') == 20
    addresses = set(re.findall(r'href="([^"]+)"', page.text))
    assert {"/feed.json", "/record/24", "/agency/rivertown", "/es/"} <= addresses
    assert {public.get(address).status_code for address in addresses - {"#content"}} == {200}


def test_the_front_page_of_an_empty_feed_says_so(feed: Feed, public: TestClient) -> None:
    assert feed
    assert "Nothing has been entered yet." in public.get("/").text


def test_released_text_cannot_become_part_of_a_page(feed: Feed, public: TestClient) -> None:
    fields = {"award": "valor", "criterion": "valor", "recipient": SCRIPT}
    feed.append((make_envelope(type="commendation.presented.v1"), json.dumps(fields).encode()))
    page = public.get("/").text
    assert "<script" not in page
    assert "presented to &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;: valor." in page


def test_pages_run_no_script_and_are_framed_by_nobody(public: TestClient) -> None:
    for address in ("/", "/static/portal.css", "/feed.json", "/nowhere", "/agencies/gotham/complaints", "/feed/x"):
        headers = public.get(address).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; ")
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert "strict-transport-security" not in headers
        assert "server" not in headers


def test_a_fault_also_leaves_with_the_headers_of_the_edge(house: House) -> None:
    app = create_gateway(house.settings)

    @app.get("/fault")
    async def fault() -> None:
        raise ZeroDivisionError

    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/fault")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/fault")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_production_is_reached_over_tls_only(house: House) -> None:
    settings = house.settings.model_copy(update={"env": Environment.PRODUCTION})
    with TestClient(create_gateway(settings), raise_server_exceptions=False) as client:
        assert client.get("/").headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


def test_without_its_servers_the_gateway_says_what_is_away(tmp_path: Path) -> None:
    nowhere = f"postgresql://nobody@/postgres?host={tmp_path}"
    settings = Settings(folder=tmp_path, postgres=nowhere, postgres_owner=nowhere)
    with TestClient(create_gateway(settings), raise_server_exceptions=False) as client:
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.json()) == (503, {"database": "away", "bus": "away"})
        feed = client.get("/feed.json")
        assert (feed.status_code, feed.json()["type"]) == (503, "/problems/away")
        assert client.get("/health/live").status_code == 200
