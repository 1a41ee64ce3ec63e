"""A table is read, never run."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.spreadsheets import harmless


@given(st.text())
def test_no_cell_is_a_formula(cell: str) -> None:
    written = harmless(cell)
    assert written in (cell, f"'{cell}")
    assert not written.strip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert not written.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tx", "\rx", "\nx", " =1", "\uff1d1", "\uff0b1"],
)
def test_a_formula_begins_with_an_apostrophe(formula: str) -> None:
    assert harmless(formula) == f"'{formula}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [("a=1", "a=1"), ("", ""), (" ", " "), (None, ""), (-1, "-1"), (-0.5, "-0.5"), (date(2026, 1, 2), "2026-01-02")],
)
def test_everything_else_stays_what_it_is(value: object, cell: str) -> None:
    assert harmless(value) == cell
