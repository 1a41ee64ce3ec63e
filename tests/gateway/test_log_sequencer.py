"""The sequencer: what the feed has is signed once, and never two roots for one size."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from typer.testing import CliRunner

from accord.main import command_line
from accord.rooms import ROOT
from gateway.feed.leaves import commit
from gateway.log.checkpoints import Checkpoint
from gateway.log.keys import KeyRing, WrongLogKeyError, add_key, periods_of, retire_key
from gateway.log.notes import Note, trusted_text
from gateway.log.second_place import FILE, SecondPlace
from gateway.log.sequencer import LogRefusedError, Sequencer
from gateway.log.tree import leaf_hash
from shared.settings import Environment
from tests.gateway.conftest import Feed
from tests.gateway.make import make_record
from tests.gateway.test_log_tree import defined

STEPS = ("nodes", "proof", "second place", "checkpoint", "commit")
TODAY = date(2026, 11, 26)


def filled(feed: Feed, many: int) -> None:
    """Let the feed have so many entries more."""
    feed.tell(*(make_record() for _ in range(many)))


def checkpoints(feed: Feed) -> dict[int, bytes]:
    """Return every size that was signed, with its root."""
    return dict(feed.ask("select size, root from log_checkpoint"))


def sequencer(feed: Feed) -> Sequencer:
    return Sequencer.of(feed.database, feed.settings, KeyRing.of(feed.settings))


def leaf_hashes(feed: Feed) -> Sequence[bytes]:
    return [bytes(one) for (one,) in feed.ask("select hash from log_node where level = 0 order by index")]


def test_what_the_feed_has_is_signed_and_the_tree_is_that_of_its_leaves(feed: Feed) -> None:
    filled(feed, 5)
    assert feed.sign() == 5
    filled(feed, 3)
    assert feed.sign() == 3
    assert feed.sign() == 0

    signed = checkpoints(feed)
    assert sorted(signed) == [5, 8]
    (note,) = feed.ask("select note from log_checkpoint where size = 8")[0]
    ring = KeyRing.of(feed.settings)
    said = Checkpoint.read(trusted_text(note, [ring.signers[0].verifier]))
    assert (said.size, said.root) == (8, bytes(signed[8]))
    assert len(leaf_hashes(feed)) == 8
    assert SecondPlace(feed.settings.folder / FILE).read() == note


def test_the_leaf_of_an_entry_is_what_anybody_computes_from_it(feed: Feed) -> None:
    record = make_record()
    feed.tell(record)
    feed.sign()
    seed = record.headers["ce_salt"]
    body = commit({"channel": "web", "categories": ["force"]}, seed).body.hex()
    expected = (
        f'{{"agency":"rivertown","body":"{body}","day":"2026-03-04","index":0,'
        f'"reference":"{record.key}","type":"complaint.received.v1"}}'
    )

    assert leaf_hashes(feed) == [leaf_hash(expected.encode())]
    assert checkpoints(feed) == {1: defined([expected.encode()])}


KILLED = """
import os, sys
from contextlib import closing
from pathlib import Path
from gateway.log.keys import KeyRing
from gateway.log.second_place import FILE, SecondPlace
from gateway.log.sequencer import Sequencer
from shared.db import Database
from shared.settings import Settings

postgres, folder, fatal = sys.argv[1:]
settings = Settings(postgres=postgres, folder=Path(folder))
def step(name):
    if name == fatal:
        os.kill(os.getpid(), 9)
with closing(Database(settings.postgres, "gateway")) as database:
    Sequencer(database, KeyRing.of(settings), SecondPlace(settings.folder / FILE), step).advance()
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_sequencer_that_is_killed_between_two_writes_leaves_what_the_next_one_goes_on_with(
    feed: Feed, step: str
) -> None:
    filled(feed, 3)
    feed.sign()
    filled(feed, 4)
    arguments = [feed.settings.postgres, str(feed.settings.folder), step]
    died = subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=ROOT, check=False, capture_output=True)
    assert died.returncode == -9, died.stderr
    kept = SecondPlace(feed.settings.folder / FILE).read() or ""
    filled(feed, 2)

    assert feed.sign() == 6
    signed = checkpoints(feed)
    promised = Checkpoint.read(Note.read(kept).text)
    assert promised.size in ((3,) if STEPS.index(step) < STEPS.index("checkpoint") else (7,))
    assert bytes(signed[promised.size]) == promised.root
    assert max(signed) == 9
    assert len(leaf_hashes(feed)) == 9


def test_two_sequencers_at_once_sign_one_tree(feed: Feed) -> None:
    filled(feed, 40)
    both = [
        Sequencer(feed.database, KeyRing.of(feed.settings), SecondPlace(feed.settings.folder / name / FILE))
        for name in ("here", "there")
    ]

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(lambda one: one.advance(), both))

    assert sorted(taken) == [0, 40]
    assert list(checkpoints(feed)) == [40]


@pytest.mark.parametrize(
    ("tampering", "sentence"),
    [
        (
            """update entry set fields = '{"channel": "mail"}' where index = 4""",
            "Entry 4 does not hold what it commits to.",
        ),
        ("update entry set digests = '[]' where index = 4", "Entry 4 does not hold what it commits to."),
        ("delete from entry where index = 4", "The feed lacks an entry between 3 and 5."),
        ("delete from log_node where level = 1 and index = 0", "The tree lacks the node 0 of level 1."),
        (
            "update log_node set hash = '\\x00' where level = 0 and index = 2",
            "The tree in the database is not the one that was signed at 3 entries.",
        ),
        (
            "update log_checkpoint set root = '\\x00'",
            "The checkpoint of 3 entries in the database is not the one that was signed.",
        ),
    ],
)
def test_the_log_signs_nothing_on_what_was_tampered_with(feed: Feed, tampering: str, sentence: str) -> None:
    filled(feed, 3)
    feed.sign()
    filled(feed, 3)
    feed.change(tampering)

    with pytest.raises(LogRefusedError, match=f"^{sentence}$"):
        feed.sign()
    assert list(checkpoints(feed)) == [3]


def test_a_database_that_was_put_back_from_a_copy_is_not_signed_anew(feed: Feed) -> None:
    filled(feed, 3)
    feed.sign()
    filled(feed, 3)
    feed.sign()
    feed.change("delete from log_checkpoint where size = 6")
    feed.change("delete from log_node where index >= 3 and level = 0 or index >= 1 and level = 1 or level = 2")
    feed.change("delete from entry where index >= 4")

    with pytest.raises(LogRefusedError, match=r"^The feed has 4 entries, and a tree of 6 was signed; put it back\.$"):
        feed.sign()
    feed.change("update feed_head set next_index = 4")
    filled(feed, 2)
    with pytest.raises(LogRefusedError, match=r"^Another tree of 6 entries was signed before; the feed has been"):
        feed.sign()


def test_a_checkpoint_of_somebody_else_in_the_second_place_is_not_ours(feed: Feed) -> None:
    filled(feed, 1)
    feed.sign()
    place = SecondPlace(feed.settings.folder / FILE)
    place.write((place.read() or "").replace("\n1\n", "\n2\n"))

    with pytest.raises(LogRefusedError, match="The checkpoint in log-checkpoint is not ours"):
        feed.sign()


def test_one_key_follows_another_and_both_sign_meanwhile(feed: Feed) -> None:
    settings = feed.settings.model_copy(update={"folder": feed.settings.folder / "rotation"})
    first = KeyRing.of(settings)
    second = add_key(settings, TODAY)
    old, new = (signer.verifier for signer in second.signers)
    text = "a note\n"

    assert trusted_text(second.sign(text), [old]) == trusted_text(second.sign(text), [new]) == text
    assert [one.verifier for one in periods_of(second.statement())] == [old, new]
    retired = retire_key(settings, old.id.hex(), TODAY)
    assert [signer.verifier for signer in retired.signers] == [new]
    assert [one.until for one in periods_of(KeyRing.of(settings).statement())] == [TODAY, None]
    assert [signer.verifier for signer in first.signers] == [old]
    with pytest.raises(WrongLogKeyError, match="No other key signs; add one"):
        retire_key(settings, new.id.hex(), TODAY)
    with pytest.raises(WrongLogKeyError, match=f"No key with the id {old.id.hex()} signs"):
        retire_key(settings, old.id.hex(), TODAY)


def test_what_the_log_says_of_its_keys_is_said_once_and_again_when_it_changes(feed: Feed) -> None:
    feed.sign()
    feed.sign()
    settings = feed.settings.model_copy(update={"folder": feed.settings.folder / "other"})
    other = add_key(settings, TODAY)
    Sequencer.of(feed.database, settings, other).advance()

    statements = [periods_of(Note.read(note).text) for (note,) in feed.ask("select note from log_keys order by number")]
    assert [len(one) for one in statements] == [1, 2]


def test_production_does_not_sign_with_a_key_that_it_made_itself(feed: Feed) -> None:
    production = feed.settings.model_copy(update={"env": Environment.PRODUCTION})

    with pytest.raises(WrongLogKeyError, match="name the file in ACCORD_LOG_KEY"):
        KeyRing.of(production)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'[{"seed": "AAAA", "since": "2026-01-01", "until": null}]'])
def test_a_file_that_holds_no_key_is_refused(feed: Feed, content: bytes) -> None:
    file = feed.settings.folder / "wrong.json"
    file.write_bytes(content)

    with pytest.raises(WrongLogKeyError, match="does not hold the log's keys"):
        KeyRing.of(feed.settings.model_copy(update={"log_key": file}))


def test_an_operator_says_the_keys_adds_one_and_retires_one(feed: Feed) -> None:
    folder = str(feed.settings.folder / "commands")

    def said(*arguments: str) -> list[str]:
        ran = CliRunner().invoke(command_line("log"), ["log", *arguments, "--folder", folder])
        assert ran.exit_code == 0, ran.output
        return ran.stdout.splitlines()

    (first,) = said("keys")
    assert said("add")[0] == first
    retired, second = said("retire", first.split("+")[1])
    assert retired.split()[0] == first.split()[0]
    assert [line.split()[-1] == "-" for line in (first, retired, second)] == [True, False, True]
