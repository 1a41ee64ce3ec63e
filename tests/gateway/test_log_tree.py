"""The tree of RFC 6962, against the vectors that Certificate Transparency publishes and against its definition."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.log.tree import (
    EMPTY_ROOT,
    Read,
    consistency,
    grown,
    included_root,
    inclusion,
    is_consistent,
    leaf_hash,
    node_hash,
    root,
)

LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The entries of the reference implementation's tests (github.com/google/certificate-transparency)."""
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Their roots, for the first 0 to 8 of them."""


def nodes(leaves: Sequence[bytes], batches: Sequence[int] = ()) -> Read:
    """Return the nodes of a tree that grew in batches of these sizes, and by one at a time afterwards."""
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        return known[level, index]

    hashes, size = [leaf_hash(one) for one in leaves], 0
    for many in (*batches, *[1] * len(leaves)):
        for level, index, hashed in grown(size, hashes[size : size + many], read):
            assert (level, index) not in known
            known[level, index] = hashed
        size = min(size + many, len(leaves))
    return read


def defined(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash as the RFC defines it."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(defined(leaves[:split]), defined(leaves[split:]))


def defined_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return PATH as the RFC defines it."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*defined_path(index, leaves[:split]), defined(leaves[split:])]
    return [*defined_path(index - split, leaves[split:]), defined(leaves[:split])]


def defined_subproof(old: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """Return SUBPROOF as the RFC defines it."""
    if old == len(leaves):
        return [] if whole else [defined(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= split:
        return [*defined_subproof(old, leaves[:split], whole=whole), defined(leaves[split:])]
    return [*defined_subproof(old - split, leaves[split:], whole=False), defined(leaves[:split])]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_that_certificate_transparency_publishes(size: int) -> None:
    assert root(size, nodes(LEAVES)).hex() == ROOTS[size]


def test_a_published_proof_of_inclusion_and_one_of_consistency_come_out() -> None:
    read = nodes(LEAVES)

    assert [one.hex() for one in inclusion(5, 8, read)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [one.hex() for one in consistency(6, 8, read)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


entries = st.lists(st.binary(max_size=4), min_size=1, max_size=40)


@given(entries, st.lists(st.integers(1, 9), max_size=6), st.data())
def test_whatever_it_grew_by_it_is_the_tree_that_the_rfc_defines(
    leaves: list[bytes], batches: list[int], given_to: st.DataObject
) -> None:
    read, size = nodes(leaves, batches), given_to.draw(st.integers(1, len(leaves)))
    index, old = given_to.draw(st.integers(0, size - 1)), given_to.draw(st.integers(1, size))

    assert root(size, read) == defined(leaves[:size])
    assert inclusion(index, size, read) == defined_path(index, leaves[:size])
    assert consistency(old, size, read) == defined_subproof(old, leaves[:size], whole=True)


@given(entries, st.data())
def test_a_proof_holds_and_a_changed_one_does_not(leaves: list[bytes], given_to: st.DataObject) -> None:
    read, size = nodes(leaves), len(leaves)
    index, old = given_to.draw(st.integers(0, size - 1)), given_to.draw(st.integers(0, size))
    whole, there = root(size, read), inclusion(index, size, read)
    grew = consistency(old, size, read)

    assert included_root(index, size, leaf_hash(leaves[index]), there) == whole
    assert included_root(index, size, leaf_hash(b"another entry"), there) != whole
    assert is_consistent(old, size, root(old, read), whole, grew)
    assert not is_consistent(old, size, b"\0" * 32, whole, grew)
    assert is_consistent(old, size, root(old, read), b"\0" * 32, grew) is (old == 0)  # everything begins with nothing
    assert not is_consistent(old, size, root(old, read), whole, [*grew, b"\0" * 32])
    if grew:
        assert not is_consistent(old, size, root(old, read), whole, grew[:-1])
        assert not is_consistent(old, size, root(old, read), whole, [b"\0" * 32, *grew[1:]])
    if there:
        with pytest.raises(ValueError, match="the proof has"):
            included_root(index, size, leaf_hash(leaves[index]), there[:-1])


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    read = nodes(LEAVES)

    with pytest.raises(ValueError, match="entry 8 is not among the first 8"):
        inclusion(8, 8, read)
    with pytest.raises(ValueError, match="a tree of 9 entries is not the beginning of one of 8"):
        consistency(9, 8, read)
