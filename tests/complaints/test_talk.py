"""Messages go both ways, sealed; nobody who writes is left unheard; what waits for an answer is seen."""

from typing import Any

import pytest

from shared.actors import Role
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.talking import named, published, run, staff, told


def unanswered(desk: Desk, filed: dict[str, Any]) -> list[dict[str, Any]]:
    answer = desk.client.get(f"{COMPLAINTS}/unanswered", headers=dict(desk.intake.headers))
    assert answer.status_code == 200, answer.text
    return [
        {"about": one["about"], "waiting": one["waiting"]}
        for one in answer.json()["unanswered"]
        if one["complaint_id"] == filed["id"]
    ]


def spoken(said: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["side"], one["text"]) for one in said["messages"]]


def test_messages_go_both_ways(desk: Desk) -> None:
    filed = desk.filed()

    status, _ = told(desk.client, filed, "/messages", text="Has anybody seen the recording?")
    assert status == 201
    status, said = staff(desk, filed, desk.intake, "messages", {"text": "Yes, we have asked for it."})

    expected = [("complainant", "Has anybody seen the recording?"), ("staff", "Yes, we have asked for it.")]
    assert (status, spoken(said)) == (201, expected)
    assert spoken(told(desk.client, filed, "/messages")[1]) == expected
    assert published(desk, filed, "complainant_wrote") == [("accord.complaints", {}), ("accord.oversight", {})]
    assert published(desk, filed, "staff_wrote") == [
        ("accord.complaints", {"answered": 1}),
        ("accord.oversight", {"answered": 1}),
    ]


def test_whoever_complained_never_learns_who_of_the_staff_wrote(desk: Desk) -> None:
    filed = desk.filed()
    staff(desk, filed, desk.commander, "messages", {"text": "We are on it."})

    _, said = told(desk.client, filed, "/messages")

    assert set(said["messages"][0]) == {"id", "side", "text", "said_at", "read_at"}
    assert str(desk.commander.id) not in str(said)


def test_messages_that_wait_for_an_answer_are_listed_until_they_have_one(desk: Desk) -> None:
    filed = desk.filed()
    for words in ("Hello?", "Is anybody there?"):
        told(desk.client, filed, "/messages", text=words)

    assert unanswered(desk, filed) == [{"about": "messages", "waiting": 2}]
    staff(desk, filed, desk.intake, "messages", {"text": "Yes."})
    assert unanswered(desk, filed) == []


def test_what_waits_is_not_listed_to_whoever_is_accused_or_not_assigned(desk: Desk) -> None:
    filed = desk.filed()
    desk.post(
        filed,
        "classification",
        desk.intake,
        {
            "classification": "misconduct",
            "track": "full investigation",
            "allegations": [{"category": "force", "officer_id": str(desk.officer_id)}],
        },
    )
    told(desk.client, filed, "/messages", text="It was officer 7.")
    accused = desk.house.person(Role.COMMANDER, id=desk.officer_id)

    for person in (accused, desk.investigator):
        answer = desk.client.get(f"{COMPLAINTS}/unanswered", headers=dict(person.headers))
        assert filed["id"] not in {one["complaint_id"] for one in answer.json()["unanswered"]}
        assert staff(desk, filed, person, "messages")[0] == 404


def test_a_message_that_needs_no_answer_is_settled_with_a_reason(desk: Desk) -> None:
    filed = desk.filed()
    told(desk.client, filed, "/messages", text="Thank you!")

    status, _ = staff(desk, filed, desk.intake, "messages/settled", {"because": "a thank-you"})
    again = staff(desk, filed, desk.intake, "messages/settled", {"because": "a thank-you"})

    assert (status, unanswered(desk, filed)) == (200, [])
    assert published(desk, filed, "messages_settled")[0] == ("accord.complaints", {"settled": 1})
    assert (again[0], again[1]["detail"]) == (409, "No message of whoever complained waits for an answer.")


def test_a_message_shows_when_the_other_side_has_read_it(desk: Desk) -> None:
    filed = desk.filed()
    told(desk.client, filed, "/messages", text="Hello?")

    assert told(desk.client, filed, "/messages")[1]["messages"][0]["read_at"] is None
    staff(desk, filed, desk.house.person(Role.AUDITOR), "messages")
    assert told(desk.client, filed, "/messages")[1]["messages"][0]["read_at"] is None, "an auditor is not the addressee"
    staff(desk, filed, desk.intake, "messages")
    assert told(desk.client, filed, "/messages")[1]["messages"][0]["read_at"] is not None


def test_whoever_complained_sees_how_many_messages_they_have_not_read(desk: Desk) -> None:
    filed = desk.filed()
    for words in ("One.", "Two."):
        staff(desk, filed, desk.intake, "messages", {"text": words})

    assert told(desk.client, filed)[1]["unread"] == 2
    told(desk.client, filed, "/messages")
    assert told(desk.client, filed)[1]["unread"] == 0


def test_a_message_counts_as_news_only_where_it_says_so(desk: Desk) -> None:
    filed = desk.filed()

    staff(desk, filed, desk.intake, "messages", {"text": "Hello."})
    assert published(desk, filed, "complainant_told") == []
    staff(desk, filed, desk.intake, "messages", {"text": "We have your complaint.", "keeps": "acknowledged"})

    kept = {"duty": "acknowledged", "means": "receipt code"}
    assert published(desk, filed, "complainant_told") == [("accord.complaints", kept), ("accord.oversight", kept)]
    _, limits = staff(desk, filed, desk.commander, "time-limits")
    assert {one["code"]: one["met_on"] is not None for one in limits["limits"]}["acknowledgement"]


def test_an_outcome_is_not_told_before_there_is_one(desk: Desk) -> None:
    filed = desk.filed()

    status, problem = staff(desk, filed, desk.intake, "messages", {"text": "Unfounded.", "keeps": "outcome told"})

    sentence = "There is no outcome to be told yet; the complaint has not been decided."
    assert (status, problem["detail"]) == (409, sentence)
    assert told(desk.client, filed, "/messages")[1]["messages"] == [], "nothing is half-stored"


def test_ten_messages_may_wait_and_more_may_not(desk: Desk) -> None:
    filed = desk.filed()
    for number in range(10):
        assert told(desk.client, filed, "/messages", text=f"{number}")[0] == 201

    status, problem = told(desk.client, filed, "/messages", text="11")

    sentence = "You have written 10 times, and it is seen; write again after an answer."
    assert (status, problem["detail"]) == (409, sentence)
    staff(desk, filed, desk.intake, "messages/settled", {"because": "read on the phone"})
    assert told(desk.client, filed, "/messages", text="11")[0] == 201


TEXTS = ["שלום לכולם", "مرحبا بكم", "👩🏽‍⚖️ 🙏", "<script>alert(1)</script>", "a\nb\tc", "{number} %s", "é" * 5_000]


@pytest.mark.parametrize("words", TEXTS, ids=range(len(TEXTS)))
def test_what_is_written_is_text_and_comes_back_as_it_was(desk: Desk, words: str) -> None:
    filed = desk.filed()

    told(desk.client, filed, "/messages", text=words)

    assert spoken(staff(desk, filed, desk.intake, "messages")[1]) == [("complainant", words)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "text: String should have at least 1 character."),
        (" \n ", "text: String should have at least 1 character."),
        ("x" * 5_001, "text: String should have at most 5000 characters."),
        ("a\x00b", "text: the control character U+0000 cannot be stored; remove it."),
        ("abc\u202edef", "text: the control character U+202E cannot be stored; remove it."),
        (7, "text: Input should be a valid string."),
    ],
)
def test_a_message_that_does_not_hold_up_is_refused_with_a_sentence(desk: Desk, words: Any, sentence: str) -> None:
    filed = desk.filed()

    status, problem = told(desk.client, filed, "/messages", text=words)

    assert (status, problem["detail"]) == (422, sentence)
    assert published(desk, filed, "complainant_wrote") == []


def test_a_wrong_code_opens_no_messages_and_says_nothing_else(desk: Desk) -> None:
    filed = desk.filed()
    almost = {"receipt_code": filed["receipt_code"][:-1] + ("A" if filed["receipt_code"][-1] != "A" else "B")}
    strange = {"receipt_code": "no code"}

    found = [
        told(desk.client, code, what, **body)
        for code in (almost, strange)
        for what, body in (("/messages", {}), ("/messages", {"text": "x"}), ("/additions", {"text": "x"}))
    ]

    assert {status for status, _ in found} == {404}
    assert len({problem["detail"] for _, problem in found}) == 1


def test_words_are_sealed_and_in_no_topic_and_no_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    filed = named(desk)
    told(desk.client, filed, "/messages", text="Sentinel Sixpence wrote this")
    told(desk.client, filed, "/additions", text="Sentinel Sixpence added this")
    staff(desk, filed, desk.intake, "messages", {"text": "Sentinel Sixpence, we answer", "keeps": "updated"})

    tables = ("message", "outbox", "audit", "complaint", "contact", "answered_request", "read_mark")
    for table in tables:
        rows = run(desk.house, f"select row_to_json(one)::text from {table} one")
        assert "Sixpence" not in str(rows), table
    sealed = [bytes(one.sealed) for one in run(desk.house, "select sealed from message")]
    assert len(sealed) >= 3
    assert not any(b"Sixpence" in one for one in sealed)
    assert "Sixpence" not in caplog.text


def test_nothing_that_was_said_can_be_changed_by_the_application(desk: Desk) -> None:
    told(desk.client, desk.filed(), "/messages", text="Hello?")

    for statement in ("update message set sealed = ''", "delete from message", "delete from read_mark"):
        with pytest.raises(Exception, match="permission denied"):
            run(desk.house, statement)
