"""What the log keeps of an entry: commitments, never content, so that a value can be deleted and the tree stays.

Each field of an entry has a salt of its own and a digest of salt, name and value. The leaf holds one hash over the
sorted digests. Whoever has an entry with its salts can compute its leaf again; whoever has the leaf alone learns
nothing of the values. The idea is that of SD-JWT (RFC 9901); the bytes are canonical JSON (RFC 8785).
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import rfc8785

from shared.events.envelope import SALT_BYTES


@dataclass(frozen=True, slots=True)
class Commitments:
    """What an entry commits to."""

    salts: Mapping[str, str]
    """Field → its salt in hexadecimal; deleted with the value."""
    digests: Sequence[str]
    """The digests of the fields in hexadecimal, sorted, so that their order tells nothing."""

    @property
    def body(self) -> bytes:
        """The one hash that stands in the leaf."""
        return body_of(self.digests)


def commit(fields: Mapping[str, Any], seed: str) -> Commitments:
    """Commit to `fields`; the same `seed` gives the same commitments, another one gives unrelated ones.

    Args:
        fields: name → JSON value.
        seed: the event's random salt, at least 128 bits in hexadecimal, from which each field's own is made.

    Raises:
        ValueError: the seed is shorter, or is not hexadecimal.
    """
    if len(bytes.fromhex(seed)) < SALT_BYTES:
        raise ValueError(f"a salt has at least {SALT_BYTES * 8} bits")
    salts = {name: salt_of(seed, name) for name in fields}
    return Commitments(salts, sorted(digest(salts[name], name, value) for name, value in fields.items()))


def salt_of(seed: str, name: str) -> str:
    """Return the salt of one field, from which neither the seed nor another field's salt can be told."""
    return hmac.digest(bytes.fromhex(seed), name.encode(), hashlib.sha256)[:SALT_BYTES].hex()


def digest(salt: str, name: str, value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return the digest of one field in hexadecimal."""
    return hashlib.sha256(rfc8785.dumps([salt, name, value])).hexdigest()


def body_of(digests: Sequence[str]) -> bytes:
    """Return the hash over the digests of all fields."""
    return hashlib.sha256(rfc8785.dumps(sorted(digests))).digest()


def leaf(index: int, kind: str, agency: str, reference: str, day: date, body: bytes) -> bytes:
    """Return an entry's leaf: what the log holds of it for good."""
    return rfc8785.dumps(
        {
            "index": index,
            "type": kind,
            "agency": agency,
            "reference": reference,
            "day": day.isoformat(),
            "body": body.hex(),
        }
    )
