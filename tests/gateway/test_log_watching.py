"""What was signed is looked at again, and a log that signs nothing says why to everybody."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from gateway.log.keys import KeyRing, add_key, key_file, periods_of
from gateway.log.loop import IDLE, REFUSED, Rounds, log_loop_of, tell
from gateway.log.notes import Note
from gateway.log.sequencer import LOOKED_AT, LogRefusedError, Sequencer
from shared.settings import Settings
from tests.gateway.conftest import Feed
from tests.gateway.make import make_record


def sequencer(feed: Feed) -> Sequencer:
    return Sequencer.of(feed.database, feed.settings, KeyRing.of(feed.settings))


def filled(feed: Feed, many: int) -> None:
    feed.tell(*(make_record() for _ in range(many)))
    feed.sign()


def status(public: TestClient) -> dict[str, Any]:
    told: dict[str, Any] = public.get("/log/status").json()
    return told


@contextmanager
def signing(feed: Feed, settings: Settings | None = None) -> Iterator[None]:
    """Run the log's part of the worker while the block lasts."""
    stop = threading.Event()
    thread = threading.Thread(target=log_loop_of(feed.database, settings or feed.settings), args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("tampering", "sentence"),
    [
        ("update entry set day = '2020-01-01' where index = 1", "Entry 1 is not what was signed."),
        ("update entry set agency = 'lansing-mi' where index = 0", "Entry 0 is not what was signed."),
        (
            """update entry set fields = '{"channel": "mail"}' where index = 2""",
            "Entry 2 does not hold what it commits",
        ),
        ("""update entry set salts = salts || '{"channel": "00"}' where index = 2""", "Entry 2 does not hold what it"),
        ("delete from entry where index = 1", "The feed lacks an entry between 0 and 2."),
        ("update log_node set hash = '\\x00' where level = 0 and index = 1", "Entry 1 is not what was signed."),
    ],
)
def test_an_entry_that_is_changed_after_it_was_signed_is_found(feed: Feed, tampering: str, sentence: str) -> None:
    filled(feed, 3)
    assert sequencer(feed).look_again(0) == 3
    feed.change(tampering)

    with pytest.raises(LogRefusedError, match=f"^{sentence}"):
        sequencer(feed).look_again(0)


def test_one_look_after_the_other_goes_through_all_of_the_past_and_begins_again(feed: Feed) -> None:
    filled(feed, LOOKED_AT + 4)
    looking = sequencer(feed)

    assert [looking.look_again(start) for start in (0, LOOKED_AT, LOOKED_AT + 4)] == [
        LOOKED_AT,
        LOOKED_AT + 4,
        LOOKED_AT,
    ]


def test_a_log_that_is_empty_can_be_looked_at(feed: Feed) -> None:
    assert sequencer(feed).look_again(7) == 0


def test_a_log_that_is_well_says_how_far_it_is(feed: Feed, public: TestClient) -> None:
    assert status(public) == {
        "size": 0,
        "entries": 0,
        "signed_at": None,
        "refusal": None,
        "maximum_delay_seconds": 60,
    }
    filled(feed, 2)
    feed.tell(make_record())

    told = status(public)
    assert (told["size"], told["entries"], told["refusal"]) == (2, 3, None)


def test_a_changed_entry_stops_the_signing_and_everybody_can_read_why(feed: Feed, public: TestClient) -> None:
    filled(feed, 2)
    feed.change("update entry set day = '2020-01-01' where index = 0")
    feed.tell(make_record())
    with signing(feed):
        until(lambda: status(public)["refusal"] is not None)

    assert status(public)["refusal"] == "Entry 0 is not what was signed."
    assert feed.ask("select max(size) from log_checkpoint") == [(2,)]
    feed.change("update entry set day = '2026-03-04' where index = 0")
    with signing(feed):
        until(lambda: status(public)["size"] == 3)
        until(lambda: status(public)["refusal"] is None)
    assert feed.ask("select sentence from log_refusal order by id") == [("Entry 0 is not what was signed.",), ("",)]


CHANGED = "update entry set day = '2020-01-01' where index = 0"


def test_a_worker_that_has_nothing_to_sign_asks_once_and_reads_nothing(feed: Feed) -> None:
    filled(feed, 2)
    rounds = Rounds(feed.database, feed.settings)
    assert rounds.go() == IDLE
    asked: list[str] = []
    event.listen(feed.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    assert rounds.go() == IDLE
    assert len([one for one in asked if "set_config" not in one]) == 1

    asked.clear()
    feed.tell(make_record())
    assert rounds.go() == IDLE
    assert len(asked) > 2
    assert feed.ask("select max(size) from log_checkpoint") == [(3,)]


def test_a_worker_that_has_nothing_to_sign_still_looks_at_what_was_signed_from_time_to_time(feed: Feed) -> None:
    filled(feed, 2)
    rounds = Rounds(feed.database, feed.settings)
    rounds.go()
    feed.change(CHANGED)
    assert rounds.go() == IDLE

    rounds.due = 0.0
    assert rounds.go() == REFUSED


def test_an_entry_that_was_changed_is_found_before_anything_is_signed(feed: Feed) -> None:
    filled(feed, 2)
    rounds = Rounds(feed.database, feed.settings)
    rounds.go()
    feed.change(CHANGED)
    feed.tell(make_record())

    assert rounds.go() == REFUSED
    assert feed.ask("select max(size) from log_checkpoint") == [(2,)]


def test_what_one_worker_refuses_no_other_signs_until_everything_signed_was_compared(
    feed: Feed, public: TestClient
) -> None:
    filled(feed, LOOKED_AT + 4)
    rounds = Rounds(feed.database, feed.settings)
    rounds.go()
    assert rounds.place == LOOKED_AT
    tell(feed.database, "Another worker found something.")
    feed.tell(make_record())

    assert (rounds.go(), status(public)["size"]) == (0.0, LOOKED_AT + 4)
    assert (rounds.go(), status(public)["size"]) == (0.0, LOOKED_AT + 4)
    assert status(public)["refusal"] == "Another worker found something."
    assert (rounds.go(), status(public)["size"], status(public)["refusal"]) == (IDLE, LOOKED_AT + 5, None)


def test_a_worker_that_has_looked_at_an_entry_before_it_was_changed_does_not_sign_past_anothers_refusal(
    feed: Feed, public: TestClient
) -> None:
    filled(feed, LOOKED_AT + 4)
    late, early = Rounds(feed.database, feed.settings), Rounds(feed.database, feed.settings)
    late.go()
    feed.change(CHANGED)
    feed.tell(make_record())
    assert early.go() == REFUSED

    while late.go() == 0.0:
        pass
    assert (status(public)["size"], status(public)["refusal"]) == (LOOKED_AT + 4, "Entry 0 is not what was signed.")


def test_a_key_that_was_added_signs_without_a_restart(feed: Feed) -> None:
    settings = feed.settings.model_copy(update={"folder": feed.settings.folder / "rotated"})
    rounds = Rounds(feed.database, settings)
    rounds.go()
    ring = add_key(settings, date(2026, 11, 26))
    feed.tell(make_record())
    rounds.go()

    ((note,),) = feed.ask("select note from log_checkpoint")
    assert [one.id for one in Note.read(note).signatures] == [one.verifier.id for one in ring.signers]
    said = [Note.read(note).text for (note,) in feed.ask("select note from log_keys order by number")]
    assert [len(periods_of(one)) for one in said] == [1, 2]


def test_a_worker_that_has_not_seen_the_newest_key_yet_does_not_take_the_statement_back(feed: Feed) -> None:
    settings = feed.settings.model_copy(update={"folder": feed.settings.folder / "two"})
    old = Sequencer.of(feed.database, settings, KeyRing.of(settings))
    old.advance()
    Sequencer.of(feed.database, settings, add_key(settings, date(2026, 11, 26))).advance()
    old.advance()

    assert feed.ask("select number from log_keys order by number") == [(0,), (1,)]


def test_keys_that_cannot_be_read_any_more_stop_the_signing_in_a_sentence(feed: Feed, public: TestClient) -> None:
    settings = feed.settings.model_copy(update={"folder": feed.settings.folder / "spoilt"})
    rounds = Rounds(feed.database, settings)
    rounds.go()
    kept = key_file(settings).read_bytes()
    key_file(settings).write_bytes(b"{}")
    feed.tell(make_record())

    assert rounds.go() == REFUSED
    assert status(public)["refusal"] == "The log's keys cannot be read."
    key_file(settings).write_bytes(kept)
    while rounds.go() == 0.0:
        pass
    assert (status(public)["size"], status(public)["refusal"]) == (1, None)
