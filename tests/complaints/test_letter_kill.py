"""A worker that is killed in the middle of sending loses no letter, and does not send it for ever."""

import os
import subprocess
import sys

from accord.rooms import ROOT
from tests.complaints.conftest import Desk
from tests.complaints.letterbox import approved, by_mail_server, forget_what_is_due, letter_of
from tests.complaints.talking import named
from tests.mailserver import HANG, Mailbox, mail_server

WORK = (sys.executable, "-c", "from accord.main import main; main()", "work", "complaints")


def worker(desk: Desk, box: Mailbox) -> subprocess.Popen[bytes]:
    """Start a process that sends the letters of complaints by this mail server."""
    settings = desk.house.settings
    chosen = {
        "ACCORD_FOLDER": str(settings.folder),
        "ACCORD_POSTGRES": settings.postgres,
        "ACCORD_MAIL": box.url,
        "ACCORD_MAIL_PLAIN": "true",
        "ACCORD_MAIL_FROM": "accord@rivertown.example",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(WORK, env={**os.environ, **chosen}, cwd=ROOT)


def test_a_worker_that_is_killed_while_the_mail_server_thinks_loses_no_letter(desk: Desk) -> None:
    forget_what_is_due(desk)
    filed = named(desk)
    letter = approved(desk, filed)
    with mail_server(Mailbox({"body": HANG})) as slow:
        process = worker(desk, slow)
        try:
            assert slow.hangs.wait(90), "it does not send"
        finally:
            process.kill()
            process.wait()
    interrupted = letter_of(desk, filed, letter)
    box = Mailbox()

    assert (interrupted["state"], interrupted["tries"], interrupted["answer"]) == ("approved", 1, None)
    assert by_mail_server(desk, box) == 1
    assert (letter_of(desk, filed, letter)["state"], letter_of(desk, filed, letter)["tries"]) == ("sent", 2)
    assert [one["Message-ID"] for one in (*slow.mails, *box.mails)] == [f"<{letter['id']}@rivertown.example>"] * 2
