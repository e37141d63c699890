"""Weeks, fortnights and months on Indian calendars."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from ivr.console.periods import SPANS, midnight, periods

SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 23)


def test_weeks_begin_on_monday_and_the_running_one_is_marked() -> None:
    last = periods("week", 3, SUNDAY)
    assert [period.first for period in last] == [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]
    assert [period.is_running for period in last] == [False, False, True]
    assert last[-1].last == SUNDAY


def test_a_week_of_which_no_day_is_over_is_not_there_yet() -> None:
    last = periods("week", 2, MONDAY)
    assert [period.first for period in last] == [date(2026, 11, 9), date(2026, 11, 16)]
    assert not last[-1].is_running


def test_months_are_those_of_the_calendar() -> None:
    last = periods("month", 12, date(2026, 3, 31))
    assert [period.first.month for period in last] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
    assert last[-2].last == date(2026, 2, 28)


@pytest.mark.parametrize("by", SPANS)
def test_periods_follow_on_each_other_whenever_they_are_asked_for(by: str) -> None:
    for n in range(800):
        today = date(2025, 1, 1) + timedelta(days=n)
        last = periods(by, 6, today)
        assert all(one.end == other.first for one, other in pairwise(last))
        assert last[-1].first < today <= last[-1].end


def test_a_fortnight_is_the_same_one_on_each_of_its_days() -> None:
    first = {periods("fortnight", 1, MONDAY + timedelta(days=n))[0].first for n in range(1, 100)}
    assert len(first) == 8 and all((other - min(first)).days % 14 == 0 for other in first)


def test_an_indian_day_begins_in_the_evening_of_the_utc_day_before() -> None:
    assert midnight(MONDAY) == datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
