"""`accord verify`: whatever is tampered with in a public record is found from outside, and said in a sentence."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from accord.main import command_line
from accord.verifying.growing import Growing
from gateway.log.checkpoints import Checkpoint
from gateway.log.keys import KeyRing, add_key, retire_key
from gateway.log.sequencer import Sequencer
from gateway.log.tree import leaf_hash
from tests.gateway.conftest import Feed, OpenGateway
from tests.gateway.make import make_record
from tests.gateway.test_log_tree import LEAVES, defined

ALL_HOLDS = "Every entry is what its leaf commits to, and every leaf is in the tree that was signed."
ENTRIES = 260
"""More than a full tile, and three pages of the feed."""


@pytest.fixture
def record(feed: Feed, open_gateway: OpenGateway) -> Iterator[str]:
    """Yield the address of a record that holds."""
    filled(feed, ENTRIES)
    feed.sign()
    yield open_gateway("")
    (feed.settings.folder / "log-key.json").unlink(missing_ok=True)


def filled(feed: Feed, many: int) -> None:
    feed.tell(*(make_record() for _ in range(many)))


def verify(url: str, folder: Path, *more: str) -> tuple[int, str]:
    """Run the command and return its exit code and what it said."""
    ran = CliRunner().invoke(command_line("verify"), ["verify", url, "--folder", str(folder), *more])
    return ran.exit_code, (ran.stdout + ran.stderr).strip()


def found(url: str, folder: Path) -> str:
    """Return the sentence with which the command says that the record does not hold."""
    code, said = verify(url, folder)
    assert code == 1, said
    assert said.startswith("accord: ")
    return said.removeprefix("accord: ")


def resigned(feed: Feed, tampering: str) -> None:
    """Do what a dishonest operator can do: change the record, and sign it anew as if nothing had been."""
    for table in ("log_node", "log_checkpoint", "log_cosignature"):
        feed.change(f"delete from {table}")
    feed.change(tampering)
    (feed.settings.folder / "log-checkpoint").unlink()
    feed.sign()


def test_a_record_that_holds_is_said_to_hold_and_is_remembered(record: str, feed: Feed, tmp_path: Path) -> None:
    key = KeyRing.of(feed.settings).signers[0].verifier.write()
    code, said = verify(record, tmp_path)
    assert (code, said.splitlines()[0]) == (
        0,
        f"The record holds: {ENTRIES} entries, signed as {feed.settings.log}. {ALL_HOLDS}",
    )
    assert said.splitlines()[-1] == key
    filled(feed, 3)
    feed.sign()

    code, said = verify(record, tmp_path)
    assert (code, said.splitlines()[1]) == (
        0,
        f"It goes on from the {ENTRIES} entries that were seen before; none of them has changed.",
    )


@pytest.mark.parametrize(
    ("tampering", "sentence"),
    [
        (
            """update entry set fields = '{"channel": "mail", "categories": ["force"]}' where index = 7""",
            "Entry 7 shows a value that it did not commit to.",
        ),
        (
            """update entry set salts = salts || '{"channel": "00"}' where index = 7""",
            "Entry 7 shows a value that it did not commit to.",
        ),
        ("update entry set fields = fields - 'channel' where index = 7", "Entry 7 hides 1 fields and says so of 0."),
        ("update entry set salts = '{}' where index = 7", "Entry 7 cannot be checked: a value of it has no salt"),
        ("update entry set expunged_by = 8 where index = 7", "Entry 7 is said to be expunged and still shows values."),
        (
            "update entry set expunged_by = 8, fields = '{}', salts = '{}' where index = 7",
            "Entry 7 was expunged, and entry 8 does not tell by which order.",
        ),
        ("update entry set day = '2020-01-01' where index = 7", "Tile 0 of level 0 is not what the entries give."),
        ("delete from entry where index = 7", "Bundle 0 of the log has 255 entries and should have 256."),
        ("update log_node set hash = '\\x00' where level = 0 and index = 7", "Tile 0 of level 0 is not what"),
        ("update log_node set hash = '\\x00' where level = 8", "Tile 0 of level 1 is not what the entries give."),
        ("update log_node set hash = '\\x00' where level = 0 and index = 258", "Tile 1 of level 0 is not what"),
        ("update log_checkpoint set note = replace(note, '260', '259')", "The checkpoint does not hold: the signature"),
        ("update log_checkpoint set note = 'nothing'", "What is served at /log/checkpoint is no checkpoint: a note is"),
        ("update log_keys set note = replace(note, '+', '-')", "What the log says of its keys does not hold: "),
    ],
)
def test_whatever_is_tampered_with_is_found(
    record: str, feed: Feed, tmp_path: Path, tampering: str, sentence: str
) -> None:
    feed.change(tampering)

    code, said = verify(record, tmp_path)

    assert (code, said.removeprefix("accord: ")[: len(sentence)]) == (1, sentence)


def test_a_record_that_was_signed_anew_is_found_by_who_saw_it_before(record: str, feed: Feed, tmp_path: Path) -> None:
    verify(record, tmp_path)
    resigned(feed, "update entry set agency = 'lansing-mi' where index = 7")

    assert found(record, tmp_path) == f"Two different trees of {ENTRIES} entries were signed; the log has split."
    filled(feed, 1)
    feed.sign()
    assert found(record, tmp_path) == f"The first {ENTRIES} entries are not those that were signed before."


def test_a_record_that_was_cut_short_is_found_by_who_saw_it_before(record: str, feed: Feed, tmp_path: Path) -> None:
    verify(record, tmp_path)
    resigned(feed, "delete from entry where index >= 250")

    assert found(record, tmp_path) == (
        f"The log had {ENTRIES} entries and has 250 now; what was signed was taken back."
    )


def test_what_does_not_hold_is_not_remembered(record: str, feed: Feed, tmp_path: Path) -> None:
    verify(record, tmp_path)
    before = next(tmp_path.iterdir()).read_text()
    resigned(feed, "delete from entry where index >= 250")
    found(record, tmp_path)

    assert next(tmp_path.iterdir()).read_text() == before


def test_a_key_that_follows_another_is_learned_while_both_sign(record: str, feed: Feed, tmp_path: Path) -> None:
    verify(record, tmp_path)
    today = date(2026, 11, 26)
    old = KeyRing.of(feed.settings).signers[0].verifier
    add_key(feed.settings, today)
    Sequencer.of(feed.database, feed.settings, KeyRing.of(feed.settings)).advance()
    retire_key(feed.settings, old.id.hex(), today)
    filled(feed, 1)
    feed.sign()

    code, said = verify(record, tmp_path)

    assert code == 0, said
    stranger = json.loads(next(tmp_path.iterdir()).read_text())["keys"]
    assert len(stranger) == 2


def test_a_record_under_another_key_is_not_trusted_by_who_knows_the_first(
    record: str, feed: Feed, tmp_path: Path
) -> None:
    verify(record, tmp_path)
    (feed.settings.folder / "log-key.json").unlink()
    feed.change("delete from log_keys")
    resigned(feed, "select 1")

    assert found(record, tmp_path) == "The checkpoint does not hold: no key that is trusted has signed it."


def test_a_receipt_is_checked_without_asking_anybody(record: str, feed: Feed, tmp_path: Path) -> None:
    ((reference,),) = feed.ask("select reference from entry where index = 9")
    file = tmp_path / "receipt.json"
    file.write_text(httpx.get(f"{record}/log/receipt/{reference}").text, encoding="utf-8")
    folder = tmp_path / "memory"
    nowhere = "http://127.0.0.1:1"
    key = KeyRing.of(feed.settings).signers[0].verifier.write()

    assert verify(nowhere, folder, "--receipt", str(file))[1].endswith("or name one with --key.")
    assert verify(nowhere, folder, "--receipt", str(file), "--key", key) == (
        0,
        f"The receipt holds: entry 9 is among the {ENTRIES} of {feed.settings.log}.",
    )
    changed = file.read_text(encoding="utf-8").replace("rivertown", "lansing-mi")
    file.write_text(changed, encoding="utf-8")
    code, said = verify(nowhere, folder, "--receipt", str(file), "--key", key)
    assert (code, said) == (
        1,
        "accord: The receipt does not hold: the proof does not hold: it leads to another root than the checkpoint's.",
    )


def test_a_record_that_does_not_answer_is_said_to_be_away(tmp_path: Path) -> None:
    assert verify("http://127.0.0.1:1", tmp_path) == (
        1,
        "accord: http://127.0.0.1:1/log/keys does not answer (ConnectError); try again later.",
    )
    assert verify("nonsense", tmp_path)[0] == 1


def test_the_tree_that_is_computed_again_is_the_one_that_the_rfc_defines() -> None:
    growing = Growing()
    for many, one in enumerate(LEAVES, 1):
        assert list(growing.add(leaf_hash(one))) == []
        assert growing.root() == defined(LEAVES[:many])
    assert Checkpoint("log", growing.size, growing.root()).size == len(LEAVES)
