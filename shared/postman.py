"""Sending approved letters: each at least once, never lost when a process dies, and given up in the open.

A try is counted and put off before it is made, in a transaction of its own: whoever is killed while sending has spent
a try, and the letter goes out again after a pause. So it can arrive twice, with one Message-ID, but never endlessly.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.db import Database
from shared.letters import Letter, opened
from shared.occasion import Occasion
from shared.office import Office
from shared.policy import Policy
from shared.post import Mail, Post, PostAwayError, PostRefusedError
from shared.vault import Vault

logger = logging.getLogger(__name__)

PAUSES = (5, 15, 60, 240, 720, 1440, 1440)
"""Minutes after each try; the first is longer than a mail server may take for all of its answers together."""
MOST_TRIES = len(PAUSES) + 1


class Ended(NamedTuple):
    """How a letter's way by e-mail has ended."""

    sent: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What a service says about its letters."""

    address: Callable[[Session, UUID, Office], str | None]
    """Takes the address for a case's letters out of the vault, and notes that; None when there is none for mail."""
    note: Callable[[Session, Letter, Ended, datetime, Office], None]
    """Notes in the case how a letter has ended."""


@dataclass(frozen=True, slots=True)
class Postman:
    """Sends the letters of one service."""

    database: Database
    policy: Policy
    vault: Vault
    post: Post
    correspondence: Correspondence

    def go_round(self, now: datetime) -> int:
        """Try every letter that is due once, and return how many were."""
        tried = 0
        for agency, rules in self.policy.agencies.items():
            here = Occasion(service=self.database.service, agency=agency)
            office = Office(rules, self.vault, mails=True)
            while (letter := self._claimed(here, now)) is not None:
                self._deliver(here, letter, office, now)
                tried += 1
        return tried

    def _claimed(self, here: Occasion, now: datetime) -> Letter | None:
        """Return a letter that is due, with its try counted and the next one put off; others find it no more."""
        due = select(Letter).where(Letter.next_try_at <= now).order_by(Letter.next_try_at).limit(1)
        with self.database.transaction(here) as session:
            letter = session.scalar(due.with_for_update(skip_locked=True))
            if letter is not None:
                letter.next_try_at = now + timedelta(minutes=PAUSES[min(letter.tries, len(PAUSES) - 1)])
                letter.tries += 1
        return letter

    def _deliver(self, here: Occasion, letter: Letter, office: Office, now: datetime) -> None:
        ended: Ended | None
        try:
            ended = self._tried(here, letter, office)
        except PostAwayError as away:
            ended = self._put_off(here, letter, str(away))
        except OperationalError:
            raise
        except Exception:
            logger.exception("A letter of %s could not be sent", here.agency)
            ended = self._put_off(here, letter, "a fault on our side; the log tells which")
        if ended is not None:
            with self.database.transaction(here) as session:
                self.correspondence.note(session, letter, ended, now, office)

    def _tried(self, here: Occasion, letter: Letter, office: Office) -> Ended:
        """Send a letter; nothing of it is read before, and no transaction waits for the mail server."""
        if letter.tries > MOST_TRIES:
            return Ended(sent=False, answer=f"given up after {MOST_TRIES} tries")
        with self.database.transaction(here) as session:
            to = self.correspondence.address(session, letter.case_id, office)
            subject, body = opened(session, self.vault, letter)
        if to is None:
            return Ended(sent=False, answer="no address for e-mail was given; print the letter")
        try:
            return Ended(sent=True, answer=self.post.send(Mail(letter.id, to, subject, body, letter.language)))
        except PostRefusedError as refused:
            return Ended(sent=False, answer=str(refused))

    def _put_off(self, here: Occasion, letter: Letter, answer: str) -> Ended | None:
        """Keep what was answered; after the last try, say that the letter is given up."""
        if letter.tries >= MOST_TRIES:
            return Ended(sent=False, answer=f"given up after {letter.tries} tries: {answer}")
        with self.database.transaction(here) as session:
            kept = session.get(Letter, letter.id)
            if kept is not None:
                kept.answer = answer
        return None
