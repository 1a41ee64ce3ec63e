"""What a leaf commits to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.feed.leaves import body_of, commit, digest, leaf

SEED = "00112233445566778899aabbccddeeff"
FIELDS = {"channel": "web", "categories": ["force"]}


def test_whoever_has_an_entry_with_its_salts_can_compute_its_body() -> None:
    made = commit(FIELDS, SEED)

    assert body_of([digest(made.salts[name], name, value) for name, value in FIELDS.items()]) == made.body


def test_the_same_seed_gives_the_same_commitments_and_another_gives_unrelated_ones() -> None:
    assert commit(FIELDS, SEED) == commit(dict(reversed(FIELDS.items())), SEED)
    assert not set(commit(FIELDS, SEED).digests) & set(commit(FIELDS, SEED[::-1]).digests)


def test_every_field_has_a_salt_of_128_bits_of_its_own() -> None:
    salts = commit(FIELDS, SEED).salts

    assert {len(bytes.fromhex(salt)) for salt in salts.values()} == {16}
    assert len(set(salts.values())) == len(FIELDS)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(-5, 5) | st.text(max_size=5), min_size=1), st.data())
def test_a_changed_value_changes_the_body(fields: dict[str, object], given_to: st.DataObject) -> None:
    name = given_to.draw(st.sampled_from(sorted(fields)))
    changed = {**fields, name: [fields[name]]}

    assert commit(fields, SEED).body != commit(changed, SEED).body


def test_a_leaf_holds_no_value() -> None:
    written = leaf(7, "complaint.received.v1", "rivertown", "abcdefghijklmnop", date(2026, 3, 4), b"\1" * 32)

    assert written == (
        b'{"agency":"rivertown","body":"' + b"01" * 32 + b'","day":"2026-03-04","index":7,'
        b'"reference":"abcdefghijklmnop","type":"complaint.received.v1"}'
    )


@pytest.mark.parametrize("seed", ["", "not hexadecimal"])
def test_a_seed_that_is_none_is_refused(seed: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal|a salt has"):
        commit(FIELDS, seed)
