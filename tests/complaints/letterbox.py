"""How tests draft, approve and send letters."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.complaints.correspondence import CORRESPONDENCE
from shared.policy import Policy
from shared.post import MailServer, Post
from shared.postman import Postman
from shared.vault import Vault
from tests.complaints.conftest import Desk
from tests.complaints.talking import run, staff
from tests.mailserver import Mailbox, mail_server

NOW = datetime.now(UTC) + timedelta(hours=1)
"""Later than whatever these tests approve."""


def drafted(desk: Desk, filed: dict[str, Any], letter: str = "acknowledgement", **over: Any) -> dict[str, Any]:
    said = {"letter": letter, "way": "e-mail", **over}
    status, found = staff(desk, filed, desk.intake, "letters", said)
    assert status == 201, found
    return found


def approved(desk: Desk, filed: dict[str, Any], letter: str = "acknowledgement", **over: Any) -> dict[str, Any]:
    draft = drafted(desk, filed, letter, **over)
    status, found = staff(desk, filed, desk.commander, f"letters/{draft['id']}/approval", {})
    assert (status, found["state"]) == (200, "approved")
    return found


def letter_of(desk: Desk, filed: dict[str, Any], letter: dict[str, Any]) -> dict[str, Any]:
    return staff(desk, filed, desk.commander, f"letters/{letter['id']}")[1]


def round_of(desk: Desk, post: Post, now: datetime = NOW) -> int:
    """Let a worker send what is due."""
    with desk.house.database("complaints") as database:
        vault = Vault.of(desk.house.settings)
        return Postman(database, Policy.read(), vault, post, CORRESPONDENCE).go_round(now)


def by_mail_server(desk: Desk, box: Mailbox, now: datetime = NOW) -> int:
    with mail_server(box):
        return round_of(desk, MailServer.at(box.url, "accord@rivertown.example", plain=True), now)


def forget_what_is_due(desk: Desk) -> None:
    """Let what other tests left to be sent be of no concern."""
    run(desk.house, "update letter set next_try_at = null")
