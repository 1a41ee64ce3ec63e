"""Two people stand behind every letter; it counts when it leaves, and the address comes out only then."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accord.working import workers
from shared.actors import Role
from shared.post import PostAwayError
from shared.postman import MOST_TRIES
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.letterbox import NOW, approved, by_mail_server, drafted, forget_what_is_due, letter_of, round_of
from tests.complaints.talking import decide, named, published, run, staff, told
from tests.mailserver import Mailbox
from tests.rooms import Person

NEWS = {"news": "Sentinel Sixpence: we have spoken with {two} <b>people</b>."}


@pytest.fixture(autouse=True)
def nothing_else_is_due(desk: Desk) -> None:
    """Let no test send what another has left."""
    forget_what_is_due(desk)


def test_a_letter_is_drafted_from_a_template_in_the_complaint_s_language(desk: Desk) -> None:
    english, spanish = named(desk), named(desk, language="es")

    assert drafted(desk, english)["subject"] == f"We have received your complaint {english['number']}"
    letter = drafted(desk, spanish, "update", blanks=NEWS)
    assert letter["subject"] == f"Cómo avanza su queja {spanish['number']}"
    assert NEWS["news"] in letter["body"]
    assert "Asuntos Internos" in letter["body"]
    assert published(desk, spanish, "letter_drafted") == [("accord.complaints", {"letter": "update"})]


@pytest.mark.parametrize(
    ("over", "status", "sentence"),
    [
        (
            {"letter": "threat"},
            422,
            "There is no letter 'threat'; there is acknowledgement, update, question, outcome.",
        ),
        ({"letter": "update"}, 422, "This letter has the blank 'news'; say what stands there."),
        ({"blanks": {"news": "x"}}, 422, "This letter has no blank 'news' to fill in; there is: none."),
        ({"letter": "outcome"}, 409, "This letter tells the outcome, and the complaint has not been decided."),
        ({"letter": "update", "blanks": {"news": "a\x00"}}, 422, "blanks.news: the control character U+0000"),
        ({"language": "fr"}, 422, "language: Input should be 'en' or 'es'."),
    ],
)
def test_a_letter_that_does_not_hold_up_is_refused(
    desk: Desk, over: dict[str, Any], status: int, sentence: str
) -> None:
    filed = named(desk)

    refused, problem = staff(desk, filed, desk.intake, "letters", {"letter": "acknowledgement", "way": "mail", **over})

    assert (refused, problem["detail"][: len(sentence)]) == (status, sentence)
    assert published(desk, filed, "letter_drafted") == []


def test_whoever_left_no_contact_is_written_a_message(desk: Desk) -> None:
    for filed in (desk.filed(), named(desk, complainant={"name": "Ana Ruiz"})):
        status, problem = staff(desk, filed, desk.intake, "letters", {"letter": "acknowledgement", "way": "mail"})
        sentence = "Whoever complained left no contact; write a message, which the receipt code opens."
        assert (status, problem["detail"]) == (409, sentence)


def test_whoever_wrote_a_letter_does_not_approve_it(desk: Desk) -> None:
    filed = named(desk)
    status, letter = staff(desk, filed, desk.commander, "letters", {"letter": "acknowledgement", "way": "e-mail"})
    assert status == 201

    refused, problem = staff(desk, filed, desk.commander, f"letters/{letter['id']}/approval", {})

    sentence = "Whoever wrote a letter does not approve it; a second person does."
    assert (refused, problem["detail"]) == (409, sentence)
    assert staff(desk, filed, desk.intake, f"letters/{letter['id']}/approval", {})[0] == 403
    assert staff(desk, filed, desk.adjudicator, f"letters/{letter['id']}/approval", {})[0] == 200
    assert published(desk, filed, "letter_approved") == [("accord.complaints", {"letter": "acknowledgement"})]


def test_nothing_leaves_before_it_is_approved(desk: Desk) -> None:
    filed = named(desk)
    letter = drafted(desk, filed)
    box = Mailbox()

    by_mail_server(desk, box)

    assert box.mails == []
    for step in ("print", "posting"):
        status, _ = staff(desk, filed, desk.intake, f"letters/{letter['id']}/{step}", None if step == "print" else {})
        assert status == 409
    assert staff(desk, filed, desk.intake, f"letters/{letter['id']}/discarding", {})[1]["state"] == "discarded"
    assert staff(desk, filed, desk.commander, f"letters/{letter['id']}/approval", {})[0] == 409


def test_a_letter_by_email_keeps_its_duty_when_it_is_sent_and_not_before(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed)
    assert published(desk, filed, "complainant_told") == []
    box = Mailbox()

    assert by_mail_server(desk, box) == 1

    assert box.mails[0]["To"] == "ana@example.org"
    assert filed["number"] in box.mails[0]["Subject"]
    sent = letter_of(desk, filed, letter)
    assert (sent["state"], sent["answer"], sent["tries"]) == ("sent", "250 2.0.0 queued as 4Zx", 1)
    kept = {"letter": "acknowledgement", "keeps": "acknowledged"}
    assert published(desk, filed, "letter_sent") == [
        ("accord.complaints", {**kept, "tries": 1}),
        ("accord.oversight", kept),
    ]
    told_by = {"duty": "acknowledged", "means": "e-mail"}
    assert published(desk, filed, "complainant_told")[0] == ("accord.complaints", told_by)
    assert by_mail_server(desk, box, NOW + timedelta(days=9)) == 0, "it is sent once"


def test_a_refusal_is_final_and_the_letter_can_be_printed_then(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed)
    on_its_way = staff(desk, filed, desk.intake, f"letters/{letter['id']}/posting", {})
    by_mail_server(desk, Mailbox({"RCPT": "550 5.1.1 <ana@example.org>: unknown"}))

    failed = letter_of(desk, filed, letter)
    posted = staff(desk, filed, desk.intake, f"letters/{letter['id']}/posting", {})

    assert on_its_way[1]["detail"] == "This letter is on its way by e-mail; it is printed when that has failed."
    assert (failed["state"], failed["answer"]) == ("failed", "550 5.1.1 (address) unknown")
    expected = {"letter": "acknowledgement", "tries": 1}
    assert published(desk, filed, "letter_failed")[0] == ("accord.complaints", expected)
    assert (posted[0], posted[1]["state"]) == (200, "handed to the post")
    told_by = {"duty": "acknowledged", "means": "mail"}
    assert published(desk, filed, "complainant_told")[0] == ("accord.complaints", told_by)


def test_a_dead_connection_is_tried_again_after_a_pause_and_given_up_in_the_end(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed)
    now, dead = NOW, Mailbox({"body": ""})

    assert by_mail_server(desk, dead, now) == 1
    assert by_mail_server(desk, dead, now + timedelta(minutes=4)) == 0, "it waits"
    for _ in range(MOST_TRIES - 1):
        assert letter_of(desk, filed, letter)["state"] == "approved"
        now += timedelta(days=1)
        assert by_mail_server(desk, dead, now) == 1

    found = letter_of(desk, filed, letter)
    assert (found["state"], found["tries"], len(dead.mails)) == ("failed", MOST_TRIES, MOST_TRIES)
    assert found["answer"].startswith(f"given up after {MOST_TRIES} tries: SMTPServerDisconnected: ")
    assert len({one["Message-ID"] for one in dead.mails}) == 1


def test_a_letter_that_failed_is_sent_again_when_what_was_wrong_is_mended(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed)
    early = staff(desk, filed, desk.intake, f"letters/{letter['id']}/sending", {})
    by_mail_server(desk, Mailbox({"RCPT": "554 5.7.1 relaying denied"}))

    again = staff(desk, filed, desk.intake, f"letters/{letter['id']}/sending", {})
    by_mail_server(desk, Mailbox())

    assert (early[0], again[0], again[1]["state"]) == (409, 200, "approved")
    assert letter_of(desk, filed, letter)["state"] == "sent"
    assert published(desk, filed, "letter_put_back") == [("accord.complaints", {"letter": "acknowledgement"})]


class Killed(BaseException):
    """The process ends here."""


class Deadly:
    """A way to send that ends the process."""

    def send(self, _: Any) -> str:
        """Die."""
        raise Killed


def test_a_letter_is_not_lost_when_the_process_is_killed_while_sending(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed)
    with pytest.raises(Killed):
        round_of(desk, Deadly())
    box = Mailbox()

    assert by_mail_server(desk, box) == 0
    assert by_mail_server(desk, box, NOW + timedelta(minutes=6)) == 1

    assert (letter_of(desk, filed, letter)["state"], len(box.mails)) == ("sent", 1)


def test_a_process_that_is_killed_over_and_over_does_not_send_for_ever(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed)
    now = NOW
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            round_of(desk, Deadly(), now)
        now += timedelta(days=1)

    assert round_of(desk, Deadly(), now) == 1
    assert letter_of(desk, filed, letter)["answer"] == f"given up after {MOST_TRIES} tries"


class Refusing:
    """A mail server that is away."""

    def send(self, _: Any) -> str:
        """Take nothing."""
        raise PostAwayError("away")


def test_two_workers_do_not_send_one_letter_twice(desk: Desk) -> None:
    approved(desk, named(desk))

    assert [round_of(desk, Refusing()), round_of(desk, Refusing())] == [1, 0]


def test_a_contact_that_is_no_address_is_told_and_not_tried(desk: Desk) -> None:
    filed = named(desk, complainant={"name": "Ana Ruiz", "contact": "1 Main Street\nRivertown"})
    letter = approved(desk, filed)

    by_mail_server(desk, Mailbox())

    found = letter_of(desk, filed, letter)
    expected = ("failed", "no address for e-mail was given; print the letter")
    assert (found["state"], found["answer"]) == expected


def test_a_letter_that_left_after_a_withdrawal_has_left(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed)
    desk.post(filed, "withdrawal", desk.intake, {"because": "They asked."})

    by_mail_server(desk, Mailbox())

    assert letter_of(desk, filed, letter)["state"] == "sent"
    assert published(desk, filed, "complainant_told") == []


def test_a_letter_that_tells_an_outcome_which_was_set_aside_meanwhile_has_left_and_keeps_nothing(desk: Desk) -> None:
    filed = decide(desk, named(desk))
    staff(desk, filed, desk.adjudicator, "reasons", {"text": "The camera was off."})
    letter = approved(desk, filed, "outcome")
    again = {"ground": "new evidence", "because": "A second recording has come up."}
    desk.post(filed, "reopening", desk.adjudicator, again)

    by_mail_server(desk, Mailbox())

    assert letter_of(desk, filed, letter)["state"] == "sent"
    assert published(desk, filed, "complainant_told") == []


def test_a_letter_by_mail_is_printed_with_the_address_and_handed_to_the_post(desk: Desk) -> None:
    filed = named(desk, complainant={"name": "Ana <Ruiz>", "contact": "1 Main Street"})
    letter = approved(desk, filed, "update", way="mail", blanks=NEWS)
    address = f"{COMPLAINTS}/{filed['id']}/letters/{letter['id']}/print"

    page = desk.client.get(address, headers=dict(desk.intake.headers))
    plain = desk.client.get(address, params={"form": "text"}, headers=dict(desk.intake.headers))
    posted = staff(desk, filed, desk.intake, f"letters/{letter['id']}/posting", {})

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-disposition"].startswith("attachment; ")
    assert "Ana &lt;Ruiz&gt;\n1 Main Street" in page.text
    assert "<b>" not in page.text
    assert plain.text.startswith("Ana <Ruiz>\n1 Main Street\n")
    assert NEWS["news"] in plain.text
    assert (posted[1]["state"], posted[1]["keeps"]) == ("handed to the post", "updated")
    told_by = {"duty": "updated", "means": "mail"}
    assert published(desk, filed, "complainant_told")[0] == ("accord.complaints", told_by)
    deeds = [row.deed for row in run(desk.house, "select deed from audit where case_id = :id", id=filed["id"])]
    assert deeds.count("unseal contact to print a letter") == 2


def printed(desk: Desk, filed: dict[str, Any], letter: dict[str, Any], by: Person) -> tuple[int, str]:
    path = f"{COMPLAINTS}/{filed['id']}/letters/{letter['id']}/print"
    answer = desk.client.get(path, headers=dict(by.headers))
    return answer.status_code, answer.json()["detail"] if answer.is_error else answer.text


def test_a_letter_is_not_printed_again_once_it_was_handed_to_the_post(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed, way="mail")
    assert printed(desk, filed, letter, desk.intake)[0] == 200
    staff(desk, filed, desk.intake, f"letters/{letter['id']}/posting", {})

    sentence = "This letter was handed to the post and is not printed again; draft another one."
    assert printed(desk, filed, letter, desk.intake) == (409, sentence)


def test_whoever_witnessed_the_incident_or_has_a_conflict_prints_no_letter(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed, way="mail")
    witness, friend = desk.house.person(Role.LIAISON), desk.house.person(Role.INTAKE)
    seen = {"role": "witness", "officer_id": str(witness.id)}
    assert staff(desk, filed, desk.intake, "parties", seen)[0] == 201
    said = {"conflict": "personal or social", "because": "We are neighbours."}
    assert staff(desk, filed, friend, "conflicts", said)[0] == 201

    sentence = "Whoever is a witness in a complaint prints no letter in it; somebody else has to."
    assert printed(desk, filed, letter, witness) == (409, sentence)
    status, detail = printed(desk, filed, letter, friend)
    assert (status, detail.split(" (")[0]) == (409, "Whoever has a conflict of interest")
    deeds = [row.deed for row in run(desk.house, "select deed from audit where case_id = :id", id=filed["id"])]
    assert "unseal contact to print a letter" not in deeds


def test_the_outcome_is_told_with_the_reasons_that_were_released(desk: Desk) -> None:
    filed = decide(desk, named(desk, language="es"))
    status, problem = staff(desk, filed, desk.intake, "letters", {"letter": "outcome", "way": "mail"})
    assert (status, problem["detail"]) == (409, "This letter tells the reasons of the decision; release them first.")
    staff(desk, filed, desk.adjudicator, "reasons", {"text": "La cámara estaba apagada."})

    letter = drafted(desk, filed, "outcome")

    until = told(desk.client, filed)[1]["review_until"]
    for said in ("no probada: no pudo demostrarse", "La cámara estaba apagada.", f"hasta el {until}"):
        assert said in letter["body"]


def test_words_and_addresses_are_sealed_and_in_no_topic_and_no_log(desk: Desk, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    filed = named(desk, complainant={"name": "Sixpence", "contact": "sixpence@example.org"})
    approved(desk, filed, "update", blanks=NEWS)
    by_mail_server(desk, Mailbox({"RCPT": "450 4.2.0 <Sixpence@example.org> greylisted"}))
    by_mail_server(desk, Mailbox(), NOW + timedelta(days=1))

    for table in ("letter", "outbox", "audit", "complaint", "contact", "party"):
        assert "ixpence" not in str(run(desk.house, f"select row_to_json(one)::text from {table} one")), table
    for row in run(desk.house, "select sealed_subject, sealed_body from letter"):
        assert b"ixpence" not in bytes(row.sealed_body) + bytes(row.sealed_subject)
    assert "ixpence" not in caplog.text


def test_letters_of_a_case_are_not_there_for_whoever_may_not_see_it(desk: Desk) -> None:
    filed = named(desk)
    letter = drafted(desk, filed)
    other = named(desk)
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
    accused = desk.house.person(Role.COMMANDER, Role.INTAKE, id=desk.officer_id)

    looked = [staff(desk, filed, accused, what)[0] for what in ("letters", f"letters/{letter['id']}")]
    done = staff(desk, filed, accused, f"letters/{letter['id']}/approval", {})[0]
    elsewhere = staff(desk, other, desk.intake, f"letters/{letter['id']}")[0]
    nowhere = staff(desk, filed, desk.intake, f"letters/{uuid4()}")[0]

    assert [*looked, done, elsewhere, nowhere] == [404] * 5


def test_the_agency_s_letters_are_listed_with_what_they_ask_for(desk: Desk) -> None:
    found = desk.client.get(f"{COMPLAINTS}/letter-templates", headers=dict(desk.intake.headers)).json()["letters"]

    assert [one["letter"] for one in found] == ["acknowledgement", "update", "question", "outcome"]
    assert (found[1]["asks"], found[1]["keeps"], found[1]["label"]["es"]) == (["news"], "updated", "cómo avanza")


def test_a_worker_in_development_writes_letters_into_files(desk: Desk) -> None:
    filed = named(desk)
    letter = approved(desk, filed)
    file = desk.house.settings.folder / "mail" / f"{letter['id']}.eml"

    with workers(("complaints",), desk.house.settings):
        deadline = time.monotonic() + 60
        while letter_of(desk, filed, letter)["state"] != "sent":
            assert time.monotonic() < deadline, "it is not sent"
            time.sleep(0.05)

    assert filed["number"] in file.read_text(encoding="utf-8")
