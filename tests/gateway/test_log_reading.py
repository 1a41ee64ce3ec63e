"""The log over HTTP: what clients, monitors, complainants and witnesses read and send."""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from gateway.feed.leaves import body_of, digest, leaf
from gateway.log.checkpoints import Checkpoint
from gateway.log.keys import KeyRing, WrongLogKeyError, periods_of
from gateway.log.notes import Note, Signer, VerifierKey, trusted_text
from gateway.log.proofs import Proof
from gateway.log.queries import witnesses_of
from gateway.log.tiles import unbundle
from gateway.log.tree import leaf_hash
from gateway.main import create_gateway
from tests.gateway.conftest import Feed
from tests.gateway.make import make_record
from tests.gateway.test_log_tree import defined

WITNESS = Signer("board.example/witness", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = Signer("stranger.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
AT = 1_790_000_000
"""When the witness signs, in seconds of POSIX time."""
FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def witnessed(feed: Feed) -> Iterator[TestClient]:
    """Yield a client of a gateway that shows one witness's cosignatures."""
    settings = feed.settings.model_copy(update={"log_witnesses": WITNESS.witness.write()})
    with TestClient(create_gateway(settings), raise_server_exceptions=False) as client:
        yield client


def logged(feed: Feed, many: int) -> list[str]:
    """Let the feed and the log have so many entries, and return their cases' references."""
    records = [make_record() for _ in range(many)]
    feed.tell(*records)
    feed.sign()
    return [record.key for record in records]


def key(feed: Feed) -> VerifierKey:
    return KeyRing.of(feed.settings).signers[0].verifier


def computed_leaf(entry: dict[str, Any]) -> bytes:
    """Return the leaf as anybody computes it from what is served."""
    digests = sorted(digest(entry["salts"][name], name, value) for name, value in entry["fields"].items())
    assert digests == entry["digests"]
    day = date.fromisoformat(entry["day"])
    return leaf(entry["index"], entry["type"], entry["agency"], entry["reference"], day, body_of(digests))


def test_the_checkpoint_is_a_note_that_the_log_has_signed(feed: Feed, public: TestClient) -> None:
    logged(feed, 3)

    answer = public.get("/log/checkpoint")

    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        "text/plain; charset=utf-8",
        "public, no-cache",
    )
    checkpoint = Checkpoint.read(trusted_text(answer.text, [key(feed)]))
    assert (checkpoint.origin, checkpoint.size) == (feed.settings.log, 3)


def test_entries_and_tiles_give_the_root(feed: Feed, public: TestClient) -> None:
    logged(feed, 300)

    bundles = [public.get(f"/log/tile/entries/{place}") for place in ("000", "001.p/44")]
    tiles = [public.get(f"/log/tile/{place}") for place in ("0/000", "0/001.p/44", "1/000.p/1")]

    leaves = [one for bundle in bundles for one in unbundle(bundle.content)]
    assert {one.headers["cache-control"] for one in (*bundles, *tiles)} == {FOR_GOOD}
    assert b"".join(leaf_hash(one) for one in leaves) == tiles[0].content + tiles[1].content
    assert tiles[2].content == defined(leaves[:256])
    checkpoint = Checkpoint.read(trusted_text(public.get("/log/checkpoint").text, [key(feed)]))
    assert checkpoint.root == defined(leaves)


def test_nothing_is_told_beyond_the_last_checkpoint(feed: Feed, public: TestClient) -> None:
    nothing = public.get("/log/checkpoint")
    assert (nothing.status_code, nothing.json()["detail"]) == (
        404,
        "Nothing was signed yet; what the feed has is in the log within 60 seconds.",
    )
    logged(feed, 3)
    feed.tell(make_record())

    tile = public.get("/log/tile/0/000.p/4")
    assert (tile.status_code, tile.json()["detail"]) == (404, "The log of 3 entries has no such tile yet.")
    assert public.get("/log/tile/entries/000").status_code == 404
    assert public.get("/log/tile/1/000.p/1").status_code == 404
    assert public.get("/log/tile/0/000.p/3").status_code == 200
    late = public.get("/log/proof/3")
    assert (late.status_code, late.json()["detail"]) == (
        404,
        "Entry 3 is not in the log yet. What the feed has is in the log within 60 seconds.",
    )


@pytest.mark.parametrize(
    "place",
    [
        *("0/0", "0/x000/001", "-1/000", "64/000", "00/000", "+0/000", "0.0/000", "0/000.p/256", "0/000.p/01"),
        *("0/..%2F000", "entries/1", "0/x001/x001/x001/x001/x001/x001/x001/000", "0/\u0660\u0660\u0660"),
    ],
)
def test_what_is_no_tile_is_refused_in_a_sentence(feed: Feed, public: TestClient, place: str) -> None:
    logged(feed, 1)

    answer = public.get(f"/log/tile/{place}")

    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("There is no such tile: a ")
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    "place", ["tile/0/001", "tile/1/000.p/1", "tile/8/000", "tile/63/000", "tile/entries/000", "proof/3", "tile/0/x1"]
)
def test_nobody_keeps_the_answer_that_the_log_does_not_have_something_yet(
    feed: Feed, public: TestClient, place: str
) -> None:
    logged(feed, 3)

    answer = public.get(f"/log/{place}")

    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize(
    ("place", "media_type", "cached"),
    [
        ("checkpoint", "text/plain; charset=utf-8", "public, no-cache"),
        ("tile/0/000", "application/octet-stream", FOR_GOOD),
        ("tile/0/001.p/44", "application/octet-stream", FOR_GOOD),
        ("tile/1/000.p/1", "application/octet-stream", FOR_GOOD),
        ("tile/entries/000", "application/octet-stream", FOR_GOOD),
        ("tile/entries/001.p/44", "application/octet-stream", FOR_GOOD),
    ],
)
def test_whatever_the_specifications_name_is_served_as_they_say_and_head_says_the_same(
    feed: Feed, public: TestClient, place: str, media_type: str, cached: str
) -> None:
    logged(feed, 300)

    got, headed = public.get(f"/log/{place}"), public.head(f"/log/{place}")

    assert (got.status_code, got.headers["content-type"], got.headers["cache-control"]) == (200, media_type, cached)
    assert (headed.status_code, headed.content) == (200, b"")
    for name in ("content-type", "cache-control", "content-length", "etag"):
        assert headed.headers[name] == got.headers[name]
    assert public.get(f"/log/{place}", headers={"If-None-Match": got.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, GZIP;q=0.5", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=0.000, identity", None),
        ("x-gzip", None),
        ("", None),
    ],
)
def test_a_bundle_of_entries_is_compressed_for_who_takes_that(
    feed: Feed, public: TestClient, accepted: str, encoding: str | None
) -> None:
    logged(feed, 300)
    plain = public.get("/log/tile/entries/000", headers={"Accept-Encoding": "identity"})

    answer = public.get("/log/tile/entries/000", headers={"Accept-Encoding": accepted})

    assert (answer.headers.get("content-encoding"), answer.headers["vary"]) == (encoding, "Accept-Encoding")
    assert answer.content == plain.content
    assert (answer.headers["etag"] == plain.headers["etag"]) is (encoding is None)
    assert len(unbundle(answer.content)) == 256
    known = {"Accept-Encoding": accepted, "If-None-Match": answer.headers["etag"]}
    again = public.get("/log/tile/entries/000", headers=known)
    assert (again.status_code, again.headers.get("content-encoding"), again.content) == (304, None, b"")


def test_an_entry_has_a_proof_that_anybody_can_check(feed: Feed, public: TestClient) -> None:
    logged(feed, 5)
    entry = public.get("/feed/2").json()

    proof = Proof.read(public.get("/log/proof/2").text)

    assert proof.check(computed_leaf(entry), [key(feed)]).size == 5


def test_whoever_complained_has_a_receipt_that_proves_the_entry(feed: Feed, public: TestClient) -> None:
    _, reference, _ = logged(feed, 3)

    receipt = public.get(f"/log/receipt/{reference}").json()

    assert receipt["entry"]["reference"] == reference
    assert receipt["entry"]["index"] == 1
    assert Proof.read(receipt["proof"]).check(computed_leaf(receipt["entry"]), [key(feed)]).size == 3
    unknown = public.get("/log/receipt/aaaaaaaaaaaaaaaa")
    assert (unknown.status_code, unknown.json()["detail"]) == (
        404,
        "The feed has nothing of this case yet. What the feed has is in the log within 60 seconds.",
    )


def test_what_the_log_says_of_its_keys_is_signed_with_them(feed: Feed, public: TestClient) -> None:
    logged(feed, 1)

    (statement,) = public.get("/log/keys").json()["statements"]

    (period,) = periods_of(trusted_text(statement, [key(feed)]))
    assert (period.verifier, period.until) == (key(feed), None)


def cosigned(client: TestClient, *signers: Signer) -> str:
    """Return the last checkpoint with the cosignatures of these witnesses alone."""
    text = Note.read(client.get("/log/checkpoint").text).text
    return Note(text, tuple(signer.cosign(text, AT) for signer in signers)).write()


def send(client: TestClient, note: str) -> tuple[int, dict[str, Any]]:
    answer = client.post("/log/cosignature", content=note.encode(), headers={"content-type": "text/plain"})
    return answer.status_code, answer.json()


def test_a_witnesss_cosignature_is_taken_and_shown(feed: Feed, witnessed: TestClient) -> None:
    logged(feed, 3)

    note = cosigned(witnessed, STRANGER, WITNESS)
    assert send(witnessed, note) == (200, {"accepted": ["board.example/witness"]})
    assert send(witnessed, note) == (200, {"accepted": ["board.example/witness"]})

    shown = Note.read(witnessed.get("/log/checkpoint").text)
    assert [one.name for one in shown.signatures] == [feed.settings.log, "board.example/witness"]
    assert WITNESS.witness.signed(shown) is not None
    assert "board.example/witness" in witnessed.get("/log/proof/0").text


def test_a_cosignature_that_holds_nothing_is_refused(feed: Feed, witnessed: TestClient) -> None:
    logged(feed, 3)
    good, stranger = cosigned(witnessed, WITNESS), cosigned(witnessed, STRANGER)
    another = Checkpoint(feed.settings.log, 3, hashlib.sha256(b"").digest()).text()
    forked = Note(another, (WITNESS.cosign(another, AT),)).write()
    not_taken = "The cosignature was not taken: "

    status, told = send(witnessed, "nonsense")
    assert (status, told["detail"]) == (422, f"{not_taken}a note is a text, an empty line, and signatures.")
    assert send(witnessed, stranger)[1]["detail"] == f"{not_taken}no witness that this log shows has signed it."
    assert send(witnessed, forked)[1]["detail"] == f"{not_taken}this is no checkpoint that the log has signed."
    false = good.replace("\n3\n", "\n4\n")
    assert send(witnessed, false)[1]["detail"] == f"{not_taken}the signature of board.example/witness does not hold."
    assert send(witnessed, "a" * 200_000)[0] == 422
    assert [one.name for one in Note.read(witnessed.get("/log/checkpoint").text).signatures] == [feed.settings.log]


def test_a_witness_is_named_by_a_key_of_a_witness() -> None:
    with pytest.raises(WrongLogKeyError, match="is a log's; a witness's is of type 4"):
        witnesses_of([WITNESS.verifier.write()])
    with pytest.raises(WrongLogKeyError, match="cannot be read: a key is written as name"):
        witnesses_of(["nonsense"])
