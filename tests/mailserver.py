"""A mail server for tests: it speaks SMTP over a real socket, refuses what it is told to, and can die in the middle."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

HANG_UP, HANG = "", "hang"


@dataclass
class Mailbox:
    """What a server has taken, and how it answers."""

    answers: Mapping[str, str] = field(default_factory=dict)
    """Command, or `body` for the end of a mail → its answer, where it is another; HANG_UP, or HANG to say nothing."""
    features: tuple[str, ...] = ("8BITMIME",)
    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)
    """Set when somebody waits for an answer that will not come."""


USUAL = {
    "EHLO": "250",
    "HELO": "250 mail.test",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "body": "250 2.0.0 queued as 4Zx",
    "QUIT": "221 bye",
}


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: "Server"

    def handle(self) -> None:
        """Speak until somebody hangs up."""
        box = self.server.box
        if not self.answered("connect", "220 mail.test ESMTP"):
            return
        for line in self.rfile:
            command = line[:4].decode().upper()
            box.spoken.append(line.decode().strip())
            usual = USUAL.get(command, "502 what?")
            if command == "EHLO":
                usual = "".join(f"250-{feature}\r\n" for feature in ("mail.test", *box.features)) + "250 HELP"
            if not self.answered(command, usual) or command == "QUIT":
                return
            if command == "DATA" and box.answers.get("DATA", USUAL["DATA"]).startswith("354") and not self.took_mail():
                return

    def took_mail(self) -> bool:
        """Read a mail to its end, and keep it where it is taken."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        box = self.server.box
        if box.answers.get("body", "250").startswith("250") or box.answers["body"] in (HANG, HANG_UP):
            box.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        return self.answered("body", USUAL["body"])

    def answered(self, command: str, usual: str) -> bool:
        """Answer, or hang up and say so."""
        answer = self.server.box.answers.get(command, usual)
        if answer == HANG:
            self.server.box.hangs.set()
            self.rfile.read()
            return False
        if answer:
            self.wfile.write(f"{answer}\r\n".encode())
        return bool(answer)


class Server(socketserver.ThreadingTCPServer):
    """The server."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        super().__init__(("127.0.0.1", 0), Talk)


@contextmanager
def mail_server(box: Mailbox) -> Iterator[Mailbox]:
    """Run a mail server while the block lasts; its box says what it has taken."""
    with Server(box) as server:
        box.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
