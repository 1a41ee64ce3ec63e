"""What people are told in another language is what the code tells them in English, and nothing else."""

import ast
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.rooms import ROOT
from shared.errors import Malformed
from shared.tongues import ENGLISH, catalogues, preferred, told

CODE = [path for folder in ("gateway", "services", "shared") for path in (ROOT / folder).rglob("*.py")]
WRITTEN = {
    node.value
    for path in CODE
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}
LINES = [(language, english) for language, catalogue in catalogues().items() for english in catalogue.sentences]


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_spanish_is_spoken() -> None:
    assert set(catalogues()) == {"es"}


@pytest.mark.parametrize(("language", "english"), LINES)
def test_every_sentence_of_a_catalogue_is_one_of_the_code_with_its_fields(language: str, english: str) -> None:
    assert english in WRITTEN
    assert fields_of(catalogues()[language].sentences[english]) <= fields_of(english)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("ES-us", "es"),
        ("fr, es;q=0.4", "es"),
        ("en, es;q=0.9", "en"),
        ("es;q=0.5, en;q=0.9", "en"),
        ("es;q=0, fr", "en"),
        ("es; q=0.8", "es"),
        ("*", "en"),
        ("es;q=high", "en"),
        (";;,,=", "en"),
    ],
)
def test_the_language_that_is_wanted_most_is_spoken(header: str, language: str) -> None:
    assert preferred(header) == language


@given(st.text())
def test_any_header_gets_a_language(header: str) -> None:
    assert preferred(header) in {ENGLISH, *catalogues()}


def test_what_no_catalogue_holds_is_told_in_english() -> None:
    refusal = Malformed("A sentence that nobody has translated, about {what}.", what="force")

    assert refusal.told_in("es") == refusal.told_in("en") == "A sentence that nobody has translated, about force."


def test_a_sentence_without_fields_may_hold_braces() -> None:
    assert told("It is {as it is}.", "es") == "It is {as it is}."
