"""Every page when there is nothing yet, and when there is more than a page shows."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from gateway.main import create_gateway
from tests.gateway.make import make_received
from tests.portal.conftest import FACT, Told, Visit, emptied, filled, opened, released
from tests.portal.test_portal import PAGES, violations
from tests.rooms import House

CATEGORIES = ("force", "abuse-of-authority", "discourtesy", "offensive-language", "false-statement", "search")
FINDINGS = ("sustained", "not sustained", "exonerated", "unfounded", "mediated", "officer unidentified", "withdrawn")
LETTERS = str.maketrans("0123456789", "abcdefghij")
LONG = "The department reviews its rules for stops of young people together with the families concerned. " * 8
READ = [path for path in PAGES if not path.startswith(("/complain", "/thank", "/track", "/about", "/recommendations/"))]
"""What is made from the record."""


def much() -> list[Told]:
    """Return what two years are told: complaints, decisions, findings against the agency, and long texts."""
    told: list[Told] = []
    for number in range(120):
        when = datetime(2024 + number // 60, 1 + number // 5 % 12, 15, tzinfo=UTC)
        over = {"time": when, "subject": f"{number:016}".translate(LETTERS)}
        category, finding = CATEGORIES[number % 6], FINDINGS[number % 7]
        found = [{"category": category, "finding": finding, "count": number % 4 + 1}]
        fact = {**FACT, "due_on": when.date().isoformat()}
        told += [
            ("complaint.received.v1", make_received(categories=[*CATEGORIES[: number % 6 + 1]]), over),
            ("complaint.decided.v1", {"findings": found, "outcome": finding, "days_open": number}, over),
            ("reconciliation.commitment_released.v1", {"commitment": fact, "text": LONG}, over),
            ("complaint.agency_found.v1", {"failures": found}, over),
            ("recommendation.published.v1", {"text": LONG, "comments_until": "2026-01-02"}, over),
        ]
    return told


@pytest.fixture(scope="module", params=["nothing", "much"])
def site(house: House, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield a portal that has nothing to show, and one that has much."""
    emptied(house)
    if request.param == "much":
        filled(house, tmp_path_factory.mktemp("second"), much())
        rows = [
            (said, category, 7 ** (place % 5))
            for place, category in enumerate(CATEGORIES)
            for said in ("asian", "white")
        ]
        released(house, rows)
    with opened(create_gateway(house.settings)) as address:
        yield address
    emptied(house)


@pytest.mark.parametrize("path", READ)
def test_a_page_with_nothing_and_one_with_much_are_accessible_and_fit(visit: Visit, path: str) -> None:
    visit.go(f"/es{path}")  # whose words are the longer ones
    for summary in visit.page.locator("summary").all():
        summary.click()

    assert visit.page.inner_text("h1") != ""
    assert violations(visit) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visit.complaints == []


def test_a_long_board_of_commitments_comes_in_pages(visit: Visit) -> None:
    visit.go("/commitments")
    shown = [visit.page.locator("tbody tr").count()]
    while visit.page.locator("a[rel=next]").count():
        visit.page.click("a[rel=next]")
        shown.append(visit.page.locator("tbody tr").count())

    assert shown in ([0], [50, 50, 20])


def test_no_mark_is_cut_off_by_the_edge_of_its_drawing(visit: Visit) -> None:
    visit.go("/es/")
    outside = visit.page.evaluate(
        "[...document.querySelectorAll('.chart text')].filter(one => {"
        " const [own, whole] = [one.getBoundingClientRect(), one.ownerSVGElement.getBoundingClientRect()];"
        " return own.width && (own.left < whole.left || own.right > whole.right || own.bottom > whole.bottom) })"
        ".map(one => one.textContent)"
    )
    assert outside == []
