"""Due dates: counted by day, explained, and the same however the ledger came about."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendars import calendar, every_day
from shared.policy.limits import Counted, WorkingDays
from shared.reckoning import Reckoning, Stop, reckon

MARCH_3 = date(2026, 3, 3)
NEW_YORK = WorkingDays(country="US", subdivision="NY")

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
ended_stops = st.lists(
    st.builds(lambda since, length: Stop(since, since + timedelta(days=length)), days, st.integers(0, 400)), max_size=5
)
lengths = st.integers(1, 500)


def counted(started_on: date, length: int, stops: list[Stop], longer_by: int = 0) -> Reckoning:
    return reckon("received", started_on, (length, longer_by), "calendar days", every_day, stops)


def test_a_due_date_explains_itself() -> None:
    assert str(counted(MARCH_3, 366, [])) == "2027-03-04 = received 2026-03-03 + 366 calendar days + 0 tolled"


def test_days_granted_and_days_tolled_stand_in_the_sum() -> None:
    found = counted(MARCH_3, 60, [Stop(date(2026, 3, 10), date(2026, 3, 12))], longer_by=30)

    assert str(found) == "2026-06-04 = received 2026-03-03 + 60 calendar days + 30 granted + 3 tolled"


def test_a_limit_that_stands_still_has_no_due_date_yet() -> None:
    found = counted(MARCH_3, 60, [Stop(date(2026, 3, 10), None)])

    assert found.due_on is None
    assert str(found) == "no date yet: received 2026-03-03 + 60 calendar days, and it stands still since 2026-03-10"


def test_a_stop_that_begins_after_the_limit_has_ended_changes_nothing() -> None:
    assert counted(MARCH_3, 7, [Stop(date(2026, 3, 11), None)]).due_on == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("started_on", "length", "due_on"),
    [
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 365, date(2029, 2, 28)),
        (date(2027, 12, 31), 1, date(2028, 1, 1)),
    ],
)
def test_leap_days_and_years_are_days_like_others(started_on: date, length: int, due_on: date) -> None:
    assert counted(started_on, length, []).due_on == due_on


def test_working_days_leave_out_weekends_and_the_holidays_of_the_place() -> None:
    # Friday 22 May 2026; Monday 25 May is Memorial Day
    found = reckon("decided", date(2026, 5, 22), (5, 0), "working days", calendar(Counted.WORKING, NEW_YORK), [])

    assert found.due_on == date(2026, 6, 1)


def test_a_day_off_within_a_stop_is_not_tolled() -> None:
    stops = [Stop(date(2026, 5, 23), date(2026, 5, 26))]  # Saturday, Sunday, Memorial Day and one Tuesday

    found = reckon("decided", date(2026, 5, 22), (5, 0), "working days", calendar(Counted.WORKING, NEW_YORK), stops)

    assert (found.tolled, found.due_on) == (1, date(2026, 6, 2))


@given(days, lengths, ended_stops)
def test_a_limit_has_as_many_days_outside_its_stops_as_it_should(
    started_on: date, length: int, stops: list[Stop]
) -> None:
    due_on = counted(started_on, length, stops).due_on

    assert due_on is not None
    between = [started_on + timedelta(days=ahead) for ahead in range(1, (due_on - started_on).days + 1)]
    running = [day for day in between if not any(stop.holds(day) for stop in stops)]
    assert len(running) == length
    assert running[-1] == due_on


@given(days, lengths, ended_stops)
def test_the_sum_is_right(started_on: date, length: int, stops: list[Stop]) -> None:
    found = counted(started_on, length, stops)

    assert found.due_on == started_on + timedelta(days=length + found.tolled)


@given(days, lengths, ended_stops, st.randoms())
def test_the_order_of_the_ledger_changes_nothing(
    started_on: date, length: int, stops: list[Stop], chance: Random
) -> None:
    before = counted(started_on, length, stops)
    shuffled = [*stops, *stops]
    chance.shuffle(shuffled)

    assert counted(started_on, length, shuffled) == before


@given(days, lengths, ended_stops, ended_stops)
def test_more_stops_never_make_a_limit_end_earlier(
    started_on: date, length: int, stops: list[Stop], more: list[Stop]
) -> None:
    fewer, all_of_them = counted(started_on, length, stops).due_on, counted(started_on, length, [*stops, *more]).due_on

    assert fewer is not None
    assert all_of_them is not None
    assert fewer <= all_of_them


@given(days, lengths, st.integers(0, 300))
def test_one_stop_within_a_limit_moves_it_by_its_days(started_on: date, length: int, still: int) -> None:
    stop = Stop(started_on + timedelta(days=1), started_on + timedelta(days=1 + still))

    assert counted(started_on, length, [stop]).due_on == started_on + timedelta(days=length + still + 1)
