"""What cannot be said or sent: where nobody could read it, where it was not asked for, and where there is no way."""

from collections.abc import Iterator

import pytest

from shared.actors import Role
from shared.settings import Environment
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.talking import named, published, run, staff
from tests.make import make_filing


def test_where_nobody_holds_a_receipt_code_nobody_is_written_to_or_asked(desk: Desk) -> None:
    filed = desk.filed()
    run(desk.house, "update complaint set receipt_locator = null, receipt_hash = null where id = :id", id=filed["id"])

    written = staff(desk, filed, desk.intake, "messages", {"text": "Hello?"})
    asked = staff(desk, filed, desk.commander, "mediation-question", {})

    assert written[1]["detail"] == "Nobody holds a receipt code for this complaint; write a letter."
    assert asked[1]["detail"] == "Nobody holds a receipt code for this complaint, so nobody could answer."
    assert (written[0], asked[0]) == (409, 409)
    assert published(desk, filed, "staff_wrote") == []


def test_an_agency_without_reviews_says_so(desk: Desk) -> None:
    lansing = "/agencies/lansing-mi/complaints"
    filed = desk.client.post(lansing, json=make_filing()).json()
    decided = "update complaint set state = 'decided', outcome = 'unfounded', decided_at = now() where id = :id"
    run(desk.house, decided, at="lansing-mi", id=filed["id"])
    code = {"Receipt-Code": filed["receipt_code"]}

    answer = desk.client.post(f"{lansing}/track/review", json={"because": "It is wrong."}, headers=code)

    assert (answer.status_code, answer.json()["detail"]) == (409, "There is no review of decisions within this agency.")
    assert desk.client.get(f"{lansing}/track", headers=code).json()["review_until"] is None


@pytest.fixture
def without_mail(desk: Desk) -> Iterator[None]:
    """Let the service run as in production without a mail server."""
    state = desk.client.app.state  # type: ignore[attr-defined]
    before = state.settings
    state.settings = before.model_copy(update={"env": Environment.PRODUCTION})
    yield
    state.settings = before


@pytest.mark.usefixtures("without_mail")
def test_where_no_mail_is_sent_letters_go_by_the_post(desk: Desk) -> None:
    filed = named(desk)

    by_email = staff(desk, filed, desk.intake, "letters", {"letter": "acknowledgement", "way": "e-mail"})
    by_mail = staff(desk, filed, desk.intake, "letters", {"letter": "acknowledgement", "way": "mail"})

    sentence = "This installation sends no e-mail; write the letter to be sent by mail."
    assert (by_email[0], by_email[1]["detail"], by_mail[0]) == (409, sentence, 201)


def test_what_was_not_asked_for_or_given_is_not_there(desk: Desk) -> None:
    filed = desk.filed()
    auditor = desk.house.person(Role.AUDITOR)

    assert staff(desk, filed, desk.intake, "mediation-question")[0] == 404
    assert staff(desk, filed, desk.intake, "review-request")[0] == 404
    assert staff(desk, filed, auditor, "feedback")[0] == 404


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("messages", {"text": "x"}),
        ("contact", {"contact": "internal-affairs"}),
        ("reasons", {"text": "x"}),
        ("mediation-question", {}),
        ("letters", {"letter": "acknowledgement", "way": "mail"}),
        ("review-request/answer", {"granted": True, "because": "x"}),
    ],
)
def test_whoever_only_audits_says_nothing(desk: Desk, step: str, body: dict[str, object]) -> None:
    assert staff(desk, desk.filed(), desk.house.person(Role.AUDITOR), step, body)[0] == 403


def test_another_agency_s_people_find_nothing(desk: Desk) -> None:
    filed = desk.filed()
    stranger = desk.house.person(Role.INTAKE, agencies=("lansing-mi",))

    found = desk.client.get(
        f"/agencies/lansing-mi/complaints/{filed['id']}/messages", headers=dict(stranger.headers)
    ).status_code
    refused = desk.client.get(f"{COMPLAINTS}/{filed['id']}/messages", headers=dict(stranger.headers)).status_code

    assert (found, refused) == (404, 403)
