"""What is malformed is refused in a sentence by the log's one door that takes something in."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from gateway.log.checkpoints import Checkpoint
from gateway.log.notes import Note, Signer, UnreadableNoteError, UntrustedNoteError
from gateway.log.tree import EMPTY_ROOT
from tests.gateway.conftest import Feed
from tests.gateway.make import make_record

WITNESS = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32))
ROOT = base64.b64encode(EMPTY_ROOT).decode()
LINE = WITNESS.cosign("text\n", 1).line()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"\x00",
        f"accord.localhost/log\n9999999999999999999\n{ROOT}\n\n{LINE}".encode(),
        f"accord.localhost/log\n9223372036854775808\n{ROOT}\n\n{LINE}".encode(),
        f"accord.localhost/log\n1\n{ROOT}\n\n{LINE}".encode(),
        f"accord.localhost/log\n1\n{ROOT}\n\n{LINE * 2_000}".encode(),
        b"\n\n" * 30_000,
        b"\xed\xa0\x80\n\n\xe2\x80\x94 w AAAAAAAA\n",
    ],
)
def test_a_cosignature_that_is_none_is_refused_in_a_sentence(feed: Feed, public: TestClient, body: bytes) -> None:
    feed.tell(make_record())
    feed.sign()

    answer = public.post("/log/cosignature", content=body, headers={"Content-Type": "text/plain; charset=utf-8"})

    assert answer.status_code in (400, 413, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert feed.ask("select count(*) from log_cosignature") == [(0,)]


@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/000", "proof/0", "checkpoint", "keys", "status"])
@pytest.mark.parametrize("index", ["", "9223372036854775808", "x999/x999/x999/x999/x999/x999/999"])
def test_an_address_that_names_nothing_is_answered_as_such(
    feed: Feed, public: TestClient, path: str, index: str
) -> None:
    feed.tell(make_record())

    answer = public.get(f"/log/{path}{index}")

    assert answer.status_code in (200, 404, 422), answer.text


def test_a_moment_beyond_what_the_specification_allows_makes_no_cosignature() -> None:
    text = Checkpoint("example.org/log", 0, EMPTY_ROOT).text()

    assert WITNESS.witness.signed(Note(text, (WITNESS.cosign(text, 2**63 - 1),))) is not None
    with pytest.raises(UntrustedNoteError):
        WITNESS.witness.signed(Note(text, (WITNESS.cosign(text, 2**63),)))


def test_half_a_character_makes_no_note() -> None:
    with pytest.raises(UnreadableNoteError):
        Note.read(f"\ud800\n\n{LINE}")


def test_base64_that_can_be_written_in_another_way_makes_no_signature() -> None:
    line = LINE.removesuffix("\n")
    body = line.rstrip("=")
    padding = line[len(body) :]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = letters[letters.index(body[-1]) + 1]

    assert padding
    with pytest.raises(UnreadableNoteError):
        Note.read(f"text\n\n{body[:-1]}{other}{padding}\n")
