"""Recommendations in the portal: read by anyone, and commented on without a name."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from accord.rooms import SERVICES
from gateway.feed.consumers import append
from shared.actors import Role
from shared.app import create_app
from shared.events.recommendations import Origin
from shared.occasion import Occasion
from tests.gateway.make import make_envelope
from tests.make import AGENCY
from tests.portal.conftest import PLANTED, RECOMMENDED, Visit
from tests.portal.test_portal import violations
from tests.rooms import House

HERE = f"/agencies/{AGENCY}/recommendations"
TEXT = "Foot pursuits are reviewed within a day."


@pytest.fixture
def open_one(house: House) -> Iterator[dict[str, Any]]:
    """Yield a recommendation that reconciliation takes comments on, and that the feed tells of."""
    with TestClient(create_app(SERVICES["reconciliation"], house.settings)) as client:
        liaison = dict(house.person(Role.LIAISON).headers)
        opened = client.post(HERE, json={"origin": Origin.BOARD}, headers=liaison).json()
        published = client.post(f"{HERE}/{opened['id']}/publication", json={"text": TEXT}, headers=liaison).json()
        until = {"text": TEXT, "comments_until": published["comments_until"]}
        tell(house, "recommendation.opened.v1", {"origin": Origin.BOARD, "failure": None, "category": None}, published)
        tell(house, "recommendation.published.v1", until, published)
        yield {**published, "client": client, "liaison": liaison}


def tell(house: House, kind: str, fields: dict[str, Any], one: dict[str, Any]) -> None:
    """Let the feed tell something of a recommendation."""
    envelope = make_envelope(type=kind, subject=one["public_ref"], agency=AGENCY)
    with (
        house.database("gateway") as database,
        database.transaction(Occasion(service="gateway", agency="")) as session,
    ):
        append(session, envelope, json.dumps(fields).encode())


def test_anyone_comments_on_a_recommendation_and_is_told_its_number(visit: Visit, open_one: dict[str, Any]) -> None:
    visit.go("/recommendations")
    visit.page.click(f"a[href$='{open_one['public_ref']}']")
    assert TEXT in visit.page.inner_text("blockquote")
    assert violations(visit) == []
    visit.page.fill("#text", "My street has seen <b>three</b>.")
    visit.page.click("text=Send the comment")

    visit.page.wait_for_selector("h1:has-text('Your comment was received')")
    assert "It has the number 1." in visit.page.inner_text("main")
    assert violations(visit) == []
    read = open_one["client"].get(f"{HERE}/{open_one['id']}/comments", headers=open_one["liaison"]).json()
    assert [one["text"] for one in read["comments"]] == ["My street has seen <b>three</b>."]


def test_a_comment_that_is_refused_stays_on_the_page_with_the_reason(site: str, open_one: dict[str, Any]) -> None:
    long = "a" * 2_001

    answer = httpx.post(f"{site}/recommendations/{open_one['public_ref']}", data={"text": long})

    assert answer.status_code == 422
    assert long in answer.text
    assert 'role="alert"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    spanish = httpx.post(f"{site}/es/recommendations/{open_one['public_ref']}", data={"text": ""})
    assert (spanish.status_code, "No se envió nada." in spanish.text) == (422, True)


def test_whose_days_have_passed_is_not_commented_on_and_shows_what_was_said(at_a_desk: Visit) -> None:
    at_a_desk.go(f"/recommendations/{RECOMMENDED}")

    said = at_a_desk.page.inner_text("main")
    assert "Comments were taken until 2026-01-02." in said
    assert f"Comment 1 on a recommendation, without what was taken out: “{PLANTED}”" in said
    assert at_a_desk.page.locator("main img, main form").count() == 0


@pytest.mark.parametrize("reference", ["a" * 16, "nonsense", "A" * 16])
def test_a_recommendation_that_the_record_does_not_tell_of_is_not_there(site: str, reference: str) -> None:
    answer = httpx.get(f"{site}/recommendations/{reference}", headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert "The record tells of no such recommendation." in answer.text
    assert "<h1>" in answer.text


def test_the_board_says_until_when_anyone_may_comment(at_a_desk: Visit, open_one: dict[str, Any]) -> None:
    at_a_desk.go("/recommendations")

    row = at_a_desk.page.inner_text(f"tr:has(a[href$='{open_one['public_ref']}'])")
    assert f"open until {open_one['comments_until']}" in row
    assert open_one["comments_until"] > str(datetime.now(UTC).date() + timedelta(days=28))
