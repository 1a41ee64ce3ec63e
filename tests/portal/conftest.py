"""The portal in a real browser: Debian's Chromium, driven by Playwright, before real services on loopback."""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright
from sqlalchemy.engine import make_url
from starlette.types import ASGIApp

from accord.rooms import SERVICES
from gateway.feed.consumers import append
from gateway.log.keys import KeyRing
from gateway.log.second_place import FILE
from gateway.log.sequencer import Sequencer
from gateway.main import create_gateway
from gateway.statistics.counting import count_all
from gateway.statistics.models import Crossed
from gateway.statistics.releases import release_if_due
from shared.app import create_app
from shared.occasion import Occasion
from shared.policy import Policy
from tests.conftest import skip_or_fail
from tests.gateway.conftest import FORGOTTEN
from tests.gateway.make import make_envelope, make_received
from tests.gateway.servers import serving
from tests.rooms import House

PHONE, DESK = (360, 740), (1_200, 900)
RECOMMENDED = "rrrrrrrrrrrrrrrr"
"""What the public calls a recommendation whose days for comments have passed."""
SECONDS = 60.0
"""Until a test gives up on an answer; on a busy machine the first one takes long."""
LARGEST_FILE = 2_000_000
"""Bytes of a file that is handed in."""
PLANTED = "<img src=x onerror=alert(1)><b>bold</b>"
"""What somebody might release in order to run something in readers' browsers."""
Told = tuple[str, dict[str, Any], dict[str, Any]]
"""Type of an event, what it tells the public, and what its envelope says."""

FACT = {"number": 1, "owner": "agency", "kind": "training", "due_on": "2026-01-02"}
TOGETHER = {"subject": "qqqqqqqqqqqqqqqq"}
ADVISED = {"subject": RECOMMENDED}
TOLD: tuple[Told, ...] = (
    ("complaint.received.v1", make_received(), {}),
    ("reconciliation.agreed.v1", {"process": "mediation", "commitments": [FACT]}, TOGETHER),
    ("reconciliation.commitment_released.v1", {"commitment": FACT, "text": PLANTED}, TOGETHER),
    (
        "complaint.agency_found.v1",
        {"failures": [{"category": "force", "finding": "training failure", "count": 1}]},
        {},
    ),
    ("recommendation.opened.v1", {"origin": "oversight board", "failure": None, "category": None}, ADVISED),
    ("recommendation.published.v1", {"text": PLANTED, "comments_until": "2026-01-02"}, ADVISED),
    ("recommendation.commented.v1", {"number": 1}, ADVISED),
    ("recommendation.comment_released.v1", {"number": 1, "text": PLANTED, "shortened": True}, ADVISED),
)
"""Something of every kind that the pages show."""
SAID_IN_2025 = (
    *(("white", "force", 3_000), ("black or african american", "force", 4), ("not said", "force", 25)),
    *(("white", "discourtesy", 20), ("black or african american", "discourtesy", 40), ("asian", "discourtesy", 31)),
)
"""What was said, category, and how many allegations."""


@dataclass
class Visit:
    """One browser window, and what it asked for and complained of."""

    page: Page
    site: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(self.site + path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield Chromium; without it the test is skipped, or fails where CI is set.

    It runs an event loop in this thread, so it ends before tests of others begin.
    """
    found = shutil.which("chromium")
    if found is None:
        skip_or_fail("there is no chromium; on Debian it is a package of that name")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a portal with something to read, before services that take complaints and thanks."""
    settings = house.settings.model_copy(update={"max_file_size": LARGEST_FILE})
    with ExitStack() as stack:
        services = {
            name: stack.enter_context(opened(create_app(SERVICES[name], settings)))
            for name in ("complaints", "recognition", "reconciliation")
        }
        emptied(house)
        filled(house, tmp_path_factory.mktemp("second"), TOLD)
        released(house, SAID_IN_2025)
        yield stack.enter_context(opened(create_gateway(settings.model_copy(update={"services": services}))))


@contextmanager
def opened(app: ASGIApp) -> Iterator[str]:
    """Serve `app` once it has built its routes; two that did so at once, in two threads, would share their warnings."""
    with serving(app) as address:
        for path in ("/nowhere", "/openapi.json"):
            httpx.get(address + path, timeout=SECONDS)
        yield address


def filled(house: House, second: Path, told: Sequence[Told]) -> None:
    """Let the feed tell of all this, sign it, and count it."""
    with house.database("gateway") as database:
        with database.transaction(Occasion(service="gateway", agency="")) as session:
            for kind, fields, over in told:
                append(session, make_envelope(type=kind, **over), json.dumps(fields).encode())
                session.flush()
        settings = house.settings.model_copy(update={"log_folder": second})
        sequencer = Sequencer.of(database, settings, KeyRing.of(house.settings))
        while sequencer.advance():
            pass
        count_all(database)


def released(house: House, said_in_2025: Iterable[tuple[str, str, int]]) -> None:
    """Let the one release that there is hold what people said of their race in 2025 at Rivertown."""
    with house.database("gateway") as database:
        with database.transaction(Occasion(service="gateway", agency="")) as session:
            for said, category, count in said_in_2025:
                row = {"agency": "rivertown", "year": 2025, "attribute": "race"}
                session.add(Crossed(**row, said=said, category=category, count=count))
        assert release_if_due(database, Policy.read(None), date(2026, 1, 1)) == 1


def emptied(house: House) -> None:
    """Let there be nothing to read, whatever other tests left."""
    with owner_of(house) as connection:
        connection.execute(f"truncate {', '.join(FORGOTTEN)}, figure, crossed, released_table, release")
        connection.execute("update counting set next_index = 0, closed_year = 0")
        connection.execute("update feed_head set next_index = 0, acts = acts + 1")
        connection.execute("notify feed")
    (house.settings.folder / FILE).unlink(missing_ok=True)


def owner_of(house: House) -> psycopg.Connection:
    """Return a connection of the owner of the gateway's tables, who may do what the gateway cannot."""
    owner = make_url(house.settings.postgres_owner).set(drivername="postgresql", database="accord_gateway")
    return psycopg.connect(owner.render_as_string(hide_password=False))


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def visit(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Yield a window of the size of a phone, and one of that of a desk."""
    yield from windows(browser, site, request.param)


@pytest.fixture
def at_a_desk(browser: Browser, site: str) -> Iterator[Visit]:
    """Yield a window of the size of a desk."""
    yield from windows(browser, site, DESK)


def windows(browser: Browser, site: str, size: tuple[int, int]) -> Iterator[Visit]:
    """Yield a window that notes what is asked for and what goes wrong in it."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-US")
    opened = Visit(context.new_page(), site)

    def note(request: Request) -> None:
        opened.asked.append(request.url)

    opened.page.on("request", note)
    opened.page.on("console", lambda said: opened.complaints.append(said.text))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()


@pytest.fixture(scope="module")
def reading(site: str) -> Iterator[httpx.Client]:
    """Yield what reads pages without a browser."""
    with httpx.Client(base_url=site, timeout=SECONDS) as client:
        yield client
