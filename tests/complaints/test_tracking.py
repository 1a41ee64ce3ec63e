"""Whoever holds the receipt code sees stages, a contact and reasons, never people, and has the last word."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.actors import Role
from shared.policy import Policy
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.talking import decide, published, run, staff, told
from tests.make import make_filing

RULES = Policy.read().agencies["rivertown"]
TODAY = RULES.today(datetime.now(UTC))
SCORES = {"easy": 5, "informed": 4, "respected": 3, "fair": 2, "again": 1}


def test_the_stages_are_shown_with_their_days_and_no_people(desk: Desk) -> None:
    filed = decide(desk, desk.filed())

    _, tracked = told(desk.client, filed)

    stages = ["received", "classified", "investigating", "under review", "decided"]
    assert tracked["stages"] == [{"stage": stage, "on": f"{TODAY}"} for stage in stages]
    people = (desk.intake, desk.commander, desk.investigator, desk.adjudicator)
    assert not any(str(one.id) in str(tracked) for one in people)
    assert str(desk.officer_id) not in str(tracked)


def test_whoever_complained_learns_what_the_public_record_calls_their_case(desk: Desk) -> None:
    filed = desk.filed()

    _, tracked = told(desk.client, filed)

    assert tracked["public_ref"] == filed["public_ref"]


def test_an_office_answers_for_the_case_from_the_start_and_another_can_be_named(desk: Desk) -> None:
    filed = desk.filed()
    assert told(desk.client, filed)[1]["contact"].startswith("Internal Affairs, front desk")

    status, _ = staff(desk, filed, desk.intake, "contact", {"contact": "community-liaison"})

    assert (status, told(desk.client, filed)[1]["contact"][:26]) == (200, "Community Liaison Office: ")
    assert published(desk, filed, "contact_named")[0] == ("accord.complaints", {"contact": "community-liaison"})
    kept = {"duty": "contact named", "means": "receipt code"}
    assert published(desk, filed, "complainant_told")[0] == ("accord.complaints", kept)


def test_the_contact_is_told_in_the_complaint_s_language(desk: Desk) -> None:
    filed = desk.client.post(COMPLAINTS, json=make_filing(language="es")).json()

    assert told(desk.client, filed)[1]["contact"].startswith("Asuntos Internos")


def test_a_contact_that_the_agency_does_not_have_is_not_named(desk: Desk) -> None:
    status, problem = staff(desk, desk.filed(), desk.intake, "contact", {"contact": "detective-malone"})

    sentence = "The contact 'detective-malone' is not known; there is internal-affairs, community-liaison."
    assert (status, problem["detail"]) == (422, sentence)


def test_a_complaint_is_added_to_and_never_edited(desk: Desk) -> None:
    filed = desk.filed()

    status, _ = told(desk.client, filed, "/additions", text="There was a second officer.")
    by_phone = staff(desk, filed, desk.intake, "additions", {"text": "They called: the second one was taller."})

    expected = [("complainant", "There was a second officer."), ("staff", "They called: the second one was taller.")]
    assert (status, by_phone[0]) == (201, 201)
    assert [(one["side"], one["text"]) for one in told(desk.client, filed, "/additions")[1]["messages"]] == expected
    assert staff(desk, filed, desk.intake, "")[1] == staff(desk, filed, desk.intake, "")[1]
    assert published(desk, filed, "added_to")[0] == ("accord.complaints", {})


def test_twenty_additions_are_enough(desk: Desk) -> None:
    filed = desk.filed()
    for number in range(20):
        assert told(desk.client, filed, "/additions", text=f"{number}")[0] == 201

    status, problem = told(desk.client, filed, "/additions", text="21")

    sentence = "This takes 20 entries, and no more; speak with the contact that is named."
    assert (status, problem["detail"]) == (409, sentence)


def test_a_decided_complaint_is_not_added_to(desk: Desk) -> None:
    status, _ = told(desk.client, decide(desk, desk.filed()), "/additions", text="One more thing.")

    assert status == 409


def test_the_outcome_is_shown_with_the_reasons_that_were_released_and_no_others(desk: Desk) -> None:
    filed = decide(desk, desk.filed())
    tracked = told(desk.client, filed)[1]
    assert (tracked["outcome"], tracked["reasons"]) == ("not sustained", None)
    assert "The recording shows it." not in str(tracked)

    status, _ = staff(
        desk, filed, desk.adjudicator, "reasons", {"text": "The camera was off, and two people disagree."}
    )

    assert status == 201
    assert told(desk.client, filed)[1]["reasons"] == "The camera was off, and two people disagree."
    assert published(desk, filed, "reasons_released") == [("accord.complaints", {}), ("accord.oversight", {})]


def test_reasons_are_released_after_the_decision(desk: Desk) -> None:
    assert staff(desk, desk.submitted(), desk.adjudicator, "reasons", {"text": "It is clear."})[0] == 409


def asked(desk: Desk) -> dict[str, Any]:
    filed = desk.filed()
    status, _ = staff(desk, filed, desk.house.person(Role.LIAISON), "mediation-question", {})
    assert status == 201
    return filed


def test_consent_to_mediation_is_asked_for_given_and_taken_back(desk: Desk) -> None:
    filed = asked(desk)
    assert told(desk.client, filed)[1]["mediation"]["consents"] is None

    for consents in (True, False, True):
        status, tracked = told(desk.client, filed, "/mediation", consents=consents)
        assert (status, tracked["mediation"]["consents"]) == (200, consents)

    assert staff(desk, filed, desk.intake, "mediation-question")[1]["consents"]
    answers = [payload for _, payload in published(desk, filed, "mediation_answered")]
    assert answers == [{"consents": True}, {"consents": False}, {"consents": True}]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({}, "Whoever complained was asked about mediation and has not answered yet."),
        ({"consents": False}, "Whoever complained does not consent to mediation; repair the harm in another way."),
    ],
)
def test_nobody_is_sent_to_a_mediation_without_their_consent(desk: Desk, answer: dict[str, Any], sentence: str) -> None:
    filed = asked(desk)
    if answer:
        told(desk.client, filed, "/mediation", **answer)
    desk.post(filed, "classification", desk.intake, classification())

    status, problem = staff(desk, filed, desk.commander, "harm-referral", mediation())

    assert (status, problem["detail"]) == (409, sentence)


def test_consent_cannot_be_taken_back_once_the_harm_is_referred(desk: Desk) -> None:
    filed = asked(desk)
    told(desk.client, filed, "/mediation", consents=True)
    desk.post(filed, "classification", desk.intake, classification())
    desk.post(filed, "harm-referral", desk.commander, mediation())

    status, problem = told(desk.client, filed, "/mediation", consents=False)

    assert (status, problem["detail"]) == (
        409,
        "The harm has been referred; whoever leads it asks you again, and you can take consent back until it starts.",
    )


def test_nobody_answers_what_was_not_asked(desk: Desk) -> None:
    filed = desk.filed()

    not_asked = told(desk.client, filed, "/mediation", consents=True)
    again = asked(desk)
    told(desk.client, again, "/mediation", consents=True)
    twice = told(desk.client, again, "/mediation", consents=True)

    assert not_asked[1]["detail"] == "You were not asked about mediation; write a message if you wish for it."
    assert twice[1]["detail"] == "You have answered so already; it is noted."
    pending = asked(desk)
    status, problem = staff(desk, pending, desk.commander, "mediation-question", {})
    assert (status, problem["detail"]) == (409, "Whoever complained was asked already and has not answered yet.")


def classification() -> dict[str, Any]:
    allegation = {"category": "force", "severity": "low"}
    return {"classification": "misconduct", "track": "mediation", "allegations": [allegation]}


def mediation() -> dict[str, Any]:
    return {"process": "mediation", "because": "They wish to talk."}


def counts(desk: Desk) -> dict[str, Any]:
    answer = desk.client.get(f"{COMPLAINTS}/feedback")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_feedback_is_given_once_at_the_end(desk: Desk) -> None:
    filed = desk.filed()
    early = told(desk.client, filed, "/feedback", **SCORES)
    decide(desk, filed)

    status, tracked = told(desk.client, filed, "/feedback", **SCORES, text="Sentinel Sixpence was kind")
    again = told(desk.client, filed, "/feedback", **SCORES)

    assert (early[0], status, tracked["feedback_given"]) == (409, 201, True)
    assert (again[0], again[1]["detail"]) == (409, "You have given feedback on this complaint already; thank you.")
    assert published(desk, filed, "feedback_given") == [("accord.complaints", {})]
    _, read = staff(desk, filed, desk.house.person(Role.AUDITOR), "feedback")
    assert (read["text"], read["again"]) == ("Sentinel Sixpence was kind", 1)
    assert staff(desk, filed, desk.commander, "feedback")[0] == 403
    assert "Sixpence" not in str(counts(desk))


@pytest.mark.parametrize("score", [0, 6, 2.5, "x", None])
def test_feedback_goes_from_one_to_five(desk: Desk, score: Any) -> None:
    assert told(desk.client, decide(desk, desk.filed()), "/feedback", **{**SCORES, "fair": score})[0] == 422


def test_feedback_is_published_in_fives(desk: Desk) -> None:
    before = counts(desk)["answers"]
    given = run(desk.house, "select count(*) from feedback")[0][0]
    missing = 5 - given % 5
    seen = []
    for _ in range(missing):
        filed = desk.filed()
        desk.post(filed, "withdrawal", desk.intake, {"because": "They asked."})
        assert told(desk.client, filed, "/feedback", **SCORES)[0] == 201
        seen.append(counts(desk)["answers"])

    assert before == given - given % 5
    assert seen == [before] * (missing - 1) + [before + 5]
    fair = next(one for one in counts(desk)["questions"] if one["question"] == "fair")
    assert sum(fair["counts"]) == before + 5


def test_a_review_is_requested_once_and_answered_by_somebody_who_took_no_part(desk: Desk) -> None:
    filed = decide(desk, desk.filed())

    status, tracked = told(desk.client, filed, "/review", because="Nobody asked my neighbour.")
    again = told(desk.client, filed, "/review", because="Please.")

    assert (status, tracked["review"]["because"]) == (201, "Nobody asked my neighbour.")
    assert (again[0], again[1]["detail"][:48]) == (409, "A review of this decision was requested already;")
    public: list[tuple[str, dict[str, Any]]] = [
        ("accord.complaints", {}),
        ("accord.oversight", {}),
        ("accord.public", {}),
    ]
    assert published(desk, filed, "review_requested") == public
    answer = {"granted": True, "because": "The neighbour should be asked."}
    for involved in (desk.commander, desk.adjudicator):
        refused, problem = staff(desk, filed, involved, "review-request/answer", answer)
        assert (refused, problem["detail"]) == (
            409,
            "Whoever investigated, reviewed or decided a complaint does not answer the request to review it.",
        )
    other = desk.house.person(Role.ADJUDICATOR)
    assert staff(desk, filed, other, "review-request/answer", answer)[0] == 200
    review = told(desk.client, filed)[1]["review"]
    assert (review["granted"], review["answer"]) == (True, "The neighbour should be asked.")
    assert published(desk, filed, "review_answered")[2] == ("accord.public", {"granted": True})
    twice = staff(desk, filed, other, "review-request/answer", answer)
    assert twice[1]["detail"] == "The request for a review of this decision is answered already."


def test_a_review_is_requested_within_the_agency_s_time(desk: Desk) -> None:
    filed = decide(desk, desk.filed())
    assert told(desk.client, filed)[1]["review_until"] == f"{TODAY + timedelta(days=28)}"
    run(desk.house, "update complaint set decided_at = decided_at - interval '29 days' where id = :id", id=filed["id"])

    status, problem = told(desk.client, filed, "/review", because="It is wrong.")

    until = TODAY - timedelta(days=1)
    sentence = f"A review could be requested until {until}; write a message if there is something new."
    assert (status, problem["detail"]) == (409, sentence)
    nobody = staff(
        desk, filed, desk.house.person(Role.ADJUDICATOR), "review-request/answer", {"granted": False, "because": "x"}
    )
    assert nobody[1]["detail"] == "Nobody has requested a review of this decision."


def test_nobody_requests_a_review_before_a_decision(desk: Desk) -> None:
    assert told(desk.client, desk.filed(), "/review", because="Hurry.")[0] == 409


def test_how_contact_duties_were_kept_is_counted(desk: Desk) -> None:
    filed = desk.filed()
    staff(desk, filed, desk.intake, "contacts", {"duty": "acknowledged", "means": "phone"})

    answer = desk.client.get(f"{COMPLAINTS}/contact-duties", headers=dict(desk.commander.headers))

    kept = {one["duty"]: one for one in answer.json()["duties"]}["acknowledged"]
    owed = kept["in_time"] + kept["late"] + kept["overdue"]
    assert kept["in_time"] >= 1
    assert kept["rate"] == round(kept["in_time"] / owed, 4)
    assert kept["means"]["phone"] >= 1
