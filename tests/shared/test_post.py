"""Mail goes out by a mail server or into files; a refusal is final only when it is about this very mail."""

import socket
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import ValidationError

from shared.post import Folder, Mail, MailServer, Post, PostAwayError, PostRefusedError, is_address, post_of
from shared.settings import Settings
from tests.mailserver import Mailbox, mail_server

LETTER = UUID("6c7f2a50-9f7c-4c1e-8b3e-2d3f5a6b7c8d")
SENDER = "accord@rivertown.example"


def mail(to: str = "ana@example.org", subject: str = "Su queja — 🙏", body: str = "Buenos días:\n.\nשלם\n") -> Mail:
    return Mail(LETTER, to, subject, body, "es")


def server(box: Mailbox) -> MailServer:
    return MailServer.at(box.url, SENDER, plain=True)


def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_server(Mailbox()) as box:
        answer = server(box).send(mail())

    assert answer == "250 2.0.0 queued as 4Zx"
    [arrived] = box.mails
    assert arrived["Subject"] == "Su queja — 🙏"
    assert (arrived["To"], arrived["From"]) == ("ana@example.org", SENDER)
    assert arrived["Message-ID"] == f"<{LETTER}@rivertown.example>"
    assert arrived["Content-Language"] == "es"
    assert arrived.get_content().replace("\r\n", "\n") == "Buenos días:\n.\nשלם\n"
    assert box.spoken[0] == "ehlo rivertown.example", "nothing is told of the machine"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"RCPT": "550 5.1.1 <ana@example.org>: no such user"}, "550 5.1.1 (address) no such user"),
        ({"RCPT": "553 ANA@example.org is not here"}, "553 (address) is not here"),
        ({"RCPT": "550 user Ana unknown"}, "550 user (address) unknown"),
        ({"DATA": "554 5.6.0 not this"}, "554 5.6.0 not this"),
        ({"body": "552 5.2.2 the mailbox is full"}, "552 5.2.2 the mailbox is full"),
    ],
)
def test_what_a_server_refuses_for_good_is_refused_without_repeating_the_address(
    answers: dict[str, str], said: str
) -> None:
    with mail_server(Mailbox(answers)) as box, pytest.raises(PostRefusedError) as refused:
        server(box).send(mail())

    assert str(refused.value) == said
    assert box.mails == []


@pytest.mark.parametrize(
    "answers",
    [
        {"connect": "554 no service"},
        {"connect": ""},
        {"EHLO": ""},
        {"MAIL": "550 5.7.1 you may not send"},
        {"MAIL": "451 4.3.0 later"},
        {"RCPT": "450 4.2.0 greylisted"},
        {"RCPT": ""},
        {"DATA": ""},
        {"body": "451 4.3.0 later"},
        {"body": ""},
    ],
    ids=str,
)
def test_anything_else_is_tried_again(answers: dict[str, str]) -> None:
    with mail_server(Mailbox(answers)) as box, pytest.raises(PostAwayError) as away:
        server(box).send(mail())

    assert "ana" not in str(away.value)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(PostAwayError, match=r"^ConnectionRefusedError: "):
        MailServer.at(f"smtp://127.0.0.1:{port}", SENDER, plain=True).send(mail())


def test_a_server_that_hangs_up_after_it_took_a_mail_has_taken_it() -> None:
    with mail_server(Mailbox({"QUIT": ""})) as box:
        assert server(box).send(mail()).startswith("250 ")


def test_without_tls_nothing_is_sent_unless_the_operator_says_so() -> None:
    with mail_server(Mailbox()) as box, pytest.raises(PostAwayError, match=r"^SMTPNotSupportedError: "):
        MailServer.at(box.url, SENDER, plain=False).send(mail())

    assert not any(line.upper().startswith("MAIL") for line in box.spoken)


def test_an_address_in_other_letters_goes_where_the_server_takes_it() -> None:
    with mail_server(Mailbox(features=("SMTPUTF8", "8BITMIME"))) as box:
        server(box).send(mail("añá@example.org"))
    assert box.mails[0]["To"] == "añá@example.org"

    with mail_server(Mailbox()) as box, pytest.raises(PostRefusedError, match="takes no address with such letters"):
        server(box).send(mail("añá@example.org"))


def test_a_subject_cannot_begin_another_header() -> None:
    with mail_server(Mailbox()) as box:
        server(box).send(mail(subject="Hello\r\nBcc: press@example.org"))

    assert box.mails[0]["Bcc"] is None
    assert [line for line in box.spoken if line.startswith("rcpt")] == ["rcpt TO:<ana@example.org>"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("ana@example.org", True),
        ("ana.ruiz+case@mail.example.co.uk", True),
        ("añá@example.org", True),
        ("+1 555 0100", False),
        ("1 Main Street, Rivertown", False),
        ("ana@example.org\r\nBcc: x@example.org", False),
        ("ana@example.org, x@example.org", False),
        ("<ana@example.org>", False),
        ("ana@localhost", False),
        ("a b@example.org", False),
    ],
)
def test_mail_is_sent_to_one_address_and_to_nothing_else(text: str, is_one: bool) -> None:  # noqa: FBT001
    assert is_address(text) is is_one


def test_in_development_mail_is_written_into_files_whole(tmp_path: Path) -> None:
    post = post_of(Settings(folder=tmp_path))
    assert isinstance(post, Folder)

    assert post.send(mail()) == f"written to {LETTER}.eml"
    assert post.send(mail()) == f"written to {LETTER}.eml"

    [file] = (tmp_path / "mail").iterdir()
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == "ana@example.org"
    assert file.stat().st_mode & 0o077 == 0, "only the operator reads it"


def production(tmp_path: Path, **over: str) -> Post | None:
    chosen = {"jwks": "https://id.example/keys", "issuer": "https://id.example", "postgres": "postgresql://db"}
    kept = {"vault_key": tmp_path / "key", "files": tmp_path / "files", "log": "records.example/log"}
    return post_of(Settings(env="production", folder=tmp_path, **kept, **chosen, **over))  # type: ignore[arg-type]


def test_production_sends_by_a_mail_server_or_not_at_all(tmp_path: Path) -> None:
    assert production(tmp_path) is None
    assert isinstance(production(tmp_path, mail="smtps://a:b@mail.example", mail_from=SENDER), MailServer)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"mail": "mail.example:25"}, "this is no mail server"),
        ({"mail": "https://a:secret@mail.example"}, "this is no mail server"),
        ({"mail_from": "Rivertown <a@b.example>"}, "is no address of e-mail"),
    ],
)
def test_a_wrong_mail_server_is_refused_at_the_start(over: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings(**over)  # type: ignore[arg-type]
