"""The pages of the portal, as people use them: on a phone, with the keyboard alone, in English and in Spanish."""

import re
from collections.abc import Iterator, Mapping
from typing import get_args

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from pydantic import BaseModel
from sqlalchemy import text

from accord.rooms import ROOT
from gateway.feed.sentences import Language
from gateway.feed.vocabulary import public_kinds, public_part
from gateway.portal.catalogue import PREFIXES, called, fields_of, words
from gateway.portal.rendering import HERE
from gateway.statistics.catalogue import tables
from services.complaints.models import State
from tests.portal.conftest import PLANTED, RECOMMENDED, Visit
from tests.rooms import House

PAGES = (
    "/",
    "/agency/rivertown",
    "/record",
    "/record?agency=rivertown&part=reconciliation",
    "/figures",
    "/figures/people",
    "/commitments",
    "/recommendations",
    f"/recommendations/{RECOMMENDED}",
    "/complain",
    "/complain?agency=rivertown",
    "/thank",
    "/thank?agency=rivertown",
    "/track",
    "/data",
    "/verify",
    "/about",
)
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
SAID = text("select topic, payload -> 'said' said from outbox where payload -> 'said' ->> 'race' = :race")
STORY = "He pushed my brother. <b>Twice.</b>"


def violations(visit: Visit) -> list[str]:
    """Return what axe finds on the page."""
    found = Axe().run(visit.page, options=WCAG).response["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


def press(visit: Visit, *keys: str) -> None:
    for key in keys:
        visit.page.keyboard.press(key)


def tab_to(visit: Visit, name: str) -> None:
    """Press Tab until the field or button with this name has the focus, as somebody without a mouse does."""
    for _ in range(80):
        press(visit, "Tab")
        if visit.page.evaluate("[document.activeElement.name, document.activeElement.textContent]").count(name):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_fits_and_asks_nobody_else(visit: Visit, path: str, language: Language) -> None:
    visit.go(PREFIXES[language] + path)

    assert violations(visit) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visit.page.get_attribute("html", "lang") == language
    assert [url for url in visit.asked if not url.startswith(f"{visit.site}/")] == []
    assert visit.complaints == []
    assert visit.page.evaluate("document.scripts.length") == 0


def test_every_page_is_there_in_the_other_language(at_a_desk: Visit) -> None:
    at_a_desk.go("/record?agency=rivertown")
    at_a_desk.page.click("text=Español")

    assert at_a_desk.page.url == f"{at_a_desk.site}/es/record?agency=rivertown"
    assert at_a_desk.page.inner_text("h1") == "El registro"


def test_whoever_follows_a_case_changes_the_language_and_stays_in_it(visit: Visit) -> None:
    page = visit.page
    visit.go("/complain?agency=rivertown")
    page.fill("#narrative", STORY)
    page.click("text=Send the complaint")
    page.wait_for_selector(".code")
    assert page.locator("text=Español").count() == 0
    page.click("text=Follow the case now")
    page.click("text=Español")
    page.wait_for_selector("text=Está recibida")
    assert violations(visit) == []
    visit.go("/es/track/messages")
    assert page.url == f"{visit.site}/es/track"


def test_whoever_complains_needs_a_keyboard_and_nothing_else(visit: Visit) -> None:
    visit.go("/complain?agency=rivertown")
    tab_to(visit, "narrative")
    visit.page.keyboard.type(STORY)
    tab_to(visit, "category")
    press(visit, "Space")
    tab_to(visit, "Send the complaint")
    press(visit, "Enter")
    visit.page.wait_for_selector(".code")
    code = visit.page.inner_text(".code")
    assert re.fullmatch(r"([A-Z2-7]{4}-){5}[A-Z2-7]{4}", code)
    assert violations(visit) == []
    assert code not in visit.page.url

    visit.go("/track")
    tab_to(visit, "agency")
    visit.page.keyboard.type("Rivertown")
    tab_to(visit, "code")
    visit.page.keyboard.type(code.lower())
    press(visit, "Enter")
    visit.page.wait_for_selector("text=It is received")
    assert violations(visit) == []
    tab_to(visit, "text")
    visit.page.keyboard.type(PLANTED)
    tab_to(visit, "Send")
    press(visit, "Enter")
    visit.page.wait_for_selector("text=Done.")
    assert visit.page.inner_text(".said p:last-child") == PLANTED
    assert visit.page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    assert (violations(visit), visit.complaints) == ([], [])
    assert code not in visit.page.url


def test_a_complaint_can_be_added_to_and_withdrawn(at_a_desk: Visit) -> None:
    page = at_a_desk.page
    at_a_desk.go("/es/complain?agency=rivertown")
    page.fill("#narrative", "Me gritó.")
    page.click("text=Enviar la queja")
    page.click("text=Seguir el caso ahora")
    page.wait_for_selector("text=Está recibida")
    page.fill("#addition", "Fue por la noche.")
    page.locator("form", has=page.locator("#addition")).locator("button").click()
    page.wait_for_selector("text=Fue por la noche.")
    page.click("summary:has-text('Retirar')")
    page.fill("#withdrawal", "Ya no quiero.")
    page.click("text=Retirarla")

    page.wait_for_selector("text=Hecho.")
    assert page.locator("text=Retirar la queja").count() == 0
    assert page.locator("input[type=radio]").count() == 25


def test_a_click_that_is_made_twice_files_one_complaint(reading: httpx.Client) -> None:
    form = reading.get("/complain?agency=rivertown").text
    (key,) = re.findall(r'name="key" value="([^"]+)"', form)
    fields = {"agency": "rivertown", "key": key, "narrative": STORY, "incident_on": "", "name": " "}

    numbers = [re.findall(r"C\d{4}-\d{6}", reading.post("/complain", data=fields).text)[0] for _ in range(2)]

    assert numbers[0] == numbers[1]


def test_what_was_typed_stays_when_it_is_refused_and_the_reason_stands_beside_it(reading: httpx.Client) -> None:
    fields = {"agency": "rivertown", "narrative": STORY, "category": "discourtesy", "incident_on": "2031-01-01"}

    answer = reading.post("/complain", data=fields)

    assert answer.status_code == 422
    assert "The incident is said to have happened on 2031-01-01, which is still to come." in answer.text
    assert "He pushed my brother. &lt;b&gt;Twice.&lt;/b&gt;" in answer.text
    assert 'value="discourtesy" checked' in answer.text
    spanish = reading.post("/es/complain", data=fields)
    assert "Se dice que el hecho ocurrió el 2031-01-01, un día que aún no ha llegado." in spanish.text


def test_what_people_say_of_themselves_is_asked_in_words_of_their_language(at_a_desk: Visit) -> None:
    at_a_desk.go("/es/complain?agency=rivertown")
    options = at_a_desk.page.locator("#age_band option").all_inner_texts()
    ages = ["menor de 18", "de 18 a 24", "de 25 a 34", "de 35 a 44", "de 45 a 64", "65 o más"]
    assert options == ["Prefiero no decirlo", *ages]
    assert at_a_desk.page.locator("#race option").count() == 9
    assert at_a_desk.page.locator("[required]").count() == 1


def test_what_people_say_of_themselves_is_told_to_oversight_and_stays_chosen(house: House, at_a_desk: Visit) -> None:
    page = at_a_desk.page
    at_a_desk.go("/complain?agency=rivertown")
    page.fill("#narrative", "He laughed.")
    page.fill("#incident_on", "2031-01-01")
    page.select_option("#race", label="Black or African American")
    page.select_option("#age_band", "65 and over")
    page.click("text=Send the complaint")
    page.wait_for_selector("[role=alert]")
    page.fill("#incident_on", "")
    page.click("text=Send the complaint")
    page.wait_for_selector(".code")

    with house.database("complaints") as database, database.engine.connect() as connection:
        told = {row.topic: row.said for row in connection.execute(SAID, {"race": "black or african american"})}
    said = {"race": "black or african american", "gender": None, "age_band": "65 and over"}
    assert told == {"accord.complaints": said, "accord.oversight": said}


def test_a_thank_you_is_passed_on(at_a_desk: Visit) -> None:
    page = at_a_desk.page
    at_a_desk.go("/thank?agency=rivertown")
    page.fill("#officer", "The officer with the dog")
    page.fill("#statement", "She found my daughter.")
    page.click("text=Send the thank-you")

    page.wait_for_selector("h1:has-text('Thank you')")
    assert re.search(r"under the number R?[A-Z]?\d{4}-\d{6}", page.inner_text("main"))
    assert violations(at_a_desk) == []


@pytest.mark.parametrize("code", ["", "nonsense!", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "a" * 500])
def test_a_code_that_opens_nothing_is_said_to_open_nothing(reading: httpx.Client, code: str) -> None:
    answer = reading.post("/track", data={"agency": "rivertown", "code": code})

    assert answer.status_code == 404
    assert "No case opens with this receipt code; check it letter by letter." in answer.text


def test_what_holds_words_of_somebody_is_kept_by_nobody(reading: httpx.Client) -> None:
    for path in ("/complain?agency=rivertown", "/thank?agency=rivertown", "/track"):
        assert reading.get(path).headers["cache-control"] == "no-store"
    filed = reading.post("/complain", data={"agency": "rivertown", "narrative": STORY})
    assert (filed.status_code, filed.headers["cache-control"]) == (201, "no-store")
    assert "set-cookie" not in filed.headers


def test_markup_that_somebody_released_is_shown_as_text(at_a_desk: Visit) -> None:
    at_a_desk.go("/commitments")
    assert PLANTED in at_a_desk.page.inner_text("main")
    at_a_desk.page.click("th a")
    assert PLANTED in at_a_desk.page.inner_text("main")
    assert at_a_desk.page.locator("main img").count() == 0


def test_a_commitment_whose_day_has_passed_is_overdue(at_a_desk: Visit) -> None:
    at_a_desk.go("/commitments")

    assert "2026-01-02 overdue" in at_a_desk.page.inner_text("tbody tr:first-child")


def test_an_entry_leads_to_its_proof_and_its_case(at_a_desk: Visit) -> None:
    at_a_desk.go("/record?part=reconciliation")
    at_a_desk.page.click(".entries a")
    assert violations(at_a_desk) == []
    proof = at_a_desk.page.get_attribute("text=The proof of this entry", "href") or ""
    assert httpx.get(at_a_desk.site + proof).text.startswith("c2sp.org/tlog-proof@v1\n")
    assert at_a_desk.page.locator(".entries li").count() == 1


def test_a_browser_sees_a_refusal_as_a_page_and_a_program_as_a_problem(visit: Visit) -> None:
    visit.go("/es/agency/nowhere")
    assert visit.page.inner_text("h1") == "No funcionó"
    assert "Aquí no se atiende a ninguna agencia 'nowhere'" in visit.page.inner_text("main")
    assert violations(visit) == []
    visit.go("/feed/999999999")
    assert "The feed has no entry 999999999 yet." in visit.page.inner_text("main")

    answer = httpx.get(f"{visit.site}/feed/999999999")
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_not_there_is_said_in_a_sentence(reading: httpx.Client) -> None:
    for path in ("/agency/nowhere", "/complain?agency=nowhere", "/record/999999999"):
        assert reading.get(path).status_code == 404
    assert reading.post("/track/nothing", data={"agency": "rivertown"}).status_code == 404


def test_whatever_the_public_is_told_has_a_name_in_every_language() -> None:
    told = {field for kind in public_kinds() for field in fields_in(public_part(kind))}
    told |= {dimension for table in tables().values() for dimension in table.dimensions}

    assert told - set(called("names")) == set()
    assert set(called("stages")) == {str(state) for state in State}
    said = [*called("names").values(), *called("stages").values()]
    assert {frozenset(one) for one in said} == {frozenset(PREFIXES)}


def fields_in(kind: object) -> Iterator[str]:
    """Yield the fields of a shape, and those of the shapes in it."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield name
            yield from fields_in(field.annotation)
    for part in get_args(kind):
        yield from fields_in(part)


def test_both_languages_say_the_same_things() -> None:
    english, spanish = words("en"), words("es")

    assert list(english) == list(spanish)
    assert {key: fields_of(text) for key, text in english.items()} == {
        key: fields_of(text) for key, text in spanish.items()
    }


def test_nothing_is_said_that_no_page_says() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in (HERE / "templates").glob("*.html"))
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "gateway" / "portal").glob("*.py"))
    said: Mapping[str, str] = words("en")

    named = ("rate", "median")  # by the tables
    assert [key for key in said if f'"{key}"' not in pages + code and not key.startswith("part_")] == [*named]
