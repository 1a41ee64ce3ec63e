"""Tiles, notes, checkpoints and proofs are in the formats of C2SP, which others read."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gateway.log.checkpoints import Checkpoint
from gateway.log.notes import (
    ED25519,
    Note,
    Signer,
    UnreadableNoteError,
    UntrustedNoteError,
    VerifierKey,
    trusted_text,
)
from gateway.log.proofs import Proof
from gateway.log.tiles import WIDTH, Tile, bundle, full_or_partial, on_level, place, tile_at, unbundle
from gateway.log.tree import consistency, inclusion, root
from tests.gateway.test_log_tree import LEAVES, nodes

NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""The example of the reference implementation of signed notes (golang.org/x/mod/sumdb/note)."""
LOG = Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = Signer("example.org/witness", Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
CHECKPOINT = Checkpoint("example.org/log", 8, root(8, nodes(LEAVES)))


def signed(*signers: Signer) -> str:
    """Return the checkpoint under these names."""
    text = CHECKPOINT.text()
    return Note(text, tuple(signer.sign(text) for signer in signers)).write()


def test_a_note_that_others_have_signed_is_read_and_checked() -> None:
    assert trusted_text(SAID, [VerifierKey.read(NEUMANN)]) == SAID.partition("\n\n")[0] + "\n"
    assert VerifierKey.read(NEUMANN).write() == NEUMANN


def test_a_changed_note_and_one_of_a_stranger_are_not_trusted() -> None:
    with pytest.raises(UntrustedNoteError, match="the signature of PeterNeumann does not hold"):
        trusted_text(SAID.replace("answer", "Answer"), [VerifierKey.read(NEUMANN)])
    with pytest.raises(UntrustedNoteError, match="no key that is trusted has signed it"):
        trusted_text(SAID, [LOG.verifier])


def test_signatures_of_strangers_are_passed_over_and_one_of_ours_that_is_false_is_not() -> None:
    assert trusted_text(signed(WITNESS, LOG), [LOG.verifier]) == CHECKPOINT.text()
    false = signed(LOG).replace("\n8\n", "\n9\n")
    with pytest.raises(UntrustedNoteError):
        trusted_text(false, [LOG.verifier])


@pytest.mark.parametrize(
    "written",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n- name x08go/ZJkuBS9UG/\n",
        "te\txt\n\n— name x08go/ZJkuBS9UG/\n",
        "text\n\n— name x08go/ZJkuBS9UG/",
    ],
)
def test_what_is_no_note_is_refused(written: str) -> None:
    with pytest.raises(UnreadableNoteError):
        Note.read(written)


@pytest.mark.parametrize(
    "written",
    ["", "a+b", NEUMANN.replace("c74f", "c74e"), NEUMANN.replace("ARpc", "CRpc"), NEUMANN[:-4], "a b+c74f20a3+AAAA"],
)
def test_what_is_no_key_is_refused(written: str) -> None:
    with pytest.raises(UnreadableNoteError):
        VerifierKey.read(written)


def test_a_witness_tells_when_it_signed() -> None:
    text = CHECKPOINT.text()
    note = Note(text, (LOG.sign(text), WITNESS.cosign(text, 1_679_315_147)))

    assert WITNESS.witness.signed(Note.read(note.write())) is not None
    assert LOG.verifier.type == ED25519
    late = Note(text, (WITNESS.cosign(text, 1_679_315_147),)).write().replace("example.org/log", "example.org/lag")
    with pytest.raises(UntrustedNoteError):
        WITNESS.witness.signed(Note.read(late))


def test_a_checkpoint_is_read_as_it_is_written() -> None:
    assert Checkpoint.read(CHECKPOINT.text()) == CHECKPOINT
    assert Checkpoint.read(f"{CHECKPOINT.text()}an extension\n") == CHECKPOINT


@pytest.mark.parametrize(
    "text",
    ["", "log\n8\n", "log\n08\nAAAA\n", "log\n-1\nAAAA\n", "log\n8\nAAAA\n", "log\n8\n!\n", CHECKPOINT.text() + "\n"],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNoteError):
        Checkpoint.read(text)


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [
        (0, 256, "000"),
        (273, 112, "273.p/112"),
        (1_234_067, 256, "x001/x234/067"),
        (1_000, 1, "x001/000.p/1"),
    ],
)
def test_a_tile_is_where_the_layout_says(number: int, width: int, path: str) -> None:
    assert place(Tile(number, width)) == path
    assert tile_at(path) == Tile(number, width)


@pytest.mark.parametrize(
    "path", ["", "0", "0000", "x000/001", "001/001", "000.p/256", "000.p/0", "000.p/01", "000.p/", "../000", "000/"]
)
def test_a_tile_has_one_path_only(path: str) -> None:
    with pytest.raises(ValueError, match="a tile"):
        tile_at(path)


def test_a_tree_of_70000_has_the_tiles_of_the_layouts_example() -> None:
    assert full_or_partial(273, on_level(0, 70_000)) == Tile(273, 112)
    assert full_or_partial(274, on_level(0, 70_000)) is None
    assert full_or_partial(1, on_level(1, 70_000)) == Tile(1, 17)
    assert full_or_partial(0, on_level(1, 70_000)) == Tile(0, WIDTH)
    assert full_or_partial(0, on_level(2, 70_000)) == Tile(0, 1)


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_a_bundle_holds_the_entries_that_were_put_in(entries: list[bytes]) -> None:
    assert unbundle(bundle(entries)) == entries


def test_a_bundle_that_was_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="the bundle ends in the middle of an entry"):
        unbundle(bundle([b"abc"])[:-1])
    with pytest.raises(ValueError, match="at most 65535 bytes"):
        bundle([b"a" * 65_536])


def test_a_proof_is_checked_without_asking_anybody() -> None:
    read = nodes(LEAVES)
    proof = Proof(5, tuple(inclusion(5, 8, read)), signed(LOG))

    assert Proof.read(proof.write()) == proof
    assert Proof.read(proof.write().replace("index", "extra YWI=\nindex")) == proof
    assert proof.check(LEAVES[5], [LOG.verifier]) == CHECKPOINT
    with pytest.raises(UntrustedNoteError, match="it leads to another root"):
        proof.check(LEAVES[4], [LOG.verifier])
    with pytest.raises(UntrustedNoteError, match="the proof has 4 hashes and should have 3"):
        Proof(0, (*proof.hashes, bytes(32)), proof.checkpoint).check(LEAVES[0], [LOG.verifier])
    assert consistency(8, 8, read) == []


@pytest.mark.parametrize(
    "written", ["", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\nindex 01\n\n", "x\nindex 1\n\n"]
)
def test_what_is_no_proof_is_refused(written: str) -> None:
    with pytest.raises(UnreadableNoteError):
        Proof.read(written)
