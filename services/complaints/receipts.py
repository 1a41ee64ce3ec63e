"""Receipt codes: what opens a case for whoever complained, without an account.

A code has 40 bits that find the case and 80 that prove the right to it. Only the proof is secret; it is kept as an
Argon2id hash. The hash is made cheap on purpose: 80 random bits cannot be guessed at any speed, and filing must not
become a way to exhaust the server.
"""

import base64
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from shared.errors import NotFound

LOCATOR_BYTES, PROOF_BYTES = 5, 10
LOCATOR_LETTERS = 8
HASHER = PasswordHasher(time_cost=2, memory_cost=1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt code in its two parts."""

    locator: str
    proof: str

    @property
    def code(self) -> str:
        """What the complainant writes down: six groups of four letters."""
        letters = self.locator + self.proof
        return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))

    def hashed(self) -> str:
        """Return what is kept of the proof."""
        return HASHER.hash(self.proof)

    def proves(self, kept: str) -> bool:
        """Whether this is the code of which `kept` was kept."""
        try:
            return HASHER.verify(kept, self.proof)
        except VerificationError:
            return False


def new_receipt() -> Receipt:
    """Return a new code."""
    locator, proof = (base64.b32encode(secrets.token_bytes(n)).decode() for n in (LOCATOR_BYTES, PROOF_BYTES))
    return Receipt(locator, proof)


def read_receipt(code: str) -> Receipt:
    """Read a code as a person types it: case, spaces and dashes do not matter."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return Receipt(letters[:LOCATOR_LETTERS], letters[LOCATOR_LETTERS:])


class WrongReceipt(NotFound):
    """No case opens with this code."""


def no_such_receipt() -> WrongReceipt:
    """Return the refusal for every wrong code, whatever is wrong with it."""
    return WrongReceipt("No case opens with this receipt code; check it letter by letter.")


OF_NO_CASE = new_receipt().hashed()
"""What a code is checked against that finds no case, so that the answer comes no sooner than for one that does."""
