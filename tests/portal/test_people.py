"""The page of the crossed tables: what is withheld is shown as withheld, and why."""

import httpx

from tests.portal.conftest import Visit
from tests.portal.test_portal import violations

PAGE = "/figures/people?agency=rivertown"


def test_a_withheld_number_says_so_in_the_table_and_in_the_chart(visit: Visit) -> None:
    visit.go(PAGE)
    page = visit.page
    head = page.locator("thead th").all_inner_texts()
    rows = {row[0]: row[1:] for row in (line.split("\t") for line in page.inner_text("tbody").splitlines())}

    assert head[0] == "Race or ethnicity"
    assert head[-1] == "Total"
    force = head.index("Unnecessary force") - 1
    assert rows["Black or African American"][force] == "withheld"
    assert rows["Asian"][force] == "0"
    assert len(rows) == page.locator(".bars > div").count() == 9
    for bar in page.locator(".bars > div").all():
        total = rows[bar.locator(".label").inner_text()][-1]
        assert bar.locator(".withheld, .number").inner_text() == total
        assert bar.locator("rect").count() == (total != "withheld")
    assert "those of 1 to 10, are withheld so that they point to nobody" in page.inner_text(".notice")
    assert violations(visit) == []


def test_the_page_withholds_what_the_release_withholds(reading: httpx.Client) -> None:
    page = reading.get(PAGE).text
    released = reading.get("/statistics/releases/1/complaints-by-race-2025.json").json()["rows"]
    withheld = [row for row in released if row["withheld"]]
    totals = [row for row in withheld if row["category"] == "total"]

    assert 'href="/statistics/releases/1/complaints-by-race-2025.csv"' in page
    assert len(withheld) > 1
    assert page.count('<span class="withheld">') == len(withheld) + len(totals)


def test_crossed_tables_are_found_from_the_figures_and_read_in_spanish(at_a_desk: Visit) -> None:
    at_a_desk.go("/es/figures?agency=rivertown")
    at_a_desk.page.click("text=Lo que dicen de su raza")
    assert at_a_desk.page.url == f"{at_a_desk.site}/es{PAGE}"
    text = at_a_desk.page.inner_text("main")
    assert "Negro o afroamericano" in text
    assert "oculto" in text
    assert "withheld" not in text
    assert violations(at_a_desk) == []


def test_an_agency_of_which_nothing_was_counted_has_no_table(visit: Visit) -> None:
    visit.go("/figures/people?agency=lansing-mi&year=1999")

    assert "in 2025." in visit.page.inner_text("section, main > p:nth-last-child(2)")
    assert visit.page.locator("table").count() == 0
    assert violations(visit) == []
