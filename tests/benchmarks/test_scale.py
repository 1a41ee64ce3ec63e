"""The calculation on paper is right, and the page holds what it computes."""

import pytest

from benchmarks.scale import INPUTS, LIVES, PAGE, audiences, given, need, with_tables, work_ms, year
from shared.events.complaints import ComplaintReceived, ComplaintReviewed, HarmAnswered


def test_an_event_makes_a_row_for_each_audience_that_learns_of_it() -> None:
    assert [audiences(event) for event in (ComplaintReceived, ComplaintReviewed, HarmAnswered)] == [3, 2, 1]


def test_a_year_is_its_complaints_times_what_follows_from_one() -> None:
    one = year(1_000)

    assert one.complaints == 1_000 * given("officers") * given("rate")
    follows = {"complaint": 1.0, **{name: given(name) for name in ("discipline", "commendation", "reconciliation")}}
    assert one.events == pytest.approx(one.complaints * sum(len(LIVES[name]) * many for name, many in follows.items()))
    assert one.events < one.rows < 3 * one.events
    assert one.entries < one.events


def test_twice_the_agencies_need_twice_as_much() -> None:
    small, large = need(year(500)), need(year(1_000))

    assert large == pytest.approx([2 * part for part in small])


def test_work_is_the_sum_of_what_was_measured() -> None:
    one = year(1)._replace(events=1.0, rows=2.0, entries=1.0)

    assert work_ms(one) == given("file") * given("http") + 2 * given("send") + given("apply") + given("feed")


def test_every_input_says_where_it_comes_from() -> None:
    assert [
        figure for figure in INPUTS.values() if not figure.source.startswith(("measured: ", "assumption", "BJS"))
    ] == []


def test_the_page_holds_what_the_program_computes() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert with_tables(page) == page, "run python -m benchmarks.scale"
