"""Receipt codes are not guessed: wrong ones all look alike, and too many of them have to wait."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from services.complaints.receipts import LOCATOR_LETTERS, PROOF_BYTES, new_receipt
from tests.complaints.conftest import COMPLAINTS, Desk, new_desk
from tests.rooms import House

SENTENCE = "Too many wrong receipt codes were tried; wait a minute, and check the code letter by letter."


@pytest.fixture
def fresh(house: House) -> Iterator[Desk]:
    """Yield a desk at a service that has seen no guess yet."""
    with house.service("complaints") as client:
        yield new_desk(house, client)


def tracked(client: TestClient, code: str, address: str = "") -> tuple[int, str]:
    headers = {"Receipt-Code": code}
    answer = client.get(f"{COMPLAINTS}/track", headers=headers)
    if address:
        answer = client.post(f"{COMPLAINTS}/track/{address}", json={"because": "x"}, headers=headers)
    return answer.status_code, answer.json().get("detail", "")


def wrong(code: str, number: int) -> str:
    """Return a code that finds the same case and does not prove the right to it."""
    return code.replace("-", "")[:LOCATOR_LETTERS] + f"{number:016d}".translate(str.maketrans("0189", "ABCD"))


def test_a_code_has_at_least_eighty_bits_that_prove_and_only_their_slow_hash_is_kept() -> None:
    receipt = new_receipt()

    assert PROOF_BYTES * 8 >= 80
    assert receipt.hashed().startswith("$argon2id$")
    assert receipt.hashed() != receipt.hashed()


def test_after_ten_wrong_codes_for_a_case_even_the_right_one_has_to_wait(fresh: Desk) -> None:
    code = fresh.filed()["receipt_code"]
    other = fresh.filed()["receipt_code"]

    answers = [tracked(fresh.client, wrong(code, number)) for number in range(11)]

    assert [status for status, _ in answers] == [404] * 10 + [429]
    assert answers[-1][1] == SENTENCE
    assert tracked(fresh.client, code) == (429, SENTENCE)
    assert tracked(fresh.client, code, "withdrawal") == (429, SENTENCE)
    assert tracked(fresh.client, other)[0] == 200


def test_a_wrong_code_is_counted_alike_whether_it_finds_a_case_or_not(fresh: Desk) -> None:
    answers = [tracked(fresh.client, wrong("NOSUCHCASE", number)) for number in range(11)]

    assert [status for status, _ in answers] == [404] * 10 + [429]


def test_a_right_code_is_never_counted(fresh: Desk) -> None:
    code = fresh.filed()["receipt_code"]

    assert {tracked(fresh.client, code)[0] for _ in range(30)} == {200}


def test_whoever_waits_is_told_for_how_long_and_in_their_language(fresh: Desk) -> None:
    for number in range(10):
        tracked(fresh.client, wrong("NOSUCHCASE", number))

    headers = {"Receipt-Code": "NOSUCHCASE", "Accept-Language": "es"}
    answer = fresh.client.get(f"{COMPLAINTS}/track", headers=headers)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert answer.json()["type"] == "/problems/too-many"
    assert answer.json()["detail"].startswith("Se probaron demasiados códigos de recibo equivocados;")


def test_what_else_is_refused_with_a_right_code_is_no_guess(fresh: Desk) -> None:
    code = fresh.filed()["receipt_code"]
    assert tracked(fresh.client, code, "withdrawal")[0] == 200

    assert {tracked(fresh.client, code, "withdrawal")[0] for _ in range(15)} == {409}
