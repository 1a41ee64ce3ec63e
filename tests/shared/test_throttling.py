"""Guessing is slow, and nobody who guesses keeps anybody else waiting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import TooMany
from shared.throttling import MOST, ONE_CASE, TOGETHER, Guesses


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Return what it was set to."""
        return self.now


def guessed(guesses: Guesses, locator: str) -> bool:
    """Guess wrongly, and say whether that was let through."""
    try:
        guesses.refuse(locator)
    except TooMany:
        return False
    guesses.wrong(locator)
    return True


def test_a_case_takes_ten_wrong_guesses_and_then_one_a_minute() -> None:
    clock = Clock()
    guesses = Guesses(clock)

    assert [guessed(guesses, "CASE") for _ in range(12)] == [True] * 10 + [False] * 2
    clock.now += 59
    assert not guessed(guesses, "CASE")
    clock.now += 1
    assert [guessed(guesses, "CASE") for _ in range(2)] == [True, False]


def test_the_refusal_says_to_wait() -> None:
    guesses = Guesses(Clock())
    for _ in range(10):
        guesses.wrong("CASE")

    with pytest.raises(TooMany, match="wait a minute"):
        guesses.refuse("CASE")
    assert TooMany.headers == {"Retry-After": "60"}


def test_a_first_try_is_never_kept_waiting_whatever_others_do() -> None:
    guesses = Guesses(Clock())
    for number in range(TOGETHER.at_once * 2):
        guesses.wrong(f"CASE{number}")

    guesses.refuse("MINE")


def test_in_a_storm_of_wrong_guesses_a_second_one_waits() -> None:
    guesses = Guesses(Clock())
    for number in range(TOGETHER.at_once):
        guesses.wrong(f"CASE{number}")

    assert not guessed(guesses, "CASE7")


def test_what_is_remembered_is_bounded() -> None:
    guesses = Guesses(Clock())
    for number in range(MOST + 50):
        guesses.wrong(f"CASE{number}")

    remembered = [number for number in range(MOST + 50) if not guessed(guesses, f"CASE{number}")]
    assert len(remembered) <= MOST


@given(st.lists(st.tuples(st.floats(0, 300), st.sampled_from("ABC")), max_size=200))
def test_no_case_is_guessed_at_faster_than_its_pace(tries: list[tuple[float, str]]) -> None:
    clock = Clock()
    guesses = Guesses(clock)
    through: dict[str, list[float]] = {"A": [], "B": [], "C": []}
    for later, locator in tries:
        clock.now += later
        if guessed(guesses, locator):
            through[locator].append(clock.now)

    for moments in through.values():
        for place, moment in enumerate(moments):
            soon = [one for one in moments[place:] if one - moment < ONE_CASE.seconds]
            assert len(soon) <= ONE_CASE.at_once + 1
