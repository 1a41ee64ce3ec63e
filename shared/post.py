"""Sending mail: a port with two adapters, a mail server and, for development, a folder of files."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple, Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from shared.clock import now
from shared.settings import Environment, Settings

PATIENCE = 20.0
"""Seconds that a mail server may take for one answer."""
PART = r"[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]"
ADDRESS = re.compile(rf"{PART}{{1,64}}@{PART}{{1,190}}\.{PART}{{2,60}}")
"""What mail can be sent to: one address, and nothing that a server or a header could read as more."""
LIKE_AN_ADDRESS = re.compile(r"\S+@\S+")
NEVER = 500
"""From here on a mail server's answer is final."""
TAKEN = (250, 251)
PORTS = {"smtp": 587, "smtps": 465}


class Mail(NamedTuple):
    """A letter on its way."""

    id: UUID
    """The letter's own; sent twice, it is the same message to every mail server."""
    to: str
    subject: str
    body: str
    language: str


class PostAwayError(Exception):
    """The mail was not taken now; send it again later."""


class PostRefusedError(Exception):
    """The mail will never be taken; the message is the server's answer, without the address."""


class Post(Protocol):
    """Where mail is given to be delivered."""

    def send(self, mail: Mail) -> str:
        """Give the mail away and return what was answered, without the address.

        Raises:
            PostAwayError: it was not taken now.
            PostRefusedError: it will never be taken.
        """


def post_of(settings: Settings) -> Post | None:
    """Return how this installation sends mail: by its mail server, or into files in development; else not at all."""
    if settings.mail:
        return MailServer.at(settings.mail, settings.mail_from, plain=settings.mail_plain)
    return None if settings.env is Environment.PRODUCTION else Folder(settings.folder / "mail", settings.mail_from)


def is_address(text: str) -> bool:
    """Whether mail can be sent there."""
    return ADDRESS.fullmatch(text) is not None


def composed(mail: Mail, sender: str) -> EmailMessage:
    """Return the mail as it is written."""
    message = EmailMessage(policy=SMTP if mail.to.isascii() else SMTPUTF8)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, cte="quoted-printable")
    message["Content-Language"] = mail.language
    return message


@dataclass(frozen=True, slots=True)
class Folder:
    """Writes mail into files, whole or not at all; for development."""

    folder: Path
    sender: str

    def send(self, mail: Mail) -> str:
        """Write the mail into `<id>.eml`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.folder, prefix=".draft-", delete=False) as draft:
            draft.write(composed(mail, self.sender).as_bytes())
        Path(draft.name).replace(self.folder / f"{mail.id}.eml")
        return f"written to {mail.id}.eml"


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server that takes mail for delivery."""

    url: SplitResult
    sender: str
    plain: bool
    """Whether to talk without TLS, on a network that nobody else can reach."""

    @classmethod
    def at(cls, url: str, sender: str, *, plain: bool) -> Self:
        """Return the server at `url`, smtp://user:password@host:port or smtps://."""
        return cls(urlsplit(url), sender, plain)

    def send(self, mail: Mail) -> str:
        """Give the mail to the server; a refusal is final only when it is about this mail."""
        try:
            with self._connected() as server:
                return _handed_over(server, composed(mail, self.sender), self.sender, mail.to)
        except (OSError, smtplib.SMTPException) as away:
            raise PostAwayError(without_addresses(f"{type(away).__name__}: {_said(away)}", mail.to)) from None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        host, port = self.url.hostname or "", self.url.port or PORTS[self.url.scheme]
        myself, context = self.sender.rpartition("@")[2], ssl.create_default_context()
        if self.url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, myself, timeout=PATIENCE, context=context)
        else:
            server = smtplib.SMTP(host, port, myself, timeout=PATIENCE)
        try:
            if self.url.scheme == "smtp" and not self.plain:
                server.starttls(context=context)
            if self.url.username:
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
            yield server
        finally:
            server.close()


def _handed_over(server: smtplib.SMTP, message: EmailMessage, sender: str, to: str) -> str:
    """Return the server's answer to the whole mail.

    Raises:
        SMTPException: it was not taken now.
        PostRefusedError: it will never be taken.
    """
    server.ehlo_or_helo_if_needed()
    options = () if to.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
    if options and not server.has_extn("smtputf8"):
        raise PostRefusedError("the mail server takes no address with such letters")
    code, answer = server.mail(sender, options)
    if code not in TAKEN:
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    _taken(to, *server.rcpt(to))
    said = _taken(to, *_data(server, message))
    with suppress(OSError, smtplib.SMTPException):  # it was taken, however the server takes its leave
        server.docmd("quit")
    return said


def _data(server: smtplib.SMTP, message: EmailMessage) -> tuple[int, bytes]:
    try:
        return server.data(message.as_bytes())
    except smtplib.SMTPDataError as refused:
        answer = refused.smtp_error
        return refused.smtp_code, answer if isinstance(answer, bytes) else answer.encode()


def _taken(to: str, code: int, answer: bytes) -> str:
    said = without_addresses(f"{code} {answer.decode(errors='replace')}", to)
    if code >= NEVER:
        raise PostRefusedError(said)
    if code not in TAKEN:
        raise smtplib.SMTPResponseException(code, answer)
    return said


def without_addresses(said: str, to: str) -> str:
    """Return a server's answer on one line, without the address or the part of it that it may repeat."""
    person = rf"(?<!\w){re.escape(to.partition('@')[0])}(?!\w)"
    told = re.sub(person, "(address)", LIKE_AN_ADDRESS.sub("(address)", said), flags=re.IGNORECASE)
    return "".join(letter if letter.isprintable() else " " for letter in told)[:300]


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        answer = fault.smtp_error
        return f"{fault.smtp_code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"
    return str(fault)
